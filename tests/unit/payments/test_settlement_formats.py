"""The formats of settlement files: ours, and Alipay's export as it is downloaded."""

from __future__ import annotations

import pytest

from chalicelib.core.errors import InvalidBody, Problem
from chalicelib.wallet.settlement_files import read

TRADE, OTHER = "2026112222001400000000000001", "2026112222001400000000000002"
EXPORT = (
    "#支付宝业务明细查询\r\n"
    "#账号：[20880000000000010156]\r\n"
    "#起始日期：[2026年11月22日 00:00:00]   终止日期：[2026年11月23日 00:00:00]\r\n"
    "#-----------------------------------------业务明细列表----------------------------------------\r\n"
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,订单金额（元）,商家实收（元）,备注\r\n"
    f"{TRADE}\t,pay_1\t,交易\t,微任务\t,2026-11-22 20:05:00,6000.50,6000.50,\r\n"
    f"{OTHER}\t,pay_2\t,交易\t,微任务\t,2026-11-22 21:05:00,5000,5000,\r\n"
    f"{TRADE}\t,pay_1\t,退款\t,微任务\t,2026-11-22 22:05:00,-1000.00,-1000.00,\r\n"
    "#-----------------------------------------业务明细列表结束------------------------------------\r\n"
    "#交易合计：2笔，退款合计：1笔\r\n"
)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_alipays_export_is_read_as_downloaded(encoding: str, size: int) -> None:
    file = EXPORT.encode(encoding)
    parts = [file[at : at + size] for at in range(0, len(file), size)]
    assert read(parts) == {TRADE: 600_050, OTHER: 500_000}


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("6000.50,6000.50", "6e3,6e3", "line", "Line 6:"),
        (f"{OTHER}\t", f"{TRADE}\t", "line", "Line 7:"),
        (f"{OTHER}\t", "\t", "line", "Line 7:"),
        ("订单金额（元）", "金额", "columns", "支付宝交易号"),
    ],
)
def test_a_wrong_line_of_an_export_is_named(old: str, new: str, code: str, line: str) -> None:
    with pytest.raises(InvalidBody) as refusal:
        read([EXPORT.replace(old, new, 1).encode("gbk")])
    [fault] = refusal.value.faults
    assert fault.code == code
    assert line in fault.message


def test_our_own_format_has_minor_units() -> None:
    assert read([b"\xef\xbb\xbfamount,note,transaction_id\r\n12,x,t1\r\n", b"0,,t2"]) == {"t1": 12, "t2": 0}
    for wrong in (b"transaction_id,amount\nt1,1.00\n", b"transaction_id,amount\nt1\n", b"transaction_id\nt1\n", b""):
        with pytest.raises(InvalidBody):
            read([wrong])
    with pytest.raises(Problem, match="UTF-8"):
        read(["transaction_id,amount\n汉,1\n".encode("gbk")])
