"""Fit advised prices to a market's price list: the conditional median of the logarithm of the price, raised towards the mean where
prices are high, and bands that contain a share of the asked prices."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

from chalicelib.grading.model.rising import BPS, Counting, RisingPrice
from fit.additive import Additive, Penalties, fit
from fit.input_tables import Listed, XingtuAccount
from fit.integer_tables import PPM, Points
from fit.stars import LARGEST, curve_points, demand_of, row_of

CURVES = ("followers", "reads", "scarcer")
PRICES = Penalties(1.0, 8.0, 8.0, number_most=0.9, slope_most=0.9)
ROUNDS = 4
POST_BPS = 15_000
PRIOR_ORDERS = 8
BANDS = 24
RAISED_FROM, RAISED_TO = 0.85, 1.0
"""Below the first quantile of the index a price is the conditional median, above the second the conditional mean."""
SHARES = (0.1, 0.25, 0.75, 0.9)
CATEGORY_WEIGHT = 10
"""A category with so many accounts has half of its own band."""


def fit_prices(listed: Sequence[Listed], counting: Counting) -> dict[str, Any]:
    """Return the price model of a methodology, without `organisation_bps`."""
    rows = [row_of(counting, a.evidence, a.category) for a in listed]
    targets = [math.log(a.price / 100) for a in listed]
    model = fit(rows, targets, PRICES, rounds=ROUNDS)
    indices = [model.at(row) for row in rows]
    raised = raise_points(indices, targets)
    residuals = [y - x - raised_by(raised, x) for x, y in zip(indices, targets, strict=True)]
    start = sum(model.curve(place, 0.0) for place in range(3))
    return {
        "base": round((model.base + start) * PPM),
        "curves": {name: curve_points(model, place, PPM) for place, name in enumerate(CURVES)},
        **demand_of(model, PPM),
        "fen": fen_table(raised, model),
        "organisation_bps": BPS,
        "post_bps": POST_BPS,
        "prior_orders": PRIOR_ORDERS,
        "bands": bands(residuals, [a.category or "" for a in listed]),
    }


def raise_points(
    indices: Sequence[float], targets: Sequence[float], start: float = RAISED_FROM, end: float = RAISED_TO
) -> list[tuple[float, float]]:
    """Return points from the index to an addition: the logarithm of asked price / median price, by bands of the index. Nothing is
    added below the quantile `start` of the index, all of it above `end`. The sum of the index and the addition rises."""
    ordered = sorted(zip(indices, targets, strict=True))
    points: list[tuple[float, float]] = []
    for band in range(BANDS):
        of = ordered[len(ordered) * band // BANDS : len(ordered) * (band + 1) // BANDS]
        if not of:
            continue
        prices, medians = sum(math.exp(y) for _, y in of), sum(math.exp(x) for x, _ in of)
        share = ((band + 0.5) / BANDS - start) / (end - start)
        points.append((statistics.median(x for x, _ in of), min(max(share, 0.0), 1.0) * math.log(prices / medians)))
    smooth = [(x, statistics.fmean(y for _, y in points[max(i - 2, 0) : i + 3])) for i, (x, _) in enumerate(points)]
    rising: list[tuple[float, float]] = []
    for x, y in smooth:
        if not rising or x > rising[-1][0] + 1e-6:
            rising.append((x, max(y, rising[-1][1] - 0.9 * (x - rising[-1][0]) if rising else y)))
    return rising


def raised_by(points: Sequence[tuple[float, float]], x: float) -> float:
    """Return the addition to the index x, linear between the points of `raise_points`."""
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]


def fen_table(raised: Sequence[tuple[float, float]], model: Additive) -> Points:
    """Return the table from an index in parts per million to fen, from the least to the greatest index that the model can have."""
    low = model.base + sum(model.curve(place, 0.0) for place in range(3))
    high = model.base + sum(model.curve(place, math.log(LARGEST)) for place in range(3)) + 4 + model.by_appointment
    points: Points = []
    for step in range(math.floor(low * 10), math.ceil(high * 10) + 1):
        fen = round(100 * math.exp(step / 10 + raised_by(raised, step / 10)))
        points.append([step * PPM // 10, max(fen, points[-1][1] + 1 if points else fen)])
    return points


def bands(residuals: Sequence[float], categories: Sequence[str]) -> dict[str, list[int]]:
    """Return the ends of the bands of each category in basis points of the price: quantiles of the residuals of the logarithm,
    shrunk towards those of all accounts. The empty name is every other category."""
    of: dict[str, list[float]] = {}
    for error, category in zip(residuals, categories, strict=True):
        of.setdefault(category, []).append(error)
    whole = [quantile(residuals, share) for share in SHARES]
    found = {"": whole}
    for name, errors in sorted(of.items()):
        own = len(errors) / (len(errors) + CATEGORY_WEIGHT)
        found[name] = [
            own * quantile(errors, share) + (1 - own) * general for share, general in zip(SHARES, whole, strict=True)
        ]
    return {name: _containing(row) for name, row in found.items()}


def _containing(row: Sequence[float]) -> list[int]:
    low80, low, high, high80 = (round(BPS * math.exp(value)) for value in row)
    low, high = min(low, BPS), max(high, BPS)
    return [min(low80, low), low, high, max(high80, high)]


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values do not exceed (conformal: the (n + 1) x share-th)."""
    ordered = sorted(values)
    return ordered[min(max(math.ceil((len(ordered) + 1) * share) - 1, 0), len(ordered) - 1)]


def organisation_bps(accounts: Sequence[XingtuAccount], rule: RisingPrice, counting: Counting) -> int:
    """Return the ratio of the prices that organisations and persons of the same index ask on another network: least squares of the
    logarithm of the asking price on the index and the kind of owner, over all lengths of clips."""
    rows: list[tuple[float, float, float]] = []
    for account in accounts:
        index = rule.index(account.evidence, None, counting.of(account.evidence))
        for price in account.prices.values():
            rows.append((index / PPM, float(account.evidence.organisation or False), math.log(price)))
    if not any(kind for _, kind, _ in rows):
        return BPS
    xs, kinds, ys = zip(*rows, strict=True)
    rest = [kind - value for kind, value in zip(kinds, _line(xs, kinds), strict=True)]
    effect = sum(r * (y - v) for r, y, v in zip(rest, ys, _line(xs, ys), strict=True)) / sum(r * r for r in rest)
    return round(BPS * math.exp(max(effect, 0.0)))


def _line(xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    found = statistics.linear_regression(xs, ys)
    return [found.intercept + found.slope * x for x in xs]
