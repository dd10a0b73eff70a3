"""Convert fitted curves and reference values to tables of integers, as in a methodology file."""

from __future__ import annotations

import statistics
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

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
