"""The formats of settlement files: ours, and the list of transactions that Alipay's console exports. Pure.

Ours is a CSV in UTF-8 with the columns `transaction_id` and `amount` (minor units). Alipay's (业务明细) is in GBK, has lines
with `#` before its header and at its end, a tab behind each id, and amounts in yuan; refunds are rows of their own, which are not
receipts.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

_BYTE_ORDER_MARK = codecs.BOM_UTF8
_MINOR_UNITS = re.compile(r"[0-9]{1,15}")
_YUAN = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True)
class Row:
    """A receipt in a file: its line, transaction and amount in minor units; None for an amount that cannot be read."""

    line: int
    transaction_id: str
    amount: int | None


@dataclass(frozen=True)
class _Columns:
    """The columns of a format, and the kind of rows that are receipts."""

    transaction_id: str
    amount: str
    kind: str | None = None
    receipts: str = ""


OURS = _Columns("transaction_id", "amount")
ALIPAY = _Columns("支付宝交易号", "订单金额（元）", "业务类型", "交易")


class WrongColumns(Exception):
    """The header lacks columns: `needed` names those that the format has."""

    def __init__(self, needed: tuple[str, ...]) -> None:
        super().__init__(", ".join(needed))
        self.needed = needed


class WrongLine(Exception):
    """A line that is not CSV."""

    def __init__(self, line: int) -> None:
        super().__init__(str(line))
        self.line = line


def rows(parts: Iterable[bytes]) -> Iterator[Row]:
    """Yield the receipts of a file in either format. Raises WrongColumns, WrongLine, UnicodeDecodeError."""
    first, rest = _begin(parts)
    is_alipay = first.removeprefix(_BYTE_ORDER_MARK).startswith(b"#")
    columns, encoding = (ALIPAY, _encoding(first)) if is_alipay else (OURS, "utf-8-sig")
    numbered = _Numbered(_lines(chain([first], rest), encoding), "#" if is_alipay else None)
    reader = csv.reader(numbered, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        needed = tuple(filter(None, (columns.transaction_id, columns.amount, columns.kind)))
        if not set(needed) <= set(header):
            raise WrongColumns(needed)
        for cells in reader:
            if not cells:
                continue
            row = dict(zip(header, (cell.strip("\t ") if is_alipay else cell for cell in cells), strict=False))
            if columns.kind is None or row.get(columns.kind) == columns.receipts:
                amount = row.get(columns.amount, "")
                read = _fen(amount) if is_alipay else _minor(amount)
                yield Row(numbered.line, row.get(columns.transaction_id, ""), read)
    except csv.Error as error:
        raise WrongLine(numbered.line) from error


class _Numbered:
    """The lines of a file without those that begin with `skipped`; `line` is the number of the last one."""

    def __init__(self, lines: Iterator[str], skipped: str | None) -> None:
        self.lines, self.skipped, self.line = lines, skipped, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        while True:
            text = next(self.lines)
            self.line += 1
            if self.skipped is None or not text.lstrip("\ufeff").startswith(self.skipped):
                return text


def _begin(parts: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the parts up to the end of the first line, and the rest."""
    rest, first = iter(parts), b""
    for part in rest:
        first += part
        if b"\n" in first or len(first) > csv.field_size_limit():
            break
    return first, rest


def _encoding(first: bytes) -> str:
    try:
        first.partition(b"\n")[0].decode("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _lines(parts: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Yield the lines, with their ends, of a text that comes in parts."""
    decoder = codecs.getincrementaldecoder(encoding)()
    rest = ""
    for part in parts:
        *whole, rest = (rest + decoder.decode(part)).split("\n")
        yield from (text + "\n" for text in whole)
        if len(rest) > csv.field_size_limit():
            raise csv.Error("no line ends")
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest


def _minor(text: str) -> int | None:
    return int(text) if _MINOR_UNITS.fullmatch(text) else None


def _fen(yuan: str) -> int | None:
    found = _YUAN.fullmatch(yuan)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None
