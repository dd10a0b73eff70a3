"""The methodology: every number a grade or a price is made of, in one versioned JSON file. Pure.

A published file never changes; a new version is a new file. The newest one is in force.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "methodologies"

GRADES = ("one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond")
"""From least to most; their rank is 1 to 7."""

LABELS = dict(zip(GRADES, ("一星", "二星", "三星", "四星", "五星", "六星", "钻石"), strict=True))


@dataclass(frozen=True)
class Table:
    """A piecewise linear function through points of integers, flat outside. Exact: only integer arithmetic."""

    points: tuple[tuple[int, int], ...]

    def at(self, x: int) -> int:
        """The value at x, rounded down."""
        points = self.points
        if x <= points[0][0]:
            return points[0][1]
        for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
            if x <= x1:
                return y0 + (y1 - y0) * (x - x0) // (x1 - x0)
        return points[-1][1]

    def least_x(self, y: int) -> int | None:
        """The least x whose value reaches y; None if none does. The function must not fall."""
        points = self.points
        if y <= points[0][1]:
            return points[0][0]
        for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
            if y <= y1:
                return x0 + -(-(y - y0) * (x1 - x0) // (y1 - y0))
        return None


@dataclass(frozen=True)
class FactorRule:
    """One factor: its weight (any unit; shares of the sum count) and where a value stands among the reference accounts.

    `percentiles` maps the value in thousandths to parts per million."""

    name: str
    label: str
    unit: str
    weight: int
    percentiles: Table


@dataclass(frozen=True)
class PriceRule:
    """Advised repost price by score (thousandths of a point -> fen), the band around it and factors in basis points."""

    repost: Table
    low_bps: int
    high_bps: int
    post_bps: int
    category_bps: dict[str, int]


@dataclass(frozen=True)
class Methodology:
    """One version, ready to compute with; `document` is the file as published."""

    version: str
    factors: tuple[FactorRule, ...]
    thresholds: tuple[int, ...]
    price: PriceRule
    document: dict[str, Any]

    def grade_of(self, score: int) -> str:
        """The grade for a score in thousandths of a point."""
        return GRADES[sum(score >= threshold for threshold in self.thresholds)]


def versions() -> list[str]:
    """All published versions, oldest first."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def published(version: str) -> Methodology | None:
    """The methodology of that version, or None."""
    if version not in versions():
        return None
    return parse(json.loads((FOLDER / f"{version}.json").read_text("utf-8")))


@cache
def in_force() -> Methodology:
    """The newest published methodology."""
    newest = published(versions()[-1])
    assert newest is not None
    return newest


def parse(document: dict[str, Any]) -> Methodology:
    """A Methodology from a file's JSON. Raises ValueError if a table falls, a weight is not positive or a threshold is
    missing."""
    factors = tuple(
        FactorRule(rule["name"], rule["label"], rule["unit"], rule["weight"], _table(rule["percentiles"]))
        for rule in document["factors"]
    )
    if missing := set(GRADES[1:]) - set(document["thresholds"]):
        raise ValueError(f"thresholds are missing: {sorted(missing)}")
    thresholds = tuple(document["thresholds"][grade] for grade in GRADES[1:])
    price = document["price"]
    if any(rule.weight <= 0 for rule in factors) or list(thresholds) != sorted(thresholds):
        raise ValueError("weights are positive and thresholds rise")
    return Methodology(
        version=document["version"],
        factors=factors,
        thresholds=thresholds,
        price=PriceRule(
            _table(price["repost_fen_by_score"]),
            price["low_bps"],
            price["high_bps"],
            price["post_bps"],
            price["category_bps"],
        ),
        document=document,
    )


def _table(points: list[list[int]]) -> Table:
    pairs = tuple((int(x), int(y)) for x, y in points)
    for (x0, y0), (x1, y1) in zip(pairs, pairs[1:], strict=False):
        if x1 <= x0 or y1 < y0:
            raise ValueError(f"a table must rise: {(x0, y0)}, {(x1, y1)}")
    return Table(pairs)
