"""Columns of a CSV file and what they mean: the standard names, built-in layouts, layouts from a JSON file. Pure.

docs/operations/importing.md is the description for operators; a test compares it with FIELDS and FORMATS.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from ops.table_files import cells

COUNTS = (
    "followers",
    "active_followers",
    "posts_30d",
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
"""Units of a column; those of money in yuan."""


@dataclass(frozen=True)
class Layout:
    """`columns` maps our fields to the file's columns; a cell in `unknown` is as good as empty; `as_of` is when
    figures were measured that have no column for it. `units` has the unit of a field whose column is not in ones (or
    yuan): a key of MULTIPLES. `time_zone` is that of moments without one."""

    columns: Mapping[str, str]
    unknown: frozenset[str] = frozenset()
    as_of: str | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    time_zone: timezone | None = None

    def missing(self, header: Iterable[str]) -> list[str]:
        """The file's columns that this layout needs and the header lacks."""
        present = set(header)
        return [self.columns[name] for name in REQUIRED if self.columns[name] not in present]

    def read(self, row: Mapping[str, str | None], lower_bounds: Counter[str] | None = None) -> dict[str, Any]:
        """The known values of a row by field: numbers, truth values, texts; days and moments as the API takes them; prices in fen.
        Counts in `lower_bounds`, by column, the cells such as `10万+`. Raises ValueError that names the first column whose cell
        cannot be read."""
        values: dict[str, Any] = {}
        for name, column in self.columns.items():
            cell = (row.get(column) or "").strip()
            if not cell or cell in self.unknown or (name not in REQUIRED and cell.lower() in cells.UNKNOWN):
                continue
            try:
                values[name], at_least = self._value(name, cell)
            except (ValueError, ArithmeticError) as error:
                detail = f" ({error})" if str(error) and isinstance(error, ValueError) else ""
                raise ValueError(f"{column}: {cell[:40]!r} is no {_WORDS.get(name, 'number')}{detail}") from error
            if at_least and lower_bounds is not None:
                lower_bounds[column] += 1
        return values

    def _value(self, name: str, cell: str) -> tuple[Any, bool]:
        """The value, and whether the cell gives it as a lower bound."""
        if name == "handle":
            return cells.read_handle(cell), False
        if name in TIMES:
            return cells.read_time(cell, self.time_zone), False
        if name in TEXTS:
            return cell, False
        if name in TRUTHS:
            return cells.read_truth(cell), False
        read = cells.read_price if name in PRICES else cells.read_share if name in SHARES else cells.read_number
        number = read(cell)
        if name in self.units and not number.has_unit:
            number = replace(number, value=number.value * MULTIPLES[self.units[name]])
        if name in PRICES:
            number = replace(number, value=number.value * 100)
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
    **dict.fromkeys(PRICES, "price in yuan"),
    **dict.fromkeys(TIMES, "day or moment"),
    "handle": "handle",
}


def recognised(header: Iterable[str]) -> Layout:
    """The built-in layout whose needed columns the header has; the standard one if none."""
    columns = list(header)
    return next((layout for layout in FORMATS.values() if not layout.missing(columns)), STANDARD)


def from_file(path: Path) -> Layout:
    """The layout in a JSON file: `{"columns": {field: column}, "unknown": [...], "as_of": "...", "time_zone":
    "+08:00"}`, all but the first optional. A column with a unit is `{"column": "粉丝数", "unit": "万"}`.

    Raises ValueError that says what is wrong with it."""
    try:
        return from_document(json.loads(path.read_text("utf-8-sig")))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(
            f"{path} is no layout of columns ({error!r}); docs/operations/importing.md has an example."
        ) from error


def from_document(document: Any) -> Layout:
    """The layout of a JSON document as `from_file` reads it. Raises KeyError, TypeError, AttributeError and ValueError."""
    columns: dict[str, str] = {}
    units: dict[str, str] = {}
    for name, told in document["columns"].items():
        columns[name] = str(told["column"] if isinstance(told, dict) else told)
        if isinstance(told, dict) and told.get("unit") is not None:
            units[name] = str(told["unit"]).lower()
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
