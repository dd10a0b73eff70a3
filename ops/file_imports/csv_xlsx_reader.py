"""Reads the rows of CSV and .xlsx files in any usual encoding, with any usual separator and line end.

A row that cannot be read becomes a `BadRow` with its line and the reason; the rows after it are read. .xlsx needs openpyxl.
"""

from __future__ import annotations

import codecs
import csv
import importlib
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

SEPARATORS = ",\t;|"
HEADER_WITHIN = 10
"""The header is searched in this many lines, because spreadsheets often have a title above it."""

DAMAGED = "\N{REPLACEMENT CHARACTER}"
"""Replaces bytes that are not text in the file's encoding."""

_EXACT_BELOW = 10**15
"""A spreadsheet stores only the first 15 digits of a number."""
_FORCED_TEXT = re.compile(r'="(.*)"', re.DOTALL)
"""A formula with which programs make a spreadsheet show digits as text."""

_GB2312 = re.compile(rb"[\xa1-\xa9\xb0-\xf7][\xa1-\xfe]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def _never(*_: Any) -> bool:
    return False


@dataclass(frozen=True)
class Cells:
    """A row: its first line in the file, and its cells without outer blanks, as many as the header has."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True)
class BadRow:
    """A row or line that cannot be read, with the reason."""

    line: int
    reason: str


@dataclass(frozen=True)
class Table:
    """A table. `rows` can be iterated once. `encoding` is None for a workbook. `notes` are sentences about how the file was
    read."""

    header: list[str]
    rows: Iterator[Cells | BadRow]
    encoding: str | None = None
    notes: tuple[str, ...] = ()


@contextmanager
def opened(
    path: Path,
    encoding: str | None = None,
    is_header: Callable[[list[str]], bool] = bool,
    is_row: Callable[[list[str], list[str]], bool] = _never,
) -> Iterator[Table]:
    """Open the table of a file.

    The header is the first of HEADER_WITHIN lines for which `is_header` is true, or else the first line that is not empty.
    `is_row( header, cells)` is true for cells that look like a complete row; it detects a quote that is not closed. Raise
    ValueError for another kind of file and for an unknown encoding."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLE:
        raise ValueError(f"{path} is an old Excel file (.xls): save it as .xlsx or as CSV.")
    if start == _ZIP:
        with _workbook(path, is_header) as table:
            yield table
        return
    encoding = encoding or encoding_of(path.read_bytes())
    try:
        text = path.open(encoding=encoding, errors="replace")
    except LookupError:
        raise ValueError(f"{encoding!r} is not a known encoding; use one such as utf-8, gb18030 or cp1252.") from None
    with text:
        yield from_lines(text, encoding, is_header, is_row)


def from_lines(
    text: Iterable[str],
    encoding: str = "utf-8",
    is_header: Callable[[list[str]], bool] = bool,
    is_row: Callable[[list[str], list[str]], bool] = _never,
) -> Table:
    """Return the table of lines of CSV text, as `opened` reads it."""
    lines = _Lines(text)
    start = lines.ahead(HEADER_WITHIN)
    separator = _separator(start)
    found = _header(list(_records(_Lines(start), separator, _never)), is_header)
    if found is None:
        return Table([], iter(()), encoding)
    header = _trimmed(found.cells)
    records = _records(lines, separator, lambda cells: is_row(header, cells))
    rows = (row for row in records if row.line > found.line)
    notes = () if encoding in ("utf-8", "utf-8-sig") else (f"the file is read as {encoding}",)
    return Table(header, _fitted(rows, len(header)), encoding, notes)


def encoding_of(content: bytes) -> str:
    """Return the encoding of CSV text: by its byte order mark, else UTF-16 if a third of the bytes are zero, else UTF-8 or GB18030
    (which contains GBK and GB2312).

    Text with some invalid UTF-8 is UTF-8 with damaged bytes, unless most of its lines are invalid and four fifths of their
    non-ASCII bytes are pairs of GB2312: western encodings have single bytes, and Big5 has other pairs."""
    for mark, name in _BOMS:
        if content.startswith(mark):
            return name
    start = content[:2_000]
    if start and 3 * start.count(0) >= len(start):
        return "utf-16-le" if start[0] else "utf-16-be"
    try:
        content.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    lines = [line for line in re.split(rb"[\r\n]+", content) if not line.isascii()]
    if 2 * sum(_is_utf8(line) for line in lines) >= len(lines):
        return "utf-8"
    without_pairs = len(_NOT_ASCII.findall(_GB2312.sub(b"", content)))
    return "gb18030" if 5 * without_pairs <= len(_NOT_ASCII.findall(content)) else "utf-8"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Lines:
    """The lines of a text with their numbers. Lines can be put back after they were read."""

    def __init__(self, text: Iterable[str]) -> None:
        self._text = iter(text)
        self._back: deque[str] = deque()
        self.number = 0
        self.suspect_to = 0  # an unclosed quote may have been meant to close up to this line

    def ahead(self, most: int) -> list[str]:
        """Return the next lines without consuming them."""
        lines = list(islice(self, most))
        self.put_back(lines)
        return lines

    def put_back(self, lines: Sequence[str]) -> None:
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._text).replace("\0", DAMAGED)
        self.number += 1
        return line


def _records(lines: _Lines, separator: str, is_row: Callable[[list[str]], bool]) -> Iterator[Cells | BadRow]:
    """Return the rows that are not empty, consuming `lines` row by row."""
    for line in lines:
        if '"' in line:
            found = _quoted(lines, line, separator, is_row)
        else:
            cells = line.split(separator)
            too_long = any(len(cell) > csv.field_size_limit() for cell in cells)
            found = BadRow(lines.number, _TOO_LONG) if too_long else Cells(lines.number, _clean(cells))
        if isinstance(found, BadRow) or any(found.cells):
            yield found


_TOO_LONG = f"a cell has more than {csv.field_size_limit():,} characters"


def _quoted(lines: _Lines, first: str, separator: str, is_row: Callable[[list[str]], bool]) -> Cells | BadRow:
    """Return the row that begins with the line `first`, which has quotes, so that the row can extend over more lines. If a quote
    is not closed, only the lines up to it are skipped, and the lines after it are put back."""
    begin, taken = lines.number, [first]
    before_quote = first[: first.index('"')].rstrip(" ")
    if begin <= lines.suspect_to and before_quote and not before_quote.endswith(separator):
        return BadRow(begin, "a quote is inside a cell; an earlier quote is not closed")

    def feed() -> Iterator[str]:
        yield first
        for line in lines:
            taken.append(line)
            yield line

    try:
        cells = next(csv.reader(feed(), delimiter=separator, strict=True, skipinitialspace=True))
    except csv.Error as error:
        if len(taken) == 1 and "end of data" not in str(error):
            return BadRow(begin, _TOO_LONG if "limit" in str(error) else "a quote inside a quoted cell is not doubled")
        last = len(taken) - 1
    else:
        row_like = [is_row(_split(line.replace('"', ""), separator)) for line in taken]
        if True not in row_like[1:] or (is_row(cells) and not row_like[0]):
            return Cells(begin, _clean(cells))
        last = row_like.index(True, 1)
    opened_at, is_open = 0, False
    for place, line in enumerate(taken[: max(last, 1)]):
        closed_before, is_open = not is_open, is_open ^ bool(line.count('"') % 2)
        if closed_before and is_open:
            opened_at = place
    lines.suspect_to = lines.number
    lines.put_back(taken[opened_at + 1 :])
    return BadRow(begin, f"the quote that opens on line {begin + opened_at} is not closed")


def _clean(cells: Iterable[str]) -> list[str]:
    stripped = (cell.strip() for cell in cells)
    return [found[1] if (found := _FORCED_TEXT.fullmatch(cell)) else cell for cell in stripped]


def _split(line: str, separator: str) -> list[str]:
    try:
        return _clean(next(csv.reader([line], delimiter=separator), []))
    except csv.Error:
        return _clean(line.split(separator))


def _separator(start: Sequence[str]) -> str:
    """Return the separator that gives most lines the same number of cells; of equal ones, the one with the most cells."""

    def evenness(separator: str) -> tuple[int, int]:
        widths = Counter(len(_split(line, separator)) for line in start if line.strip())
        return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))

    return max(SEPARATORS, key=evenness)


def _header(start: Sequence[Cells | BadRow], is_header: Callable[[list[str]], bool]) -> Cells | None:
    candidates = [row for row in start if isinstance(row, Cells)]
    return next((row for row in candidates if is_header(list(row.cells))), next(iter(candidates), None))


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Return the names of the columns, each in one line, up to the last column with a name."""
    header = [" ".join(cell.split()) for cell in cells]
    while header and not header[-1]:
        header.pop()
    return header


def _fitted(rows: Iterator[Cells | BadRow], width: int) -> Iterator[Cells | BadRow]:
    """Return the rows with as many cells as the header: missing cells are empty, and surplus cells must be empty."""
    for row in rows:
        if isinstance(row, BadRow) or len(row.cells) == width:
            yield row
        elif any(row.cells[width:]):
            yield BadRow(row.line, f"{len(row.cells)} cells where the header has {width}")
        else:
            yield Cells(row.line, [*row.cells[:width], *[""] * (width - len(row.cells))])


@contextmanager
def _workbook(path: Path, is_header: Callable[[list[str]], bool]) -> Iterator[Table]:
    """Open the table of the first visible sheet with cells. A formula counts as its stored value."""
    try:
        book = importlib.import_module("openpyxl").load_workbook(path, read_only=True, data_only=True)
    except ModuleNotFoundError:
        raise ValueError(f"{path} is a workbook, and openpyxl is not installed: save it as CSV.") from None
    except (BadZipFile, KeyError, ValueError) as error:
        raise ValueError(f"{path} is not a readable workbook ({error}); save it as CSV.") from error
    try:
        for sheet in (sheet for sheet in book.worksheets if sheet.sheet_state == "visible"):
            sheet.reset_dimensions()  # the dimensions that programs write are often wrong
            rows = _sheet_rows(sheet)
            start = list(islice(rows, HEADER_WITHIN))
            found = _header(start, is_header)
            if found is not None:
                header = _trimmed(found.cells)
                below = (row for row in chain(start, rows) if row.line > found.line)
                others = [other.title for other in book.worksheets if other is not sheet]
                note = (f"the sheet {sheet.title!r} is read, not {', '.join(map(repr, others))}",) if others else ()
                yield Table(header, _fitted(below, len(header)), None, note)
                return
        yield Table([], iter(()))
    finally:
        book.close()


def _sheet_rows(sheet: Any) -> Iterator[Cells | BadRow]:
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        cells = _clean(_text(value) for value in values)
        if any(cells):
            yield Cells(number, cells)


def _text(value: Any) -> str:
    """Return the cell of a workbook as CSV would have it. A number whose last digits are lost is written with its exponent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        if abs(value) >= _EXACT_BELOW:
            return f"{value:.14E}"
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)
