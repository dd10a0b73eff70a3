"""CSV (RFC 4180) that a spreadsheet opens without an import dialog.

UTF-8 with a byte order mark, because Excel reads a file without one in the code page of the system; money in units with the
decimals of its currency; moments in RFC 3339, in UTC or in a time zone; text that a spreadsheet would run as a formula starts with
an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.core.regions.working_days import local_time

MARK = "\ufeff"
MEDIA_TYPE = "text/csv; charset=utf-8"
LINE_END = "\r\n"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def document(header: Iterable[str], rows: Iterable[Iterable[Any]], time_zone: str | None = None) -> str:
    """Return the whole file as text, with the byte order mark; its moments in `time_zone`, or in UTC."""
    text = io.StringIO()
    text.write(MARK)
    sheet = csv.writer(text, lineterminator=LINE_END)
    sheet.writerow(list(header))
    sheet.writerows([cell(value, time_zone) for value in row] for row in rows)
    return text.getvalue()


def cell(value: Any, time_zone: str | None = None) -> str:
    """Return the text of a cell; None is empty. A moment is in `time_zone`, with its offset, or in UTC."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return value.decimal
    if isinstance(value, datetime):
        return local_time(value, time_zone).isoformat(timespec="seconds") if time_zone else clock.rfc3339(value)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def headers(filename: str) -> dict[str, str]:
    """Return the headers, besides Content-Type, of a response that is downloaded as this file."""
    return {"Content-Disposition": f'attachment; filename="{filename}"'}
