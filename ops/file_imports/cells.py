"""Reads one cell of a table: numbers, truth values, days and moments. Pure functions, used for every column of every file.

They raise ValueError for a cell that cannot be read. Its text has the reason if that is not obvious, and may be empty; the caller
adds line, column and cell.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache

from pydantic_core import PydanticCustomError

from chalicelib.core import clock

UNKNOWN = frozenset(
    {"-", "--", "–", "—", "/", "n/a", "#n/a", "na", "nan", "null", "none", "unknown", "无", "暂无", "未知"}
)
"""Words that mean an empty cell in every column but the handle, in lower case."""

TRUTH_WORDS = {
    **dict.fromkeys(("true", "1", "yes", "y", "是", "有", "已认证", "√", "✓"), True),
    **dict.fromkeys(("false", "0", "no", "n", "否", "未认证", "×", "✗"), False),
}

UNITS = {
    "千": Decimal(1_000),
    "k": Decimal(1_000),
    "万": Decimal(10_000),
    "w": Decimal(10_000),
    "百万": Decimal(1_000_000),
    "m": Decimal(1_000_000),
    "million": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "亿": Decimal(100_000_000),
    "b": Decimal(1_000_000_000),
    "billion": Decimal(1_000_000_000),
}
"""Words for multiples after a number, in lower case."""

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<digits>[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+\.?\d*|\.\d+)(?P<exponent>e[+-]?\d{1,2})? ?"
    rf"(?P<unit>{'|'.join(sorted(UNITS, key=len, reverse=True))})?(?P<least>\+|以上)?",
    re.ASCII,
)
_DIGITS_MAX = 40
_CHANGED = re.compile(r"[+-]?\d+(?:\.\d+[eE][+-]?|[eE]\+)\d+|\d+\.0+", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))", re.ASCII)
_WITHOUT_ZONE = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?", re.ASCII)
_ZONE = re.compile(r"([+-])(\d{2}):(\d{2})", re.ASCII)


@dataclass(frozen=True)
class Number:
    """The number of a cell. `has_unit`: the cell names a multiple, as in `1.2万`, so the number is rounded. `at_least`: the number
    is a lower bound, as in `10万+`."""

    value: Decimal
    has_unit: bool = False
    at_least: bool = False


def read_number(cell: str) -> Number:
    """Return the number of `1,234,567`, `1.2万`, `475.8m`, `10万+` or `１２`. Raise ValueError for negative numbers and for
    commas that do not separate groups of three digits."""
    text = unicodedata.normalize("NFKC", cell).replace("\N{MINUS SIGN}", "-").strip().lower()
    found = _NUMBER.fullmatch(text)
    if found is None or len(text) > _DIGITS_MAX:
        raise ValueError("commas may only separate groups of three digits" if "," in text else "")
    value = Decimal(found["digits"].replace(",", "") + (found["exponent"] or "")) * UNITS.get(found["unit"] or "", 1)
    if found["sign"] == "-" and value:
        raise ValueError("it is negative")
    return Number(value, found["unit"] is not None, found["least"] is not None)


MONEY_WORDS = {
    "CNY": ("¥", "rmb", "元"),
    "USD": ("us$", "$", "dollars", "dollar", "美元"),
    "EUR": ("€", "euros", "euro", "欧元"),
    "GBP": ("£",),
    "JPY": ("¥", "円", "日元"),
    "HKD": ("hk$", "港元", "港币"),
    "KRW": ("₩",),
    "INR": ("₹",),
}
"""Words for a currency beside its code, in lower case."""


@cache
def _money(currency: str) -> re.Pattern[str]:
    """Return the pattern of the words for a currency before or behind a number."""
    words = "|".join(re.escape(word) for word in (currency.lower(), *MONEY_WORDS.get(currency, ())))
    return re.compile(rf"^(?:{words}) ?|(?: ?(?:{words}))$")


def names_other_money(text: str, currency: str) -> bool:
    """Return True if the text in lower case names another currency of MONEY_WORDS."""
    own = (currency.lower(), *MONEY_WORDS.get(currency, ()))
    for word in sorted(own, key=len, reverse=True):
        text = text.replace(word, " ")
    others = (word for code, words in MONEY_WORDS.items() for word in (code.lower(), *words) if word not in own)
    return any(word in text for word in others)


def read_price(cell: str, currency: str = "CNY") -> Number:
    """Return the number of a price with or without the currency: `¥1,200`, `1200元`. Raise ValueError for other currencies."""
    return read_number(_money(currency).sub("", unicodedata.normalize("NFKC", cell).strip().lower()))


def read_share(cell: str) -> Number:
    """Return a share of 1, written as a fraction or in per cent: `0.35`, `35%`."""
    text = unicodedata.normalize("NFKC", cell).strip()
    if text.endswith("%"):
        return Number(read_number(text.removesuffix("%")).value / 100)
    return read_number(text)


def whole(number: Number) -> int:
    """Return the number as a count. A number with a unit is already rounded, so its fraction is dropped (`3.45678w` is 34,567)."""
    if number.value != int(number.value) and not number.has_unit:
        raise ValueError("it has a fraction")
    return int(number.value)


def read_truth(cell: str) -> bool:
    """Return the truth value of `true`, `yes`, `1`, `是` and their opposites (TRUTH_WORDS)."""
    try:
        return TRUTH_WORDS[cell.lower()]
    except KeyError:
        raise ValueError from None


def read_handle(cell: str) -> str:
    """Return the handle. Raise ValueError if a spreadsheet turned it into a rounded number (`1.66988E+09`, `1669880000.0`)."""
    if _CHANGED.fullmatch(cell):
        raise ValueError("a spreadsheet has changed this number; format the column as text and export it again")
    return cell


def read_zone(text: str) -> timezone:
    """Return the time zone of `+08:00`."""
    found = _ZONE.fullmatch(text)
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        raise ValueError(f"{text!r} is not a time zone such as +08:00")
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-offset if found[1] == "-" else offset)


def read_time(cell: str, zone: timezone | None = None) -> str:
    """Return a day or a moment in the API's form: `2026-11-20`, or RFC 3339 in UTC.

    Days may be written `20261120`, `2026/11/20`, `2026.11.20` and `2026年11月20日`. A moment without a time zone is read in `zone`.
    Raise ValueError for a moment without any time zone, and for other digits (a year, the day number of a spreadsheet, seconds
    since 1970)."""
    # Imported here, because the command line is parsed before the market's modules are imported.
    from chalicelib.api.validation.time_fields import read_moment

    text = unicodedata.normalize("NFKC", cell).strip()
    day = _DAY.fullmatch(text)
    try:
        if day is not None:
            year, month, number = (int(part) for part in day.groups() if part and part.isdigit())
            if not 1970 <= year < 3000:
                raise ValueError
            return date(year, month, number).isoformat()
        if _WITHOUT_ZONE.fullmatch(text):
            if zone is None:
                raise _NoZone
            return clock.rfc3339(datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC))
        return clock.rfc3339(read_moment(text))
    except _NoZone:
        raise ValueError('it has no time zone; add one, or name it in the map as "time_zone": "+08:00"') from None
    except PydanticCustomError as error:
        digits = text.replace(".", "", 1).isdigit()
        raise ValueError(_DIGITS_ALONE if digits else error.message().rstrip(".")) from None
    except (ValueError, OverflowError):
        raise ValueError("there is no such date or time from 1970 to 2999") from None


_DIGITS_ALONE = "of digits alone only days such as 20261120 are read, not years, day numbers or seconds"


class _NoZone(Exception):
    """A moment without a time zone."""
