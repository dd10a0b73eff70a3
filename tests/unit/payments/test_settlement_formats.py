"""Settlement files: rows of both formats, in parts of any size, and files that are in neither."""

from __future__ import annotations

import pytest

from chalicelib.payments.settlement_formats import Row, WrongColumns, WrongLine, rows

OURS = "transaction_id,amount\nt1,1200\nt2,5\n"
ALIPAY = (
    "#支付宝业务明细查询\n"
    "#账号：[20880000000000010156]\n"
    "支付宝交易号,业务类型,订单金额（元）\n"
    "2026112200001\t,交易,12.5\n"
    "2026112200002\t,退款,-3.00\n"
    "2026112200003\t,交易,7\n"
    "#导出时间：[2026年11月23日]\n"
)
RECEIPTS = [Row(4, "2026112200001", 1_250), Row(6, "2026112200003", 700)]


def parts(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_our_format_is_read_in_parts(mark: str, size: int) -> None:
    assert list(rows(parts((mark + OURS).encode(), size))) == [Row(2, "t1", 1_200), Row(3, "t2", 5)]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_alipays_receipts_are_read_in_either_encoding(encoding: str, size: int) -> None:
    assert list(rows(parts(ALIPAY.encode(encoding), size))) == RECEIPTS


@pytest.mark.parametrize("amount", ["", "1.5", "-1", "1" * 16, "１２", " 12"])
def test_an_unreadable_amount_of_ours_is_none(amount: str) -> None:
    assert list(rows([f"transaction_id,amount\nt1,{amount}\n".encode()])) == [Row(2, "t1", None)]


@pytest.mark.parametrize(
    ("amount", "fen"),
    [("0.01", 1), ("10", 1_000), ("10.1", 1_010), ("1.234", None), ("-1.00", None), ("1,000.00", None), (".5", None)],
)
def test_amounts_of_alipay_are_yuan(amount: str, fen: int | None) -> None:
    text = f'#\n支付宝交易号,业务类型,订单金额（元）\nt1,交易,"{amount}"\n'
    assert list(rows([text.encode()])) == [Row(3, "t1", fen)]


def test_empty_lines_and_missing_cells_are_no_errors() -> None:
    assert list(rows([b"transaction_id,amount\n\nt1\n"])) == [Row(3, "t1", None)]


@pytest.mark.parametrize(
    ("content", "needed"),
    [
        ("", ("transaction_id", "amount")),
        ("transaction_id,sum\n", ("transaction_id", "amount")),
        ("#\n支付宝交易号,订单金额（元）\n", ("支付宝交易号", "订单金额（元）", "业务类型")),
    ],
)
def test_missing_columns_are_named(content: str, needed: tuple[str, ...]) -> None:
    with pytest.raises(WrongColumns) as raised:
        list(rows([content.encode()]))
    assert raised.value.needed == needed


def test_a_line_that_is_no_csv_is_named() -> None:
    with pytest.raises(WrongLine) as raised:
        list(rows([b'transaction_id,amount\nt1,1\n"t2"x,2\n']))
    assert raised.value.line == 3


def test_a_file_without_line_ends_is_refused() -> None:
    with pytest.raises(WrongLine):
        list(rows([b"x" * 70_000] * 3))


def test_bytes_in_another_encoding_are_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        list(rows([b"transaction_id,amount\n", b"\xff\xfe,1\n"]))
