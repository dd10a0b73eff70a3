"""Fit advised prices to a market's price list: an index of the price, then the prices quoted at each index.

The index is additive in followers, reads, the scarcer and the more plentiful of the two, by standing and category. It is
fitted to where most prices are, not to their mean. People ask round prices, many times the same ones, so the quoted price at
an index is not the index itself but the price that most accounts with about this index are near to."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import FittedPrice, model_of
from chalicelib.grading.model.price import index_of, indexed, price_figures, rounded
from fit.additive import Additive, fit
from fit.data import Asked, Listed
from fit.stars import STANDINGS
from fit.tables import PPM, case, gains

CURVES = ("followers", "reads", "scarcer", "more_plentiful")
WIDTHS = (math.inf, math.inf, 2.0, 1.5, 1.2, 0.8, 0.6, 0.6)
STAR_WIDTHS = (math.inf, math.inf, 1.2, 0.8, 0.6, 0.6)
BANDS = 80
TOP = (0.994, 0.998)
"""The last band is cut here, so that the biggest accounts are not priced like the middle of their band."""
BLUR = (0.135, 0.607, 1.0, 0.607, 0.135)
SHARE_OF_DOUBLE = 0.57
NEAR = 0.5
NEAR_WITH_STARS = 0.3
"""A quote counts if it is within a factor of 2 (57 %) and if its error is at most this share of the price (43 %)."""


def fit_models(listed: Sequence[Listed]) -> list[dict[str, Any]]:
    """Return the price models of a methodology, the one with the most evidence first."""
    return [
        _model(listed, "stars", ["market_stars", "reads_avg_30d"]),
        _model(listed, "standing", ["standing", "reads_avg_30d"]),
        _model(listed, "reads", ["reads_avg_30d"]),
        _model(listed, "followers", []),
    ]


def _model(listed: Sequence[Listed], name: str, needs: list[str]) -> dict[str, Any]:
    reads_known = "reads_avg_30d" in needs
    rows = [[float(x) for x in price_figures(a.evidence)][: 4 if reads_known else 1] for a in listed]
    names = [a.category or "" for a in listed]
    targets = [math.log(a.price / 100) for a in listed]
    widths = STAR_WIDTHS if name == "stars" else WIDTHS
    pooled = fit(rows, names, targets, widths)
    groups = [str(a.stars) if name == "stars" else a.evidence.standing if name == "standing" else "" for a in listed]
    models: dict[str, Additive] = {"": pooled}
    for group in {"stars": [str(n) for n in range(1, 7)], "standing": STANDINGS}.get(name, []):
        of = [i for i, own in enumerate(groups) if own == group]
        models[group] = fit(
            [rows[i] for i in of], [names[i] for i in of], [targets[i] for i in of], widths, prior=pooled, gained=0
        )
    appointed = [
        targets[i] - models[groups[i]].at(rows[i], names[i]) for i, a in enumerate(listed) if a.evidence.by_appointment
    ]
    categories = sorted(set(names))
    document: dict[str, Any] = {
        "name": name,
        "needs": needs,
        "by_appointment": round(statistics.median(appointed) * PPM) if appointed else 0,
        "gains_bps": gains(pooled, categories),
        "cases": {
            group: case(model, categories, CURVES[: 4 if reads_known else 1])
            for group, model in models.items()
            if group or len(models) == 1
        },
        "levels": [[0, 100, 100, 100]],
        "low_bps": 10_000,
        "high_bps": 10_000,
    }
    placed = [(index_of(model_of(document), _with_stars(a), a.category), a.price) for a in listed]
    document["levels"] = levels(placed, NEAR_WITH_STARS if name == "stars" else NEAR)
    around = sorted(price / math.exp(index / PPM) / 100 for index, price in placed)
    document["low_bps"] = round(10_000 * around[len(around) // 4])
    document["high_bps"] = round(10_000 * around[len(around) * 3 // 4])
    return document


def fen_table() -> list[list[int]]:
    """Return the table from an index (parts per million of a natural logarithm of yuan) to fen."""
    return [[round(x * PPM / 10), round(100 * math.exp(x / 10))] for x in range(30, 146)]


def organisation_bps(asked: Sequence[Asked], rule: FittedPrice) -> int:
    """Return how much more organisations ask than persons of the same index, on another network: least squares of the logarithm
    of the asking price on the index and the kind of owner, over all lengths of clips."""
    rows: list[tuple[float, float, float]] = []
    for account in asked:
        _, index = indexed(rule, account.evidence, None)
        for price in account.asked.values():
            rows.append((index / PPM, float(account.evidence.organisation or False), math.log(price)))
    if not any(kind for _, kind, _ in rows):
        return 10_000
    xs, kinds, ys = zip(*rows, strict=True)
    rest = [kind - value for kind, value in zip(kinds, _line(xs, kinds), strict=True)]
    effect = sum(r * (y - v) for r, y, v in zip(rest, ys, _line(xs, ys), strict=True)) / sum(r * r for r in rest)
    return round(10_000 * math.exp(max(effect, 0.0)))


def _line(xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    found = statistics.linear_regression(xs, ys)
    return [found.intercept + found.slope * x for x in xs]


def _with_stars(account: Listed) -> Evidence:
    return Evidence.from_json({**account.evidence.as_json(), "market_stars": account.stars})


def levels(placed: Sequence[tuple[int, int]], near: float = NEAR) -> list[list[int]]:
    """Return `[index from which on, low, mid, high]` in fen: prices that rise with the index and are within a factor of 2, or
    `near` by its share, of as many asked prices as possible (dynamic programming over bands of equal counts, each together
    with its neighbours). Low and high are quartiles of the asked prices."""
    ordered = sorted(placed)
    count = len(ordered)
    cuts = sorted({int(count * i / BANDS) for i in range(BANDS)} | {int(count * share) for share in TOP})
    starts = [ordered[cut][0] for cut in cuts]
    bands: list[list[int]] = [[] for _ in starts]
    for index, price in ordered:
        bands[max(bisect_right(starts, index) - 1, 0)].append(price)
    kept = [i for i, band in enumerate(bands) if band]
    starts, sorted_bands = [starts[i] for i in kept], [sorted(bands[i]) for i in kept]
    quotes = _quotable(sorted_bands)
    hits = _blurred([[_hits(band, quote, near) for quote in quotes] for band in sorted_bands])
    mids = [quotes[place] for place in best_rising(hits)]
    lows = _rising([_quantile(band, 0.25) for band in _pooled(sorted_bands)])
    highs = _rising([_quantile(band, 0.75) for band in _pooled(sorted_bands)])
    found: list[list[int]] = []
    for start, low, mid, high in zip(starts, lows, mids, highs, strict=True):
        level = [start, min(rounded(low), mid), mid, max(rounded(high), mid)]
        if not found or level[1:] != found[-1][1:]:
            found.append(level)
    return found


def _quotable(bands: Sequence[Sequence[int]]) -> list[int]:
    least, most = min(band[0] for band in bands), max(band[-1] for band in bands)
    steps = int(math.log(most / least) / 0.02) + 2
    return sorted({rounded(round(least * math.exp(0.02 * i))) for i in range(steps)})


def _hits(band: Sequence[int], quote: int, near: float) -> float:
    """Return for how many prices p the quote counts: p/2 <= quote <= 2p, and |quote - p| <= near x p."""
    double = bisect_right(band, 2 * quote) - bisect_left(band, quote / 2)
    close = bisect_right(band, quote / (1 - near)) - bisect_left(band, quote / (1 + near))
    return SHARE_OF_DOUBLE * double + (1 - SHARE_OF_DOUBLE) * close


def _blurred(hits: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return each band's hits with those of its neighbours; the bands of the biggest stay separate."""
    last = len(hits) - 1 - len(TOP)
    found = []
    for i, own in enumerate(hits):
        if i > last:
            found.append(list(own))
            continue
        near = [(weight, hits[min(max(i + step, 0), last)]) for step, weight in zip(range(-2, 3), BLUR, strict=True)]
        found.append([sum(weight * row[j] for weight, row in near) for j in range(len(own))])
    return found


def best_rising(hits: Sequence[Sequence[float]]) -> list[int]:
    """Return the places, never falling from row to row, with the greatest sum."""
    best = list(hits[0])
    came: list[list[int]] = []
    for row in hits[1:]:
        tops: list[int] = []
        for place, value in enumerate(best):
            tops.append(place if not tops or value > best[tops[-1]] else tops[-1])
        came.append(tops)
        best = [value + best[top] for value, top in zip(row, tops, strict=True)]
    place = max(range(len(best)), key=best.__getitem__)
    places = [place]
    for tops in reversed(came):
        place = tops[place]
        places.append(place)
    return places[::-1]


def _pooled(bands: Sequence[Sequence[int]]) -> list[list[int]]:
    last = len(bands) - 1 - len(TOP)
    return [
        sorted(band) if i > last else sorted(p for near in bands[max(i - 2, 0) : min(i + 2, last) + 1] for p in near)
        for i, band in enumerate(bands)
    ]


def _quantile(ordered: Sequence[int], share: float) -> int:
    return ordered[int(len(ordered) * share)]


def _rising(values: Sequence[int]) -> list[int]:
    found: list[int] = []
    for value in values:
        found.append(max(value, found[-1]) if found else value)
    return found
