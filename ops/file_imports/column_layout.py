"""Layouts: the meaning of a file's columns, as standard names, built-in layouts, or a JSON file. Pure apart from reading that file.

docs/operations/importing.md describes them for operators; a test compares it with FIELDS and FORMATS.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from chalicelib.core.regions.currencies import per_unit
from ops.file_imports import cells

COUNTS = (
    "followers",
    "active_followers",
    "posts_30d",
    "posts_seen",
    "following",
    "posts_total",
    "earlier_followers",
    "earlier_following",
    "earlier_posts_total",
    "market_stars",
    "orders_90d",
)
SHARES = (
    "originals_share",
    "duplicates_share",
    "links_share",
    "burst_share",
    "automated_share",
    "plain_reposts_share",
    "copied_comments_share",
    "top_reactors_share",
    "acceptance_rate",
    "on_time_share",
    "kept_share",
    "disputes_lost_share",
)
AVERAGES = (
    "reads_avg_30d",
    "reposts_avg_30d",
    "comments_avg_30d",
    "likes_avg_30d",
    "active_days_30d",
    "reactions_variation",
    "reads_median",
    "reads_spread",
    "reactions_median",
    "reactions_spread",
    *SHARES,
)
TIMES = ("as_of", "registered_at", "earlier_at")
TEXTS = ("handle", "category", *TIMES)
TRUTHS = ("verified", "organisation", "popular", "accepted_all_last_week", "by_appointment")
PRICES = ("post_price", "repost_price")
FIELDS = (*TEXTS, *TRUTHS, *COUNTS, *AVERAGES, *PRICES)
REQUIRED = ("handle", "followers")

MULTIPLES = {
    **cells.UNITS,
    "fen": Decimal("0.01"),
    "分": Decimal("0.01"),
    "yuan": Decimal(1),
    "元": Decimal(1),
    "千元": Decimal(1_000),
    "万元": Decimal(10_000),
    "%": Decimal("0.01"),
}
"""Units of a column. Units of money are multiples of one unit of the currency."""


@dataclass(frozen=True)
class Layout:
    """A layout. `columns` maps fields to the file's columns. A cell in `unknown` counts as empty. `as_of` is the moment of the
    figures if there is no column for it. `units` holds the unit (a key of MULTIPLES) of each field whose column is not in ones.
    `time_zone` is used for moments without one. `currency` is that of the prices."""

    columns: Mapping[str, str]
    unknown: frozenset[str] = frozenset()
    as_of: str | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    time_zone: timezone | None = None
    currency: str = "CNY"

    def missing(self, header: Iterable[str]) -> list[str]:
        """Return the required columns that the header lacks."""
        present = set(header)
        return [self.columns[name] for name in REQUIRED if self.columns[name] not in present]

    def require_columns(self, header: Sequence[str]) -> None:
        """Raise ValueError if the header lacks a required column, or has a column of this layout twice."""
        missing = self.missing(header)
        if missing:
            raise ValueError(f"the file has no column {', '.join(missing)}; it has: {', '.join(header) or 'nothing'}.")
        duplicates = sorted(column for column in self.columns.values() if header.count(column) > 1)
        if duplicates:
            raise ValueError(f"the file has more than one column {', '.join(duplicates)}.")

    def read(self, row: Mapping[str, str | None], lower_bounds: Counter[str] | None = None) -> dict[str, Any]:
        """Return the known values of a row by field: numbers, truth values, texts; days and moments in the API's form; prices in
        minor units.

        Count cells such as `10万+` in `lower_bounds`, by column. Raise ValueError with the first column whose cell cannot be
        read."""
        values: dict[str, Any] = {}
        for name, column in self.columns.items():
            cell = (row.get(column) or "").strip()
            if not cell or cell in self.unknown or (name not in REQUIRED and cell.lower() in cells.UNKNOWN):
                continue
            try:
                values[name], at_least = self._value(name, cell)
            except (ValueError, ArithmeticError) as error:
                detail = f" ({error})" if str(error) and isinstance(error, ValueError) else ""
                kind = price_word(self.currency) if name in PRICES else _WORDS.get(name, "number")
                raise ValueError(f"{column}: {cell[:40]!r} is not a {kind}{detail}") from error
            if at_least and lower_bounds is not None:
                lower_bounds[column] += 1
        return values

    def _value(self, name: str, cell: str) -> tuple[Any, bool]:
        """Return the value, and True if the cell gives it as a lower bound."""
        if name == "handle":
            return cells.read_handle(cell), False
        if name in TIMES:
            return cells.read_time(cell, self.time_zone), False
        if name in TEXTS:
            return cell, False
        if name in TRUTHS:
            return cells.read_truth(cell), False
        if name in PRICES:
            number = cells.read_price(cell, self.currency)
        else:
            number = cells.read_share(cell) if name in SHARES else cells.read_number(cell)
        if name in self.units and not number.has_unit:
            number = replace(number, value=number.value * MULTIPLES[self.units[name]])
        if name in PRICES:
            number = replace(number, value=number.value * per_unit(self.currency))
        return float(number.value) if name in AVERAGES else cells.whole(number), number.at_least


STANDARD = Layout({name: name for name in FIELDS})
WEIRENWU = Layout(
    {
        "handle": "account",
        "followers": "followers",
        "reads_avg_30d": "play_count",
        "repost_price": "repost_price_cny",
        "category": "category",
        "popular": "hot",
        "by_appointment": "by_appointment",
        "accepted_all_last_week": "accepted_all_last_week",
    },
    unknown=frozenset({"None"}),
    as_of="2017-11-22",
)
FORMATS = {"standard": STANDARD, "weirenwu": WEIRENWU}

_WORDS = {
    **dict.fromkeys(TRUTHS, "truth value"),
    **dict.fromkeys(COUNTS, "whole number"),
    **dict.fromkeys(TIMES, "day or moment"),
    "handle": "handle",
}


def price_word(currency: str) -> str:
    """Return `price in yuan`, `price in USD`."""
    return "price in yuan" if currency == "CNY" else f"price in {currency}"


def recognised(header: Iterable[str]) -> Layout:
    """Return the built-in layout whose required columns the header has, or the standard one."""
    columns = list(header)
    return next((layout for layout in FORMATS.values() if not layout.missing(columns)), STANDARD)


def from_file(path: Path) -> Layout:
    """Return the layout of a JSON file: `{"columns": {field: column}, "unknown": [...], "as_of": "...", "time_zone": "+08:00"}`,
    all but the first optional. A column with a unit is `{"column": "粉丝数", "unit": "万"}`.

    Raise ValueError with the fault of the file."""
    try:
        return from_document(json.loads(path.read_text("utf-8-sig")))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(
            f"{path} is not a layout of columns ({error!r}); docs/operations/importing.md has an example."
        ) from error


def from_document(document: Any) -> Layout:
    """Return the layout of a JSON document as `from_file` reads it. Raise KeyError, TypeError, AttributeError or ValueError."""
    columns: dict[str, str] = {}
    units: dict[str, str] = {}
    for name, column in document["columns"].items():
        columns[name] = str(column["column"] if isinstance(column, dict) else column)
        if isinstance(column, dict) and column.get("unit") is not None:
            units[name] = str(column["unit"]).lower()
    unknown_fields = sorted(set(columns) - set(FIELDS))
    lacking = sorted(set(REQUIRED) - set(columns))
    wrong_units = sorted({*units.values()} - set(MULTIPLES)) + sorted({*units} - {*COUNTS, *AVERAGES, *PRICES})
    if unknown_fields or lacking or wrong_units:
        raise ValueError(f"unknown fields {unknown_fields}, missing fields {lacking}, wrong units {wrong_units}")
    as_of, zone = document.get("as_of"), document.get("time_zone")
    return Layout(
        columns,
        frozenset(map(str, document.get("unknown", []))),
        None if as_of is None else str(as_of),
        units,
        None if zone is None else cells.read_zone(str(zone)),
    )
