"""The groups of accounts that a grade's percentiles compare with, in words. Pure.

A published methodology has the percentiles of a group but not its size. The sizes are counted here from the tables that the
methodology was fitted to; a version without an entry has groups without a name."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.grading.model.grade import Factor, Grade, percentile_among


class Group(NamedTuple):
    """A group of accounts: `{accounts} {name}`."""

    accounts: int
    name: str

    def __str__(self) -> str:
        return f"{self.accounts:,} {self.name}"


LISTED = Group(9_505, "accounts on Weibo's Micro-task in 2017")
CREATORS = "creators on Xingtu in 2025"
HONEST = "honest Weibo accounts of 2017"
POSTING = Group(469, HONEST)
RISING = {
    "followers": LISTED,
    "reach": LISTED,
    "engagement": Group(947, CREATORS),
    "activity": POSTING,
    "regularity": POSTING,
}
GROUPS: dict[str, dict[str, Group]] = {
    "2026-11-23": {
        "followers": LISTED,
        "reach": LISTED,
        "activity": POSTING,
        "regularity": POSTING,
        "originality": Group(470, HONEST),
    },
    "2026-11-27": RISING,
    "2026-11-28": RISING,
    "2026-11-29": RISING,
}
"""The groups by version and factor."""
ENGAGEMENT_BY_SIZE = {
    "2026-11-23": (
        Group(277, HONEST),
        Group(161, HONEST),
        Group(33, HONEST),
        Group(605, CREATORS),
        Group(292, CREATORS),
        Group(50, CREATORS),
    )
}
"""The groups of the size classes of engagement."""
LISTED_BY_CATEGORY = {
    "互联网": 383,
    "体育": 115,
    "作家": 157,
    "健康": 54,
    "健身": 129,
    "动漫": 225,
    "娱乐明星": 317,
    "媒体传播": 69,
    "影视剧": 98,
    "情感": 697,
    "房产": 108,
    "搞笑": 1_103,
    "摄影": 133,
    "教育": 223,
    "数码": 208,
    "旅游": 424,
    "时事": 125,
    "时尚": 716,
    "星座命理": 118,
    "母婴": 289,
    "汽车": 225,
    "游戏": 141,
    "理财": 161,
    "电影": 292,
    "科学": 57,
    "综艺": 146,
    "美女": 378,
    "美妆": 619,
    "美食": 583,
    "萌宠": 78,
    "设计": 123,
    "音乐": 122,
}
"""The accounts of the price list by category, of categories with at least 50."""
UNNAMED = "the accounts that the methodology was fitted to"


def compared_with(graded: Grade, factor: Factor) -> str | None:
    """Return the group of the factor's percentile: `9,505 accounts on …`; None if the factor has no percentile, and for quality,
    whose percentile is not shown to people."""
    rule = factor.rule
    if factor.percentile is None or rule.name == "quality":
        return None
    version = graded.methodology.version
    if not rule.sizes:
        group = GROUPS.get(version, {}).get(rule.name)
        return UNNAMED if group is None else str(group)
    place, starts = factor.earned.size, [start // 1_000 for start in rule.size_starts]
    sizes = size_words(starts[place], starts[place + 1] if place + 1 < len(starts) else None)
    groups = ENGAGEMENT_BY_SIZE.get(version)
    return f"{UNNAMED if groups is None else groups[place]} with {sizes}"


def scored_with(graded: Grade) -> str:
    """Return the group of the percentile of the score."""
    among = percentile_among(graded)
    if among is None:
        return str(LISTED)
    number = LISTED_BY_CATEGORY.get(among)
    return f"{among} {LISTED.name}" if number is None else f"{number:,} {among} {LISTED.name}"


def size_words(least: int, most: int | None) -> str:
    """Return a range of followers in words: `300 k-1 M followers`."""
    if most is None:
        return f"{_short(least)} followers or more"
    return f"fewer than {_short(most)} followers" if least == 0 else f"{_short(least)}-{_short(most)} followers"


def _short(number: int) -> str:
    for size, letter in ((1_000_000, " M"), (1_000, " k")):
        if number >= size:
            return f"{number / size:g}{letter}"
    return str(number)
