"""Readable additive models: a rising curve per figure, and a number and a slope per category. Pure Python, deterministic.

A curve is linear in the logarithm of its figure between knots. Its increments, the numbers and the slopes are not below 0, so that
no figure that rises or becomes known lowers the result. The coefficients minimise the squared error plus a penalty, by cyclic
coordinate descent on the normal equations (Lawson and Hanson's non-negative least squares)."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

KNOTS = 20
SWEEPS = 400
TOLERANCE = 1e-5
FLAT = 0.01
"""The least rise of a curve per unit of the logarithm."""
LEAST_READS, MOST_READS = 500.0, 5_000_000.0
"""Between these reads the slope of a category counts more and more."""


@dataclass(frozen=True)
class Row:
    """The figures of one account: logarithms of followers, reads and the scarcer of both, `rise` from 0 to 1, and labels."""

    logs: tuple[float, float, float]
    rise: float
    category: str
    standing: str
    by_appointment: bool


@dataclass(frozen=True)
class Penalties:
    """The weight of the squared coefficients, in rows: curves (per unit of slope), categories, slopes of categories; and the limits
    of the coefficients. The last three release a limit, for `fit.ablation` only: a curve may fall, a known category or standing may
    subtract."""

    curves: float = 3.0
    categories: float = 15.0
    slopes: float = 15.0
    number_most: float = math.inf
    slope_most: float = math.inf
    curves_fall: bool = False
    categories_subtract: bool = False
    standing_subtracts: bool = False


@dataclass(frozen=True)
class Additive:
    """`base + curves + number of the category + slope of the category x rise + standing + by appointment`."""

    base: float
    curves: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]  # knots and values, which begin at 0
    categories: dict[str, tuple[float, float]]
    standing: dict[str, float]
    by_appointment: float

    def curve(self, place: int, x: float) -> float:
        """Return the curve at the logarithm x. Beyond its ends it continues with its mean slope."""
        knots, values = self.curves[place]
        if x <= knots[0] or x >= knots[-1]:
            slope = values[-1] / (knots[-1] - knots[0])
            return slope * (x - knots[0]) if x <= knots[0] else values[-1] + slope * (x - knots[-1])
        right = bisect_right(knots, x)
        part = (x - knots[right - 1]) / (knots[right] - knots[right - 1])
        return values[right - 1] + part * (values[right] - values[right - 1])

    def at(self, row: Row) -> float:
        """Return the model's value."""
        number, slope = self.categories.get(row.category, (0.0, 0.0))
        total = self.base + number + slope * row.rise + self.standing.get(row.standing, 0.0)
        total += sum(self.curve(place, x) for place, x in enumerate(row.logs))
        return total + self.by_appointment if row.by_appointment else total


def rise(reads: float) -> float:
    """Return how much of a category's slope counts at these reads."""
    part = math.log(max(reads, 1.0) / LEAST_READS) / math.log(MOST_READS / LEAST_READS)
    return min(max(part, 0.0), 1.0)


STANDINGS = ("popular", "accepting")


class Design:
    """The columns of the rows: for each curve one column per knot (hats that add up to 1), then the others."""

    def __init__(self, rows: Sequence[Row], penalties: Penalties) -> None:
        self.knots = [_knots([row.logs[place] for row in rows]) for place in range(3)]
        self.names = sorted({row.category for row in rows} - {""})
        starts, column = [], 1
        for knots in self.knots:
            starts.append(column)
            column += len(knots)
        self.starts, self.rest = starts, column
        self.width = column + 2 * len(self.names) + len(STANDINGS) + 1
        place = {name: index for index, name in enumerate(self.names)}
        self.rows = [self._columns(row, place) for row in rows]
        self.low, self.high, self.penalty = self._limits(penalties)

    def _columns(self, row: Row, place: dict[str, int]) -> list[tuple[int, float]]:
        found = [(0, 1.0)]
        for start, knots, x in zip(self.starts, self.knots, row.logs, strict=True):
            right = min(max(bisect_right(knots, x), 1), len(knots) - 1)
            part = min(max((x - knots[right - 1]) / (knots[right] - knots[right - 1]), 0.0), 1.0)
            found += [(start + right - 1, 1 - part), (start + right, part)]
        if row.category:
            found.append((self.rest + place[row.category], 1.0))
            found.append((self.rest + len(self.names) + place[row.category], row.rise))
        after = self.rest + 2 * len(self.names)
        if row.standing in STANDINGS:
            found.append((after + STANDINGS.index(row.standing), 1.0))
        if row.by_appointment:
            found.append((after + len(STANDINGS), 1.0))
        return found

    def _limits(self, penalties: Penalties) -> tuple[list[float], list[float], list[float]]:
        low, high, penalty = [0.0] * self.width, [math.inf] * self.width, [1.0] * self.width
        low[0], penalty[0] = -math.inf, 0.0
        for start, knots in zip(self.starts, self.knots, strict=True):
            high[start] = 0.0
            for index in range(1, len(knots)):
                length = knots[index] - knots[index - 1]
                low[start + index] = -math.inf if penalties.curves_fall else FLAT * length
                penalty[start + index] = penalties.curves / length**2
        count = len(self.names)
        for index in range(self.rest, self.rest + count):
            penalty[index], high[index] = penalties.categories, penalties.number_most
            penalty[index + count], high[index + count] = penalties.slopes, penalties.slope_most
            if penalties.categories_subtract:
                low[index] = low[index + count] = -math.inf
        if penalties.standing_subtracts:
            after = self.rest + 2 * count
            low[after : after + len(STANDINGS)] = [-math.inf] * len(STANDINGS)
        return low, high, penalty

    def equations(self, targets: Sequence[float], weights: Sequence[float]) -> tuple[list[list[float]], list[float]]:
        """Return the normal equations of the increments of the curves and the other columns."""
        table = [[0.0] * self.width for _ in range(self.width)]
        right = [0.0] * self.width
        for columns, y, weight in zip(self.rows, targets, weights, strict=True):
            for i, a in columns:
                line, wa = table[i], weight * a
                right[i] += wa * y
                for j, b in columns:
                    line[j] += wa * b
        for start, knots in zip(self.starts, self.knots, strict=True):
            ends = range(start + len(knots) - 2, start - 1, -1)
            for index in ends:
                right[index] += right[index + 1]
                table[index] = [a + b for a, b in zip(table[index], table[index + 1], strict=True)]
            for line in table:
                for index in ends:
                    line[index] += line[index + 1]
        return table, right


def fit(
    rows: Sequence[Row], targets: Sequence[float], penalties: Penalties, rounds: int = 0, near: float = 0.3
) -> Additive:
    """Return the model of the targets. Each of the `rounds` weighs a row by 1 / its error, at least `near`, so that the model goes
    to the conditional median instead of the mean (iteratively reweighted least squares)."""
    design = Design(rows, penalties)
    found = [0.0] * design.width
    weights = [1.0] * len(rows)
    for turn in range(rounds + 1):
        table, right = design.equations(targets, weights)
        scale = sum(weights) / len(weights)
        found = descend(table, right, [p * scale for p in design.penalty], design.low, design.high, found)
        if turn < rounds:
            model = _model(design, found)
            weights = [1 / max(abs(y - model.at(row)), near) for row, y in zip(rows, targets, strict=True)]
    return _model(design, found)


def descend(
    table: list[list[float]],
    right: list[float],
    penalty: list[float],
    low: list[float],
    high: list[float],
    start: list[float],
) -> list[float]:
    """Return the coefficients between `low` and `high` with the least squared error and penalty, one after the other until none
    moves."""
    found = [min(max(x, a), b) for x, a, b in zip(start, low, high, strict=True)]
    slopes = [sum(a * x for a, x in zip(line, found, strict=True)) - y for line, y in zip(table, right, strict=True)]
    columns = [
        (j, line, line[j] + p, p, a, b)
        for j, (line, p, a, b) in enumerate(zip(table, penalty, low, high, strict=True))
        if line[j] + p
    ]
    for _ in range(SWEEPS):
        moved = 0.0
        for j, line, steep, p, least, most in columns:
            before = found[j]
            value = before - (slopes[j] + p * before) / steep
            if value < least:
                value = least
            elif value > most:
                value = most
            step = value - before
            if step:
                found[j] = value
                slopes = [s + step * a for s, a in zip(slopes, line)]  # noqa: B905 - strict costs a tenth
                moved = max(moved, abs(step))
        if moved < TOLERANCE:
            break
    return found


def _model(design: Design, found: Sequence[float]) -> Additive:
    curves = []
    for start, knots in zip(design.starts, design.knots, strict=True):
        values, total = [0.0], 0.0
        for increment in found[start + 1 : start + len(knots)]:
            total += increment
            values.append(total)
        curves.append((tuple(knots), tuple(values)))
    numbers = found[design.rest : design.rest + len(design.names)]
    slopes = found[design.rest + len(design.names) : design.rest + 2 * len(design.names)]
    after = design.rest + 2 * len(design.names)
    return Additive(
        found[0],
        tuple(curves),
        dict(zip(design.names, zip(numbers, slopes, strict=True), strict=True)),
        dict(zip(STANDINGS, found[after:], strict=False)),
        found[after + len(STANDINGS)],
    )


def _knots(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    shares = (*(i / KNOTS for i in range(KNOTS)), 0.96, 0.985, 1.0)
    cuts = sorted({ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in shares})
    spaced = cuts[:1]
    for cut in cuts[1:]:
        if cut - spaced[-1] > 0.1:
            spaced.append(cut)
    return spaced if len(spaced) > 1 else [spaced[0], spaced[0] + 1.0]


def rising(ys: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the closest values that never fall: falling neighbours are pooled."""
    pools: list[list[Any]] = []
    for y, weight in zip(ys, weights, strict=True):
        pools.append([y, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            y1, w1, n1 = pools.pop()
            y0, w0, n0 = pools.pop()
            pools.append([(y0 * w0 + y1 * w1) / (w0 + w1), w0 + w1, n0 + n1])
    return [float(pool[0]) for pool in pools for _ in range(int(pool[2]))]
