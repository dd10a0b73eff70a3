"""Readable additive models: a table per figure, made to rise, and one number per category. Pure Python, deterministic.

Backfitting: each table in turn becomes the mean of what the others leave, in bands of equal counts; falling neighbours are pooled
(pool adjacent violators). Each category's number is shrunk towards its prior."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

SHRINKAGE = 15
GAIN_SHRINKAGE = 40
GAIN_MAX = 2.5
BANDS = 24
SWEEPS = 2
MEAN = (math.inf,) * 4
"""Widths for the plain mean. Finite widths weigh a row by exp(-(error / width)^2 / 2), which finds where most rows are."""


@dataclass
class Curve:
    """A piecewise linear function, constant outside its points."""

    xs: list[float]
    ys: list[float]

    def at(self, x: float) -> float:
        place = bisect_left(self.xs, x)
        if place == 0:
            return self.ys[0]
        if place == len(self.xs):
            return self.ys[-1]
        x0, x1, y0, y1 = self.xs[place - 1], self.xs[place], self.ys[place - 1], self.ys[place]
        return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


@dataclass
class Additive:
    """`base + curve of each figure + number of the category`."""

    base: float
    curves: list[Curve]
    categories: dict[str, float] = field(default_factory=dict)
    gains: dict[str, list[float]] = field(default_factory=dict)

    def at(self, figures: Sequence[float], category: str) -> float:
        gains = self.gains.get(category) or [1.0] * len(self.curves)
        known = sum(gain * curve.at(x) for gain, curve, x in zip(gains, self.curves, figures, strict=True))
        return self.base + known + self.categories.get(category, 0.0)


class _Term:
    """One figure of all rows: the band of each row, and its position between the middles of two bands."""

    def __init__(self, values: Sequence[float], bands: int) -> None:
        ordered = sorted(values)
        cuts = sorted({ordered[len(ordered) * i // bands] for i in range(1, bands)})
        groups: list[list[float]] = [[] for _ in range(len(cuts) + 1)]
        for value in values:
            groups[bisect_right(cuts, value)].append(value)
        full = [group for group in groups if group]
        self.centres = [median(group) for group in full]
        edges = [min(group) for group in full[1:]]
        self.band = [bisect_right(edges, value) for value in values]
        self.places = [self._place(value) for value in values]
        self.ys = [0.0] * len(full)

    def _place(self, x: float) -> tuple[int, float]:
        right = bisect_left(self.centres, x)
        if right == 0:
            return 0, 0.0
        if right == len(self.centres):
            return right - 1, 0.0
        x0, x1 = self.centres[right - 1], self.centres[right]
        return right - 1, (x - x0) / (x1 - x0)

    def values(self) -> list[float]:
        ys = [*self.ys, self.ys[-1]]
        return [ys[i] + (ys[i + 1] - ys[i]) * part for i, part in self.places]

    def refit(self, left: Sequence[float], weights: Sequence[float], gains: Sequence[float]) -> None:
        sums, totals = [0.0] * len(self.ys), [1e-9] * len(self.ys)
        for band, error, weight, gain in zip(self.band, left, weights, gains, strict=True):
            sums[band] += error * weight * gain
            totals[band] += weight * gain * gain
        self.ys = rising([s / t for s, t in zip(sums, totals, strict=True)], totals)
        middle = sum(y * t for y, t in zip(self.ys, totals, strict=True)) / sum(totals)
        self.ys = [y - middle for y in self.ys]


def rising(ys: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the closest values that never fall: falling neighbours are pooled."""
    pools: list[list[float]] = []
    for y, weight in zip(ys, weights, strict=True):
        pools.append([y, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            y1, w1, n1 = pools.pop()
            y0, w0, n0 = pools.pop()
            pools.append([(y0 * w0 + y1 * w1) / (w0 + w1), w0 + w1, n0 + n1])
    return [pool[0] for pool in pools for _ in range(int(pool[2]))]


def fit(
    rows: Sequence[Sequence[float]],
    categories: Sequence[str],
    targets: Sequence[float],
    widths: Sequence[float] = MEAN,
    bands: int = BANDS,
    prior: Additive | None = None,
    gained: int = 2,
) -> Additive:
    """Return the model of the targets. `rows` are the figures. The curves of the first `gained` of them have a gain per category;
    the number and the gains of a category are shrunk towards `prior` (default: 0 and 1)."""
    names = sorted(set(categories))
    of = {name: index for index, name in enumerate(names)}
    place = [of[category] for category in categories]
    believed = [prior.categories.get(name, 0.0) if prior else 0.0 for name in names]
    trusted = [(prior.gains.get(name) if prior else None) or [1.0] * len(rows[0]) for name in names]
    terms = [_Term(column, bands) for column in zip(*rows, strict=True)]
    numbers = [0.0] * len(names)
    gains = [list(gain) for gain in trusted]
    base = fmean(targets)
    left = [y - base for y in targets]
    for width in widths:
        weights = [1.0 if math.isinf(width) else math.exp(-((e / width) ** 2) / 2) for e in left]
        for _ in range(SWEEPS):
            for index, term in enumerate(terms):
                values = term.values()
                own = [gains[c][index] for c in place]
                whole = [e + g * v for e, g, v in zip(left, own, values, strict=True)]
                term.refit(whole, weights, own)
                values = term.values()
                if index < gained:
                    _refit_gains(gains, trusted, index, place, whole, weights, values)
                    own = [gains[c][index] for c in place]
                left = [e - g * v for e, g, v in zip(whole, own, values, strict=True)]
            sums, totals = [SHRINKAGE * value for value in believed], [float(SHRINKAGE)] * len(names)
            for c, error, weight in zip(place, left, weights, strict=True):
                sums[c] += weight * (error + numbers[c])
                totals[c] += weight
            fresh = [s / t for s, t in zip(sums, totals, strict=True)]
            left = [e + numbers[c] - fresh[c] for e, c in zip(left, place, strict=True)]
            numbers = fresh
            shift = sum(e * w for e, w in zip(left, weights, strict=True)) / sum(weights)
            base += shift
            left = [e - shift for e in left]
    found = Additive(base, [Curve(term.centres, term.ys) for term in terms])
    found.categories = {**(prior.categories if prior else {}), **dict(zip(names, numbers, strict=True))}
    found.gains = {**(prior.gains if prior else {}), **dict(zip(names, gains, strict=True))}
    return found


def _refit_gains(
    gains: list[list[float]],
    trusted: Sequence[Sequence[float]],
    index: int,
    place: Sequence[int],
    whole: Sequence[float],
    weights: Sequence[float],
    values: Sequence[float],
) -> None:
    """Return the gain of the curve in each category: least squares about the category's middle, shrunk, never below 0."""
    sums = [[0.0] * 5 for _ in gains]
    spread = sum(w * v * v for w, v in zip(weights, values, strict=True)) / sum(weights)
    for c, e, w, v in zip(place, whole, weights, values, strict=True):
        row = sums[c]
        row[0] += w
        row[1] += w * v
        row[2] += w * e
        row[3] += w * v * v
        row[4] += w * v * e
    for c, (w, v, e, vv, ve) in enumerate(sums):
        extra = GAIN_SHRINKAGE * spread
        covered, shared = (vv - v * v / w, ve - v * e / w) if w else (0.0, 0.0)
        gain = (shared + extra * trusted[c][index]) / (covered + extra) if extra else 1.0
        gains[c][index] = min(max(gain, 0.0), GAIN_MAX)
