"""Columns of a CSV file and what they mean: the standard names, built-in layouts, layouts from a JSON file. Pure.

docs/importing.md is the description for operators; a test compares it with FIELDS and FORMATS.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

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
TEXTS = ("handle", "category", "as_of", "registered_at", "earlier_at")
TRUTHS = ("verified", "organisation", "popular", "accepted_all_last_week", "by_appointment")
PRICES = ("post_price", "repost_price")
FIELDS = (*TEXTS, *TRUTHS, *COUNTS, *AVERAGES, *PRICES)
REQUIRED = ("handle", "followers")

_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True)
class Layout:
    """`columns` maps our fields to the file's columns; a cell in `unknown` is as good as empty; `as_of` is when figures
    were measured that have no column for it."""

    columns: Mapping[str, str]
    unknown: frozenset[str] = frozenset()
    as_of: str | None = None

    def missing(self, header: Iterable[str]) -> list[str]:
        """The file's columns that this layout needs and the header lacks."""
        present = set(header)
        return [self.columns[name] for name in REQUIRED if self.columns[name] not in present]

    def read(self, row: Mapping[str, str | None]) -> dict[str, Any]:
        """The known values of a row by field: numbers, truth values, texts; prices in fen. Raises ValueError naming the
        column whose cell cannot be read."""
        values: dict[str, Any] = {}
        for name, column in self.columns.items():
            cell = (row.get(column) or "").strip()
            if cell and cell not in self.unknown:
                try:
                    values[name] = _value(name, cell)
                except (ValueError, InvalidOperation, KeyError, OverflowError) as error:
                    raise ValueError(f"{column}: {cell[:40]!r} is no {_WORDS.get(name, 'number')}") from error
        return values


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
}


def recognised(header: Iterable[str]) -> Layout:
    """The built-in layout whose needed columns the header has; the standard one if none."""
    columns = list(header)
    return next((layout for layout in FORMATS.values() if not layout.missing(columns)), STANDARD)


def from_file(path: Path) -> Layout:
    """The layout in a JSON file: `{"columns": {field: column}, "unknown": [...], "as_of": "..."}`, the last two optional.

    Raises ValueError that says what is wrong with it."""
    try:
        document = json.loads(path.read_text("utf-8-sig"))
        columns = {str(name): str(column) for name, column in document["columns"].items()}
        layout = Layout(columns, frozenset(map(str, document.get("unknown", []))), document.get("as_of"))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path} is no layout of columns ({error!r}); docs/importing.md has an example.") from error
    strange = sorted(set(columns) - set(FIELDS))
    lacking = sorted(set(REQUIRED) - set(columns))
    if strange or lacking:
        raise ValueError(f"{path}: unknown fields {strange}, missing fields {lacking}.")
    return layout


def _value(name: str, cell: str) -> Any:
    if name in TEXTS:
        return cell
    if name in TRUTHS:
        return _TRUTH[cell.lower()]
    number = Decimal(cell.replace(",", ""))
    if name in PRICES:
        number *= 100
    if name in AVERAGES:
        return float(number)
    if number != int(number):
        raise ValueError(cell)
    return int(number)
