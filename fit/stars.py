"""Fit the parts of the score for followers, reach, category and standing to the market's stars."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import GRADES
from chalicelib.grading.model.rising import Counting
from fit.additive import Additive, Penalties, Row, fit, rise
from fit.input_tables import Listed
from fit.integer_tables import PPM, Points

COUNTING: dict[str, Any] = {
    "few": 10_000_000,
    "followers_per_read": 30,
    "reads_per_follower": 2,
    "few_reactions": 10_000,
    "reactions_bps": 2_500,
}
"""Followers count up to 10,000 and 30 for each read, reads up to 10,000 and two for each follower. The price list is predicted
equally well without the rest. 99 % of the posts of Xingtu's creators have reactions of less than a quarter of their reads."""
UNKNOWN_SHARE = 0.20
"""Unknown and unconfirmed reads count as those that this share of accounts of the size do not reach."""
UNKNOWN_GROUPS = 16
"""The number of groups of accounts of about the same size. A point is of three neighbouring groups, so that no step of the table is
steep enough to pay for bought followers."""
CURVES = ("followers", "reach", "balance")
MARKET = 95_000
"""The most that the market's factors add together, in thousandths of a point."""
STARS = Penalties(3.0, 5.0, 5.0, number_most=1.2, slope_most=1.2)
GRID = 0.25
LARGEST = 1e9
EXACT_WEIGHT = 0.6


def unknown_reads(listed: Sequence[Listed], share: float = UNKNOWN_SHARE) -> Points:
    """Return the points from followers to the reads that unknown ones count as, both in thousandths: those that `share` of the
    accounts of about that size do not reach."""
    points = [[0, 0]]
    ordered = sorted((a.evidence.followers, a.evidence.reads_avg_30d or 0) for a in listed)
    for group in range(UNKNOWN_GROUPS):
        start, end = max(group - 1, 0), min(group + 2, UNKNOWN_GROUPS)
        of = ordered[len(ordered) * start // UNKNOWN_GROUPS : len(ordered) * end // UNKNOWN_GROUPS]
        if of and of[len(of) // 2][0] * 1_000 > points[-1][0]:
            reads = sorted(read for _, read in of)[int(len(of) * share)]
            points.append([of[len(of) // 2][0] * 1_000, max(round(reads) * 1_000, points[-1][1])])
    return points


def row_of(counting: Counting, evidence: Evidence, category: str | None) -> Row:
    """Return the row of an account: logarithms of its counted figures, at least 1."""
    figures = counting.of(evidence)
    logs = [math.log(max(figure / 1_000, 1.0)) for figure in figures[:3]]
    return Row(
        (logs[0], logs[1], logs[2]),
        rise(figures.reads / 1_000),
        category or "",
        evidence.standing,
        bool(evidence.by_appointment),
    )


def fit_market(listed: Sequence[Listed], counting: Counting) -> dict[str, Any]:
    """Return the tables of the factors followers, reach, balance and demand, in thousandths of a point: an additive model of the
    stars, scaled so that all of them together add at most MARKET."""
    rows = [row_of(counting, a.evidence, a.category) for a in listed]
    model = fit(rows, [float(a.stars) for a in listed], STARS)
    largest = math.log(LARGEST)
    spans = [model.curve(place, largest) - model.curve(place, 0.0) for place in range(3)]
    most = max(number + slope for number, slope in model.categories.values()) if model.categories else 0.0
    most += max(*model.standing.values(), 0.0) + model.by_appointment
    scale = MARKET / (sum(spans) + most)
    return {
        "curves": {name: curve_points(model, place, scale) for place, name in enumerate(CURVES)},
        "demand": demand_of(model, scale),
        "demand_most": math.ceil(most * scale),
    }


def demand_of(model: Additive, scale: float) -> dict[str, Any]:
    """Return the additions for category, standing and appointment, in the form of a methodology file."""
    return {
        "rise": rise_points(),
        "categories": {
            name: [round(number * scale), round(slope * scale)] for name, (number, slope) in model.categories.items()
        },
        "standing": {name: round(value * scale) for name, value in model.standing.items()},
        "by_appointment": round(model.by_appointment * scale),
    }


def curve_points(model: Additive, place: int, scale: float) -> Points:
    """Return the curve as a table of thousandths that begins with 0, at the knots and at even steps of the logarithm."""
    knots = model.curves[place][0]
    steps = int(math.log(LARGEST) / GRID)
    start = model.curve(place, 0.0)
    points = [[0, 0]]
    for x in sorted({*(step * GRID for step in range(steps + 1)), *knots}):
        figure, value = round(math.exp(x) * 1_000), round((model.curve(place, x) - start) * scale)
        if figure > points[-1][0]:
            points.append([figure, max(value, points[-1][1])])
    return points


def rise_points() -> Points:
    """Return the table from reads in thousandths to the part of a category's slope that counts, in parts per million."""
    points = [[0, 0]]
    for step in range(1, 100):
        reads = math.exp(6 + step * 0.1)
        value = round(rise(reads) * PPM)
        if value > points[-1][1]:
            points.append([round(reads * 1_000), value])
    return points


def thresholds(scored: Sequence[tuple[int, int]], diamond_share: float) -> dict[str, int]:
    """Return the scores from which the grades begin: the market's shares of stars, then moved one after the other as long as the
    share of equal stars plus the quadratic kappa rises. `scored` are scores and the market's stars. The diamond's is exceeded by
    `diamond_share` of the accounts."""
    ordered = sorted(scored)
    scores = [score for score, _ in ordered]
    below = [[0] * (len(scores) + 1) for _ in range(7)]
    for index, (_, stars) in enumerate(ordered):
        for star in range(1, 7):
            below[star][index + 1] = below[star][index] + (stars == star)
    cuts, cut = [], 0
    for star in range(1, 6):
        cut += below[star][-1]
        cuts.append(cut)
    steps = max(len(scores) // 200, 1)
    best = _agreement(cuts, below)
    for step in (8 * steps, 2 * steps, max(steps // 2, 1)):
        moved = True
        while moved:
            moved = False
            for place in range(5):
                for change in (-step, step):
                    trial = [*cuts[:place], cuts[place] + change, *cuts[place + 1 :]]
                    if trial != sorted(set(trial)) or trial[0] <= 0 or trial[-1] >= len(scores):
                        continue
                    value = _agreement(trial, below)
                    if value > best + 1e-9:
                        best, cuts, moved = value, trial, True
    found = [scores[cut] for cut in cuts]
    found.append(max(scores[min(int(len(scores) * (1 - diamond_share)), len(scores) - 1)], found[-1] + 1))
    return dict(zip(GRADES[1:], _apart(found), strict=True))


def _apart(cuts: Sequence[int]) -> list[int]:
    found: list[int] = []
    for cut in cuts:
        found.append(max(cut, found[-1] + 1) if found else cut)
    return found


def _agreement(cuts: Sequence[int], below: Sequence[Sequence[int]]) -> float:
    edges = [0, *cuts, len(below[1]) - 1]
    table = [
        [below[star][high] - below[star][low] for star in range(1, 7)]
        for low, high in zip(edges, edges[1:], strict=False)
    ]
    exact = sum(table[i][i] for i in range(6)) / edges[-1]
    return EXACT_WEIGHT * exact + kappa_of(table)


def kappa_of(table: Sequence[Sequence[int]]) -> float:
    """Return Cohen's kappa with quadratic weights of a table of counts (ours x the market's)."""
    total = sum(map(sum, table))
    ours, theirs = [sum(line) for line in table], [sum(column) for column in zip(*table, strict=True)]
    off = sum((i - j) ** 2 * n for i, line in enumerate(table) for j, n in enumerate(line))
    expected = sum((i - j) ** 2 * a * b for i, a in enumerate(ours) for j, b in enumerate(theirs)) / total
    return 1 - off / expected if expected else 1.0


def kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Return the quadratic kappa of pairs of stars from 1 to 6."""
    table = [[0] * 6 for _ in range(6)]
    for ours, theirs in pairs:
        table[min(ours, 6) - 1][min(theirs, 6) - 1] += 1
    return kappa_of(table)


def stars_of(scores: Sequence[int], cuts: dict[str, int]) -> list[int]:
    """Return the rank of each score, 1 to 7."""
    edges = list(cuts.values())
    return [bisect_right(edges, score) + 1 for score in scores]
