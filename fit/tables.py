"""Convert fitted curves and reference values to tables of integers, as in a methodology file."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from fit.additive import Additive, Curve

PPM = 1_000_000
PERCENTILES = (0, 1, 2, 5, *range(10, 95, 5), 95, 98, 99, 99.5, 99.9, 100)

Points = list[list[int]]


def percentile_table(values: Sequence[int]) -> Points:
    """Return points [value, parts per million] with strictly rising values; 0 is at 0."""
    ordered = sorted(values)
    points = [[0, 0]]
    for percent in PERCENTILES:
        value = ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]
        if value > points[-1][0]:
            points.append([value, round(percent * 10_000)])
        elif len(points) > 1:
            points[-1][1] = round(percent * 10_000)
    points[-1][1] = PPM
    return points


def curve_table(curve: Curve, shift: float = 0.0) -> Points:
    """Return the curve plus `shift` in parts per million, without points in the middle of a level piece."""
    points = [[round(x), round((y + shift) * PPM)] for x, y in zip(curve.xs, curve.ys, strict=True)]
    last = len(points) - 1
    return [
        point
        for i, point in enumerate(points)
        if i in (0, last) or not points[i - 1][1] == point[1] == points[i + 1][1]
    ]


def odds_table() -> Points:
    """Return the table from log odds to probability, both in parts per million."""
    return [[round(x * PPM / 4), round(PPM / (1 + math.exp(-x / 4)))] for x in range(-32, 33)]


def case(model: Additive, names: Sequence[str], curves: Sequence[str]) -> dict[str, Any]:
    """Return an additive model as a case of the file. Unknown categories add what accounts without a category add."""
    return {
        "base": round(model.base * PPM),
        "curves": {name: curve_table(curve) for name, curve in zip(curves, model.curves, strict=True)},
        "categories": {name: round(model.categories[name] * PPM) for name in names},
    }


def gains(model: Additive, names: Sequence[str]) -> dict[str, list[int]]:
    """Return the gain of each curve in each category, in basis points."""
    return {name: [round(gain * 10_000) for gain in model.gains[name]] for name in names}


def spearman(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return Spearman's rank correlation, ties at their mean rank."""
    return statistics.correlation(ranks(xs), ranks(ys))


def ranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each value from 1, ties at their mean."""
    ordered = sorted(values)
    counts: dict[float, int] = defaultdict(int)
    for value in values:
        counts[value] += 1
    return [bisect_left(ordered, value) + (counts[value] + 1) / 2 for value in values]
