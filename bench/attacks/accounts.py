"""The accounts that are attacked: their profile and their latest posts, from real rows or generated.

The price list has followers, reach, category, standing and price of an account, but no posts. It gets posts with the scatter of
the latest posts of a real account of Xingtu: reads around its own mean, reactions for each read as there. Rows of Xingtu have
their own posts. Both take followings and the number of all posts from a registered Weibo account with about as many followers.
"""

from __future__ import annotations

import csv
import math
import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib.grading.model.post_evidence import Post

AT = datetime(2026, 11, 22, tzinfo=UTC)
"""The moment of the measurement that is attacked; the one before was 30 days earlier."""
USUAL_GROWTH = 1.01
"""The growth in 30 days of accounts whose followers 30 days earlier are unknown."""
LATEST = 10
"""Xingtu's rows have the latest ten posts of an account."""
CATEGORIES = {
    "时尚": "时尚",
    "生活": "生活",
    "汽车": "汽车",
    "美妆": "美妆",
    "母婴亲子": "母婴",
    "剧情搞笑": "搞笑",
    "影视娱乐": "休闲娱乐",
    "美食": "美食",
    "运动健身": "健身",
    "情感": "情感",
    "生活家居": "家居",
    "二次元": "动漫",
    "音乐": "音乐",
    "教育培训": "教育",
    "游戏": "游戏",
    "旅行": "旅游",
    "科技数码": "数码",
    "萌宠": "萌宠",
}
"""Categories of Xingtu and their values on this market; other accounts have none."""


@dataclass(frozen=True)
class Subject:
    """An honest account. `profile` has the figures that do not follow from its posts, `followers_before` its followers at the
    measurement before."""

    name: str
    category: str | None
    profile: dict[str, Any]
    posts: tuple[Post, ...]
    followers_before: int


def read(folder: Path, count: int, seed: int) -> list[Subject]:
    """Return `count` accounts of the folder's rows, half of the price list and half of Xingtu. Raise FileNotFoundError."""
    draw = random.Random(seed)
    shown = _posts(folder / "xingtu_posts.csv")
    registered = sorted(
        (int(row["followers"]), int(row["following"]), int(row["posts"]))
        for row in _rows(folder / "weibo_registered_accounts.csv")
        if int(row["posts"]) >= LATEST
    )
    creators = [row for row in _rows(folder / "xingtu_accounts.csv") if len(shown[row["account"]]) == LATEST]
    listed = list(_rows(folder / "weirenwu_2017.csv"))
    donors = [shown[row["account"]] for row in creators]
    chosen = [_creator(row, shown[row["account"]], registered, draw) for row in draw.sample(creators, count // 2)]
    rest = draw.sample(listed, count - len(chosen))
    return [*chosen, *(_listed(row, draw.choice(donors), registered, draw) for row in rest)]


def generated(count: int, seed: int) -> list[Subject]:
    """Return `count` accounts with log-normal followers and reads, the same for the same seed."""
    draw = random.Random(seed)
    made = []
    for number in range(count):
        followers = int(10 ** draw.uniform(3.5, 7))
        mean = followers * math.exp(draw.gauss(-2.2, 1))
        posts = tuple(
            _post(place, mean * math.exp(draw.gauss(0, 0.7)), (0.02, 0.002, 0.002), f"text {place}")
            for place in range(LATEST)
        )
        profile = {
            "followers": followers,
            "following": draw.randint(50, 1_500),
            "posts_total": draw.randint(100, 9_000),
        }
        category = draw.choice(("美食", "情感", "搞笑", "汽车", None))
        made.append(Subject(f"generated {number}", category, profile, posts, round(followers / USUAL_GROWTH)))
    return made


def _creator(
    row: dict[str, str], posts: Sequence[dict[str, str]], registered: list[tuple[int, int, int]], draw: random.Random
) -> Subject:
    followers = int(float(row["followers"] or 0))
    newest = max(datetime.fromisoformat(post["time"]) for post in posts)
    made = tuple(
        Post(
            AT - (newest - datetime.fromisoformat(post["time"])),
            post["text_key"],
            reposts=_count(post["shares"]),
            comments=_count(post["comments"]),
            likes=_count(post["likes"]),
            reads=_count(post["views"]),
        )
        for post in posts
    )
    before = followers_before(followers, int(float(row["fans_delta_30d"] or 0)))
    return Subject(row["account"], CATEGORIES.get(row["category"]), _profile(followers, registered, draw), made, before)


def followers_before(followers: int, gained: int) -> int:
    """Return the followers 30 days earlier. Xingtu reports for some accounts a gain of all their followers or more; such a gain is
    not believed, and USUAL_GROWTH is used."""
    return followers - gained if gained < followers else round(followers / USUAL_GROWTH)


def _listed(
    row: dict[str, str], donor: Sequence[dict[str, str]], registered: list[tuple[int, int, int]], draw: random.Random
) -> Subject:
    followers, reach = int(row["followers"]), int(row["play_count"])
    mean = sum(_count(post["views"]) for post in donor) / len(donor) or 1.0
    made = tuple(
        _post(
            place,
            reach * _count(post["views"]) / mean,
            tuple(_count(post[name]) / max(_count(post["views"]), 1) for name in ("likes", "comments", "shares")),
            post["text_key"],
        )
        for place, post in enumerate(donor)
    )
    standing = {
        "popular": row["hot"] == "1",
        "accepted_all_last_week": row["accepted_all_last_week"] == "1",
        "by_appointment": row["by_appointment"] == "1",
    }
    category = None if row["category"] in ("", "None") else row["category"]
    profile = {**_profile(followers, registered, draw), **standing}
    return Subject(row["account"], category, profile, made, round(followers / USUAL_GROWTH))


def _post(place: int, reads: float, rates: Sequence[float], text: str) -> Post:
    """Return the post of that place, the newest first, three days apart, with reads and its rates of likes, comments, reposts."""
    likes, comments, reposts = (round(reads * min(rate, 0.5)) for rate in rates)
    return Post(AT - timedelta(days=3 * place), text, reposts, comments, likes, round(reads))


def _profile(followers: int, registered: list[tuple[int, int, int]], draw: random.Random) -> dict[str, Any]:
    place = bisect_left(registered, (followers, 0, 0))
    _, following, posts = registered[min(max(place + draw.randint(-10, 10), 0), len(registered) - 1)]
    return {"followers": followers, "following": following, "posts_total": posts}


def _posts(path: Path) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(path):
        if row["time"] and row["views"]:
            found[row["account"]].append(row)
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _count(cell: str) -> int:
    return int(float(cell or 0))
