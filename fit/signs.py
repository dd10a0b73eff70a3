"""Fit the quality factor: signs by which spammers differ from honest accounts, each with a curve in log odds."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from statistics import fmean, median
from typing import Any

from chalicelib.grading.model.factors import sign_value
from chalicelib.grading.model.methodology import Sign, Table
from fit.additive import rising
from fit.data import Labelled
from fit.tables import PPM, odds_table

FITTED = {
    "duplicates": ("重复文本", "falls"),
    "originals": ("原创占比", "any"),
    "links": ("带链接", "falls"),
    "burst": ("集中发布", "falls"),
    "automated": ("工具发布", "falls"),
    "following_per_follower": ("关注粉丝比", "falls"),
    "posts_total": ("微博总数", "rises"),
    "earlier_following_per_follower": ("早前关注粉丝比", "falls"),
    "earlier_following": ("早前关注数", "falls"),
    "earlier_posts_total": ("早前微博总数", "rises"),
    "comments": ("评论", "rises"),
}
"""Label and direction of the signs that are fitted to the labelled accounts."""

DECIDED: dict[str, tuple[str, list[list[int]]]] = {
    "reactions_per_1000": ("互动过高", [[200_000, 0], [600_000, -1_500_000], [2_000_000, -3_000_000]]),
    "smoothness": ("互动过于均匀", [[50, -2_500_000], [150, -1_500_000], [300, 0]]),
    "copied_comments": ("评论雷同", [[100_000, 0], [500_000, -2_000_000], [1_000_000, -3_000_000]]),
    "top_reactors": ("互动圈", [[300_000, 0], [800_000, -2_000_000], [1_000_000, -2_500_000]]),
}
"""Signs of bought reactions. The labelled accounts have no example, so their values are decided; they only lower a score."""
DECIDED_STRENGTH = 300_000

BANDS = 10
ROUNDS = 30
STEP = 0.3
RIDGE = 2.0


def fit_quality(labelled: Sequence[Labelled]) -> dict[str, Any]:
    """Return `signs` and `odds` of the quality factor: an additive logistic model by cyclic Newton steps, each curve made to rise
    or fall as its sign does. An unknown sign adds nothing."""
    honest = [0.0 if account.is_spammer else 1.0 for account in labelled]
    terms = {
        name: _Curve([sign_value(_sign(name), a.evidence) for a in labelled], direction)
        for name, (_, direction) in FITTED.items()
    }
    base = math.log(fmean(honest) / (1 - fmean(honest)))
    sums = [base] * len(labelled)
    for _ in range(ROUNDS):
        for term in terms.values():
            chances = [1 / (1 + math.exp(-value)) for value in sums]
            before = term.effects()
            term.step(honest, chances)
            sums = [s - b + a for s, b, a in zip(sums, before, term.effects(), strict=True)]
    signs = []
    for name, (label, direction) in FITTED.items():
        points = terms[name].points()
        levels = [y for _, y in points]
        signs.append(
            {
                "name": name,
                "label": label,
                "strength": max(max(levels) - min(levels), 1),
                "direction": direction,
                "points": points,
            }
        )
    for name, (label, points) in DECIDED.items():
        direction = "rises" if points[0][1] < points[-1][1] else "falls"
        signs.append(
            {"name": name, "label": label, "strength": DECIDED_STRENGTH, "direction": direction, "points": points}
        )
    return {"signs": signs, "odds": odds_table()}


def _sign(name: str) -> Sign:
    return Sign(name, "", 0, Table(((0, 0),)))


class _Curve:
    """The curve of one sign: a level per band of equal counts, linear between the middles of the bands."""

    def __init__(self, values: Sequence[int | None], direction: str) -> None:
        self.direction = direction
        known = sorted(value for value in values if value is not None)
        cuts = sorted({known[len(known) * i // BANDS] for i in range(1, BANDS)})
        groups: list[list[int]] = [[] for _ in range(len(cuts) + 1)]
        for value in known:
            groups[bisect_right(cuts, value)].append(value)
        full = [group for group in groups if group]
        self.edges = [min(group) for group in full[1:]]
        self.centres = [round(median(group)) for group in full]
        self.sizes = [len(group) for group in full]
        self.bands = [None if value is None else bisect_right(self.edges, value) for value in values]
        self.levels = [0.0] * len(full)

    def effects(self) -> list[float]:
        return [0.0 if band is None else self.levels[band] for band in self.bands]

    def step(self, honest: Sequence[float], chances: Sequence[float]) -> None:
        slopes = [-RIDGE * level for level in self.levels]
        bends = [RIDGE] * len(self.levels)
        for band, is_honest, chance in zip(self.bands, honest, chances, strict=True):
            if band is not None:
                slopes[band] += is_honest - chance
                bends[band] += chance * (1 - chance)
        levels = [level + STEP * s / b for level, s, b in zip(self.levels, slopes, bends, strict=True)]
        if self.direction == "rises":
            levels = rising(levels, self.sizes)
        elif self.direction == "falls":
            levels = [-level for level in rising([-level for level in levels], self.sizes)]
        middle = sum(x * n for x, n in zip(levels, self.sizes, strict=True)) / sum(self.sizes)
        self.levels = [level - middle for level in levels]

    def points(self) -> list[list[int]]:
        return [[x, round(y * PPM)] for x, y in zip(self.centres, self.levels, strict=True)]
