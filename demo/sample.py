"""A generated sample of accounts that resembles a real market. No figure belongs to a real account.

Followers and reads are log-normal and correlated; prices follow reads and vary. A test compares the resulting grades and prices
with the shares and medians of a real market (docs/reference/grading.md).
"""

from __future__ import annotations

import csv
import math
import random
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

CATEGORIES = (
    "搞笑",
    "时尚",
    "情感",
    "美妆",
    "美食",
    "旅游",
    "互联网",
    "母婴",
    "动漫",
    "汽车",
    "教育",
    "数码",
    "摄影",
    "健身",
)
HANDLES = {
    "zh": (
        ("晨", "竹", "海", "云", "小", "老", "阿", "南", "北", "星", "月", "雨", "山", "橙"),
        (
            *("爱吃", "日记", "看电影", "在路上", "说车", "手作", "厨房", "笔记"),
            *("画画", "探店", "带娃", "健身房", "读书", "咖啡"),
        ),
    ),
    "en": (
        (
            "dawn",
            "bamboo",
            "sea",
            "cloud",
            "young",
            "old",
            "dear",
            "south",
            "north",
            "star",
            "moon",
            "rain",
            "hill",
            "orange",
        ),
        (
            *("foodie", "diary", "atthemovies", "ontheroad", "oncars", "crafts", "kitchen", "notes"),
            *("draws", "shops", "andkids", "gym", "reads", "coffee"),
        ),
    ),
}
"""The beginnings and endings of handles by language."""
COLUMNS = (
    "handle", "followers", "active_followers", "reads_avg_30d", "posts_30d", "reposts_avg_30d", "comments_avg_30d",
    "likes_avg_30d", "originals_share", "following", "registered_at", "verified", "category", "repost_price",
)  # fmt: skip


def accounts(
    count: int = 500, seed: int = 2017, language: str = "zh", rate: Fraction = Fraction(1)
) -> list[dict[str, Any]]:
    """Return `count` rows with COLUMNS: the repost price in units of a currency, of which a yuan is `rate`, empty for accounts
    without one. The same seed gives the same rows."""
    chance = random.Random(seed)
    return [_account(chance, number, language, rate) for number in range(count)]


def _account(chance: random.Random, number: int, language: str, rate: Fraction) -> dict[str, Any]:
    first, last = HANDLES[language]
    size = chance.gauss(0, 1.2)
    followers = round(math.exp(12.6 + 1.45 * size))
    reads = round(math.exp(10.2 + 1.15 * size + 1.1 * chance.gauss(0, 1)))
    interactions = followers / 1_000 * math.exp(1.1 + 0.6 * size + chance.gauss(0, 1))
    price = math.exp(5.9 + 0.45 * (math.log(reads + 1) - 10.2) + 0.4 * size + 0.7 * chance.gauss(0, 1))
    return {
        "handle": f"{chance.choice(first)}{chance.choice(last)}{number:03d}",
        "followers": followers,
        "active_followers": round(followers * chance.uniform(0.5, 0.95)),
        "reads_avg_30d": reads,
        "posts_30d": round(math.exp(2.1 + 0.5 * size + 0.8 * chance.gauss(0, 1))),
        "reposts_avg_30d": round(interactions * 0.2, 1),
        "comments_avg_30d": round(interactions * 0.25, 1),
        "likes_avg_30d": round(interactions * 0.55, 1),
        "originals_share": round(chance.betavariate(1.6 + max(size, -1) * 0.5, 1.6), 2),
        "following": chance.randint(30, 2_000),
        "registered_at": (date(2009, 9, 1) + timedelta(days=chance.randint(0, 3_650))).isoformat(),
        "verified": chance.random() < 0.35,
        "category": chance.choice(CATEGORIES),
        "repost_price": int(int(max(price, 70) // 10 * 10) * rate) if chance.random() < 0.9 else "",
    }


def write(path: Path, count: int = 500, language: str = "zh", rate: Fraction = Fraction(1)) -> None:
    """Write the sample as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, COLUMNS)
        writer.writeheader()
        writer.writerows(accounts(count, language=language, rate=rate))
