"""Forecast the reads, interactions and clicks of an order, each with an 80 % interval. Pure.

    ln(1 + y) = intercept + own * ln(1 + average) + followers * ln(1 + followers) + category + grade + e

or, where the median and the spread of the account's own posts are known (`posts`), with n of them, at most POSTS_MOST:

    ln(1 + y) = intercept + own * median + followers * ln(1 + followers) + spread * s + z * width
    width     = sqrt((n * s^2 + shrink * usual^2) / (n + shrink))

`median` and `s` are the median and the standard deviation of ln(1 + figure) of the latest posts, and z is a quantile that
fit/forecast.py found. `average` is the account's own average per post. An account without one is forecast from its peers:
followers, category and grade alone. The quantiles of `e` (10, 50, 90 %) depend on the level of the prediction. All numbers are in
a versioned file, fitted by fit/forecast.py; docs/reference/grading.md has how often the intervals hold on held-out accounts."""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import TypedDict
from chalicelib.grading.model.evidence import Evidence

Basis = Literal["own", "own_few", "peers", "extrapolated", "assumed"]
FOLDER = Path(__file__).parents[1] / "forecasts"
ROUNDING = 0.05
"""An end of the interval this close to the next whole number counts as that number."""
CONFIDENCE = 0.8
"""The share of outcomes that the intervals are fitted to contain."""
POSTS_MOST = 20
"""More posts than these do not make a spread more reliable."""
FEW_POSTS = 4
"""An average of fewer posts is less reliable (`own_few`)."""


class RangeDocument(TypedDict):
    """A range as JSON."""

    low: int
    expected: int
    high: int
    basis: Basis


class ForecastDocument(TypedDict):
    """A forecast as JSON. `confidence` is the share of outcomes inside each range."""

    reads: RangeDocument
    interactions: RangeDocument
    clicks: RangeDocument
    confidence: float
    model_version: str


@dataclass(frozen=True)
class Range:
    """The outcome exceeds `expected` in half of the cases, and lies in [`low`, `high`] in 80 % of them."""

    low: int
    expected: int
    high: int
    basis: Basis

    def as_json(self) -> RangeDocument:
        return {"low": self.low, "expected": self.expected, "high": self.high, "basis": self.basis}


@dataclass(frozen=True)
class Forecast:
    """The forecast of one order. The basis of each range is `own` (own past), `own_few` (few own posts), `peers`, `extrapolated`
    (from an average above those the model was fitted on) or `assumed`."""

    reads: Range
    interactions: Range
    clicks: Range
    version: str

    def as_json(self) -> ForecastDocument:
        return {
            "reads": self.reads.as_json(),
            "interactions": self.interactions.as_json(),
            "clicks": self.clicks.as_json(),
            "confidence": CONFIDENCE,
            "model_version": self.version,
        }


@cache
def in_force() -> Mapping[str, Any]:
    """Return the newest fitted file."""
    newest = max(FOLDER.glob("*.json"))
    document: dict[str, Any] = json.loads(newest.read_text("utf-8"))
    return document


def age() -> timedelta:
    """Return the age of a post that a forecast applies to; a younger post has not reached it yet. Measured by fit/forecast.py."""
    return timedelta(hours=int(in_force()["age_hours"]))


def forecast(evidence: Evidence, category: str | None, grade: str | None, kind: Kind) -> Forecast:
    """Return the forecast for one order of this kind from an account with this evidence."""
    document = in_force()
    models = document["models"]
    few = evidence.posts_30d is not None and evidence.posts_30d < FEW_POSTS
    followers = float(evidence.followers)

    def ranged(quantity: str, average: float | None, median: float | None, spread: float | None) -> Range:
        own_posts = models[f"{kind}_{quantity}"].get("posts")
        if own_posts is not None and median is not None:
            return from_posts(own_posts, median, spread, evidence.posts_seen, followers)
        basis: Basis = "peers" if average is None else "own_few" if few else "own"
        model = models[f"{kind}_{quantity}"][basis]
        low, expected, high = predicted(model, average or 0.0, followers, category, grade)
        if average is not None and average > model["average_max"]:
            basis = "extrapolated"
        return Range(low, expected, high, basis)

    reads = ranged("reads", evidence.reads_avg_30d, evidence.reads_median, evidence.reads_spread)
    reacted = evidence.interactions_per_post
    interactions = ranged("interactions", reacted, evidence.reactions_median, evidence.reactions_spread)
    least, usual, most = document["click_rates_ppm"]
    clicks = Range(
        reads.low * least // 1_000_000, reads.expected * usual // 1_000_000, reads.high * most // 1_000_000, "assumed"
    )
    return Forecast(reads, interactions, clicks, document["version"])


def predicted(
    model: Mapping[str, Any], average: float, followers: float, category: str | None, grade: str | None
) -> tuple[int, int, int]:
    """Return low, expected and high of one model: the whole numbers inside the interval, never below 0."""
    level = model["intercept"] + model["own"] * math.log1p(average) + model["followers"] * math.log1p(followers)
    level += model["categories"].get(category or "", 0.0) + model["grades"].get(grade or "", 0.0)
    errors = model["errors"][bisect_right(model["levels"], level)]
    return _whole(level + error for error in errors)


def from_posts(
    model: Mapping[str, Any], median: float, spread: float | None, posts: int | None, followers: float
) -> Range:
    """Return the forecast from the median and the spread of the account's own posts; `posts` is their number, FEW_POSTS if
    unknown."""
    level, width = placed(model, median, spread, posts, followers)
    basis: Basis = "own" if (posts or 0) >= FEW_POSTS else "own_few"
    if median > model["median_max"]:
        basis = "extrapolated"
    return Range(*_whole(level + z * width for z in model["quantiles"]), basis)


def placed(
    model: Mapping[str, Any], median: float, spread: float | None, posts: int | None, followers: float
) -> tuple[float, float]:
    """Return the middle of ln(1 + outcome) before its quantile, and the width."""
    usual, shrink = model["usual"], model["shrink"]
    known = usual if spread is None else spread
    number = min(posts or FEW_POSTS, POSTS_MOST)
    level = model["intercept"] + model["own"] * median + model["followers"] * math.log1p(followers)
    width = math.sqrt((number * known**2 + shrink * usual**2) / (number + shrink))
    return level + model["spread"] * known, width


def _whole(logs: Iterable[float]) -> tuple[int, int, int]:
    low, expected, high = (math.expm1(max(0.0, value)) for value in logs)
    most = math.floor(high + ROUNDING)
    least = min(math.ceil(low - ROUNDING), most)
    return least, min(max(round(expected), least), most), most
