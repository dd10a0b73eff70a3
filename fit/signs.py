"""Fit the quality factor: signs by which spammers differ from honest accounts, each with a curve in log odds, once for each level
of evidence. Each level is fitted without the figures of the levels above it, so that it does not depend on them."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from statistics import fmean, median
from typing import Any

from chalicelib.grading.model.rising import SIGNS
from fit.additive import rising
from fit.input_tables import Labelled
from fit.integer_tables import PPM, Points

FITTED = {
    "distinct_posts": ("不重复", "rises"),
    "original_posts": ("原创", "rises"),
    "forwarded_posts": ("转发", "rises"),
    "plain_reposts": ("手动转发", "rises"),
    "unlinked_posts": ("无链接", "rises"),
    "manual_posts": ("手动发布", "rises"),
    "spread_posts": ("分散发布", "rises"),
    "comments": ("评论", "rises"),
    "likes": ("点赞", "rises"),
    "following_per_follower": ("关注粉丝比", "falls"),
    "following": ("关注数", "falls"),
    "posts_total": ("微博总数", "rises"),
    "earlier_following_per_follower": ("早前关注粉丝比", "falls"),
    "earlier_following": ("早前关注数", "falls"),
    "earlier_posts_total": ("早前微博总数", "rises"),
}
"""Label and direction of each sign. Numbers of posts are used instead of shares: leaving out a post never raises them."""

_PROFILE = ("comments", "likes", "following_per_follower", "following", "posts_total")
_POSTS = (
    "distinct_posts",
    "original_posts",
    "forwarded_posts",
    "plain_reposts",
    "unlinked_posts",
    "manual_posts",
    "spread_posts",
)
_EARLIER = ("earlier_following_per_follower", "earlier_following", "earlier_posts_total")
LEVELS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[int, int]], ...] = (
    (
        "earlier profile",
        ("following", "duplicates_share", "earlier_followers", "earlier_following", "earlier_posts_total"),
        (*_POSTS, *_PROFILE, *_EARLIER),
        (900, 1_500),
    ),
    ("posts", ("following", "duplicates_share"), (*_POSTS, *_PROFILE), (450, 900)),
    ("profile", ("following",), _PROFILE, (150, 450)),
)
"""Name, needed figures, signs, and the least and the most that the level adds, in thousandths of a point. The least that a level
adds is the most that the one below adds, so a figure that is left out never raises the score."""
MOST = 1_500

BANDS = 16
ROUNDS = 40
STEP = 0.3
RIDGE = 2.0


def fit_quality(labelled: Sequence[Labelled]) -> list[dict[str, Any]]:
    """Return the levels of the quality factor, each an additive logistic model by cyclic Newton steps of the accounts whose needed
    figures are known. An unknown sign counts as the worst."""
    return [_level(labelled, *level) for level in LEVELS]


def _level(
    labelled: Sequence[Labelled], name: str, needs: tuple[str, ...], names: tuple[str, ...], ends: tuple[int, int]
) -> dict[str, Any]:
    of = [a for a in labelled if all(getattr(a.evidence, need) is not None for need in needs)]
    honest = [0.0 if account.is_spammer else 1.0 for account in of]
    terms = {sign: _Curve([SIGNS[sign](a.evidence) for a in of], FITTED[sign][1]) for sign in names}
    base = math.log(fmean(honest) / (1 - fmean(honest)))
    sums = [base] * len(of)
    for _ in range(ROUNDS):
        for term in terms.values():
            chances = [1 / (1 + math.exp(-value)) for value in sums]
            before = term.effects()
            term.step(honest, chances)
            sums = [s - b + a for s, b, a in zip(sums, before, term.effects(), strict=True)]
    return {
        "name": name,
        "needs": list(needs),
        "signs": [
            {"name": sign, "label": FITTED[sign][0], "direction": FITTED[sign][1], "points": terms[sign].points()}
            for sign in names
        ],
        "points": _odds(*ends),
    }


def _odds(least: int, most: int) -> Points:
    """Return the table from log odds in parts per million to what quality adds."""
    found: Points = []
    for step in range(-24, 25):
        value = round(least + (most - least) / (1 + math.exp(-step / 4)))
        if not found or value > found[-1][1]:
            found.append([step * PPM // 4, value])
    return found


class _Curve:
    """The curve of one sign: a level per band of equal counts, linear between the middles of the bands."""

    def __init__(self, values: Sequence[int | None], direction: str) -> None:
        self.direction = direction
        known = sorted(value for value in values if value is not None) or [0]
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
