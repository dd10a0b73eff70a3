"""The list of categories (`GET /v1/categories`). An account has one of them; auditors may change it.

The Chinese names are those of the original market, which the methodology of grades uses; they are the values in the region cn.
Other regions have the English names as values, so that a grade does not compare their accounts with those of that market. The
other name is read as the value. The category of an account that was bound before the list existed stays until it is changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.core.regions.region import region

OTHER = "other"

CATEGORIES = MappingProxyType(
    {
        "互联网": "internet",
        "人文艺术": "arts",
        "休闲娱乐": "entertainment",
        "体育": "sports",
        "作家": "authors",
        "健康": "health",
        "健身": "fitness",
        "公益": "charity",
        "养生": "wellness",
        "军事": "military",
        "出行": "transport",
        "动漫": "anime",
        "历史": "history",
        "商界名人": "business",
        "娱乐明星": "celebrities",
        "婚庆": "weddings",
        "媒体传播": "media",
        "宗教": "religion",
        "家居": "home",
        "影视剧": "series",
        "情感": "relationships",
        "房产": "property",
        "搞笑": "humour",
        "摄影": "photography",
        "收藏": "collecting",
        "政务": "government",
        "教育": "education",
        "数码": "digital",
        "旅游": "travel",
        "时事": "news",
        "时尚": "fashion",
        "星座命理": "astrology",
        "母婴": "parenting",
        "汽车": "cars",
        "法律法规": "law",
        "游戏": "games",
        "理财": "finance",
        "生活": "lifestyle",
        "电台": "radio",
        "电影": "film",
        "科学": "science",
        "科技": "technology",
        "综艺": "variety",
        "美女": "models",
        "美妆": "beauty",
        "美食": "food",
        "职场": "careers",
        "萌宠": "pets",
        "设计": "design",
        "音乐": "music",
        OTHER: OTHER,
    }
)
"""The English name of each category, by its Chinese name."""

_ALIASES = {
    **{english: value for value, english in CATEGORIES.items()},
    "旅行": "旅游",
    "宠物": "萌宠",
    "电视剧": "影视剧",
    "娱乐": "休闲娱乐",
    "明星": "娱乐明星",
    "财经": "理财",
    "其他": OTHER,
    "tech": "科技",
    "gaming": "游戏",
    "sport": "体育",
    "comedy": "搞笑",
    "movies": "电影",
    "automotive": "汽车",
    "life": "生活",
}


class Names(NamedTuple):
    """The names of a category."""

    english: str
    chinese: str


def listed() -> dict[str, Names]:
    """Return the categories of the deployment's region, by their values."""
    values = ((_value(chinese), Names(english, chinese)) for chinese, english in CATEGORIES.items())
    return {value: names for value, names in values if value is not None}


def category_of(text: str) -> str | None:
    """Return the category of a value, its other name or a common other name; None if it is not on the region's list."""
    name = text.strip()
    return _value(name if name in CATEGORIES else _ALIASES.get(name.casefold()))


def searched(text: str) -> str:
    """Return the category of a filter: the value for an English name; any other text unchanged, for accounts bound before there
    was a list."""
    name = text.strip()
    return category_of(name) or name if name.isascii() else name


def _value(chinese: str | None) -> str | None:
    """Return the value of a category in the region; None for one that the region leaves out."""
    own = region()
    if chinese is None or chinese in own.categories_without:
        return None
    return chinese if own.category_language == "zh" else CATEGORIES[chinese]


FEWEST_POSTS = 3
"""Fewer posts about a category propose nothing."""


def proposed_category(texts: Sequence[str]) -> str | None:
    """Return the category that most of the texts are about, by the words of `category_words.json`; None if fewer than FEWEST_POSTS
    or a fifth of them are, or if another category has at least two thirds as many."""
    about: Counter[str] = Counter()
    for text in texts:
        folded = text.casefold()
        about.update(category for category, words in _words().items() if any(word in folded for word in words))
    ranked = about.most_common(2)
    if not ranked or ranked[0][1] < max(FEWEST_POSTS, len(texts) / 5):
        return None
    (best, most), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0
    return _value(best) if second * 3 < most * 2 else None


@cache
def _words() -> Mapping[str, Sequence[str]]:
    words: dict[str, list[str]] = json.loads(Path(__file__).with_name("category_words.json").read_text("utf-8"))
    return words
