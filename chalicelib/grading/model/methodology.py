"""The methodology: every number of grades and prices, in one versioned JSON file. Pure.

A published file never changes; a new version is a new file. The newest one is in force."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from chalicelib.grading.model import rising
from chalicelib.grading.model.piecewise_linear import NOTHING, Table, table_of

FOLDER = Path(__file__).parents[1] / "methodologies"

GradeName = Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"]
GRADES: tuple[GradeName, ...] = get_args(GradeName)
"""In rising order; the ranks are 1 to 7."""


def grade_name(text: str) -> GradeName:
    """Return the text as the name of a grade. Raise ValueError if it is not one."""
    return GRADES[GRADES.index(text)]


LABELS: dict[str, str] = dict(zip(GRADES, ("一星", "二星", "三星", "四星", "五星", "六星", "钻石"), strict=True))


@dataclass(frozen=True)
class Sign:
    """One of several signs that make up a factor: its strength, and the worth of its value (in thousandths, or parts per million
    of a share)."""

    name: str
    label: str
    strength: int
    table: Table


@dataclass(frozen=True)
class FactorRule:
    """One factor: its weight (any unit; shares of the sum count) and its tables.

    `percentiles` maps the value in thousandths to its percentile among the reference accounts in parts per million, `points`
    to the earned part of the weight. `kind` defines how they are used:

    percentile  both of the value
    market      the fitted curve of the original market, by standing and category (`Market`)
    demand      the original market's addition for category and standing, independent of the reach (`Market`)
    size        both among accounts of the same size: `sizes` has the least followers (thousandths) and the tables of each class
    signs       of `odds` of the sum of the known signs; each missing sign takes its strength from the weight
    record      of the mean of the known signs by strength; a record of few orders has little weight

    In versions from 2026-11-27 on, `weight` is the most that the factor adds in thousandths of a point, and
    chalicelib.grading.model.rising has the tables."""

    name: str
    label: str
    unit: str
    weight: int
    percentiles: Table
    points: Table
    kind: str = "percentile"
    sizes: tuple[tuple[int, Table, Table], ...] = ()
    signs: tuple[Sign, ...] = ()
    odds: Table = NOTHING

    @cached_property
    def size_starts(self) -> tuple[int, ...]:
        """The least followers of each size class, in thousandths."""
        return tuple(least for least, _, _ in self.sizes)

    @cached_property
    def strength(self) -> int:
        """The strength of all signs together."""
        return sum(sign.strength for sign in self.signs)


@dataclass(frozen=True)
class Case:
    """An additive model for accounts of one standing, in parts per million of its unit. A category can have gains: how much each
    curve counts in it, in basis points, in the order of the curves."""

    base: int
    curves: tuple[Table, ...]
    categories: dict[str, int]


@dataclass(frozen=True)
class Market:
    """The curves for followers and reach, by standing, as fitted to the original market's own stars; they begin at 0. `full` is
    the most that each factor earns."""

    cases: dict[str, Case]
    gains: dict[str, tuple[int, ...]]
    by_appointment: int
    full: dict[str, int]


@dataclass(frozen=True)
class PriceRule:
    """Advised repost price by score (thousandths of a point -> fen), the band around it and factors in basis points."""

    repost: Table
    low_bps: int
    high_bps: int
    post_bps: int
    category_bps: dict[str, int]


@dataclass(frozen=True)
class PriceModel:
    """An additive model of the logarithm of the repost price, for accounts of which `needs` is known. `cases` are by standing, or
    by the original market's stars if these are needed.

    `levels` are the prices (low, mid, high in fen) from an index on; `starts` are those indices, rising. `low_bps` and
    `high_bps` are the quartiles of the prices asked around the index."""

    name: str
    needs: tuple[str, ...]
    cases: dict[str, Case]
    gains: dict[str, tuple[int, ...]]
    by_appointment: int
    starts: tuple[int, ...]
    levels: tuple[tuple[int, int, int], ...]
    low_bps: int
    high_bps: int


@dataclass(frozen=True)
class FittedPrice:
    """The price models; the first that can be used counts. `fen` maps an index to the price whose logarithm it is, `quality_bps`
    the value of the quality factor to basis points. The price of an organisation is `organisation_bps` of a person's. Paid
    orders of `prior_orders` advertisers weigh as much as the model."""

    models: tuple[PriceModel, ...]
    fen: Table
    quality_bps: Table
    organisation_bps: int
    post_bps: int
    prior_orders: int


@dataclass(frozen=True)
class FollowerLimit:
    """The limit on followers that count: `few`, and the earlier ones with a growth of `growth_bps_30d` in 30 days, or `per_read`
    for each read if that is more."""

    few: int
    growth_bps_30d: int
    per_read: int


@dataclass(frozen=True)
class Methodology:
    """One version, ready to compute with. `document` is the file as published."""

    version: str
    factors: tuple[FactorRule, ...]
    thresholds: tuple[int, ...]
    price: PriceRule | FittedPrice | rising.RisingPrice
    document: dict[str, Any]
    market: Market | None = None
    margin: int = 0
    follower_limit: FollowerLimit | None = None
    score_percentiles: dict[str, Table] = field(default_factory=dict)
    rising: rising.Rising | None = None

    @cached_property
    def edges(self) -> dict[tuple[str, str | None], tuple[int, ...]]:
        """A cache filled by chalicelib.grading.model.grade, by standing and category."""
        return {}

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories that affect the price."""
        if isinstance(self.price, PriceRule):
            return tuple(self.price.category_bps)
        if isinstance(self.price, rising.RisingPrice):
            return tuple(self.price.demand.categories)
        return tuple(name for name in self.price.models[-1].gains if name)

    @cached_property
    def all_weights(self) -> int:
        """The sum of the weights of all factors."""
        return sum(rule.weight for rule in self.factors)

    def grade_of(self, score: int, held: str | None = None) -> GradeName:
        """Return the grade for a score in thousandths of a point. A `held` grade is lost only when the score is below its
        threshold by more than the margin, so that the grade does not alternate."""
        reached = bisect_right(self.thresholds, score)
        if held in GRADES:
            still_held = bisect_right(self.thresholds, score + self.margin)
            reached = max(reached, min(still_held, GRADES.index(held)))
        return GRADES[reached]


def versions() -> list[str]:
    """Return all published versions, oldest first."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def published(version: str) -> Methodology | None:
    """Return the methodology of that version, or None."""
    if version not in versions():
        return None
    return parse(json.loads((FOLDER / f"{version}.json").read_text("utf-8")))


@cache
def in_force() -> Methodology:
    """Return the newest published methodology."""
    newest = published(versions()[-1])
    assert newest is not None
    return newest


def parse(document: dict[str, Any]) -> Methodology:
    """Return the methodology in a file's JSON. Raise ValueError if a table falls, a weight is not positive or a threshold is
    missing."""
    factors = tuple(_rising_factor(rule) if "counting" in document else _factor(rule) for rule in document["factors"])
    if missing := set(GRADES[1:]) - set(document["thresholds"]):
        raise ValueError(f"thresholds are missing: {sorted(missing)}")
    thresholds = tuple(document["thresholds"][grade] for grade in GRADES[1:])
    if any(rule.weight <= 0 for rule in factors) or list(thresholds) != sorted(thresholds):
        raise ValueError("weights are positive and thresholds rise")
    market = document.get("market")
    return Methodology(
        version=document["version"],
        factors=factors,
        thresholds=thresholds,
        price=_price(document["price"]),
        document=document,
        market=None if market is None else _market(market),
        margin=document.get("margin", 0),
        follower_limit=FollowerLimit(**limit) if (limit := document.get("follower_limit")) else None,
        score_percentiles={name: table_of(points) for name, points in document.get("score_percentiles", {}).items()},
        rising=rising.parse_rising(document) if "counting" in document else None,
    )


def _factor(rule: dict[str, Any]) -> FactorRule:
    return FactorRule(
        rule["name"],
        rule["label"],
        rule["unit"],
        rule["weight"],
        table_of(rule["percentiles"]),
        table_of(rule.get("points", rule["percentiles"])),
        rule.get("kind", "percentile"),
        tuple((least, table_of(percentiles), table_of(points)) for least, percentiles, points in rule.get("sizes", [])),
        tuple(
            Sign(sign["name"], sign["label"], sign["strength"], table_of(sign["points"], sign["direction"]))
            for sign in rule.get("signs", [])
        ),
        table_of(rule.get("odds", [[0, 0]])),
    )


def _rising_factor(rule: dict[str, Any]) -> FactorRule:
    """Return the name, the weight and the comparison of a factor; chalicelib.grading.model.rising has its tables."""
    percentiles = table_of(rule.get("percentiles", [[0, 0]]))
    return FactorRule(rule["name"], rule["label"], rule["unit"], rule["weight"], percentiles, percentiles, rule["kind"])


def _market(document: dict[str, Any]) -> Market:
    gains = _gains(document)
    return Market(_cases(document), gains, document["by_appointment"], document["full"])


def _cases(document: dict[str, Any]) -> dict[str, Case]:
    return {
        name: Case(case["base"], tuple(table_of(curve) for curve in case["curves"].values()), case["categories"])
        for name, case in document["cases"].items()
    }


def _gains(document: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    gains = {name: tuple(values) for name, values in document["gains_bps"].items()}
    if any(gain < 0 for values in gains.values() for gain in values):
        raise ValueError("a curve must rise in every category")
    return gains


def _price(document: dict[str, Any]) -> PriceRule | FittedPrice | rising.RisingPrice:
    if "bands" in document:
        return rising.parse_price(document)
    if "models" not in document:
        return PriceRule(
            table_of(document["repost_fen_by_score"]),
            document["low_bps"],
            document["high_bps"],
            document["post_bps"],
            document["category_bps"],
        )
    models = tuple(model_of(model) for model in document["models"])
    return FittedPrice(
        models,
        table_of(document["fen"]),
        table_of(document["quality_bps"]),
        document["organisation_bps"],
        document["post_bps"],
        document["prior_orders"],
    )


def model_of(document: dict[str, Any]) -> PriceModel:
    """Return the price model in a file's JSON. Raise ValueError if a table or the prices fall."""
    starts = tuple(level[0] for level in document["levels"])
    levels = tuple((low, mid, high) for _, low, mid, high in document["levels"])
    rising = all(a <= b for one, two in zip(levels, levels[1:], strict=False) for a, b in zip(one, two, strict=True))
    if list(starts) != sorted(set(starts)) or not rising or any(not low <= mid <= high for low, mid, high in levels):
        raise ValueError("prices must rise with the index and each lie within its band")
    return PriceModel(
        document["name"],
        tuple(document["needs"]),
        _cases(document),
        _gains(document),
        document["by_appointment"],
        starts,
        levels,
        document["low_bps"],
        document["high_bps"],
    )
