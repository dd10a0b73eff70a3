"""Compute evidence from an account's latest posts: how many, how regular, how original, and signs of spam. Pure."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypedDict, cast

FEWEST = 5
"""With fewer posts, only averages of counts are computed."""
PERIOD = timedelta(days=90)
MONTH = 30
LEFT_OUT, AVERAGED = 2, 8
"""An average leaves out the greatest figures and is the mean of the next ones."""
READS_UNSUPPORTED, READS_PER_REACTION = 2_000, 500
"""99 % of 8,725 posts of Xingtu's creators (2025) have fewer reads."""
FORECAST_POSTS = 20

TOOLS = ("定时", "皮皮时光机", "分享", "新浪博客", "未通过审核", "微博桌面", "微博活动", "红包", "Weico")
"""Parts of the names of programs that post for people: schedulers, share buttons, campaigns, third-party programs."""


def is_tool(program: str) -> bool:
    """Return whether the program of this name is not the network's own page or app."""
    return any(name in program for name in TOOLS)


@dataclass(frozen=True)
class Post:
    """One post. `text` is the text or any key that is equal for equal texts. None is unknown."""

    at: datetime | None
    text: str | None = None
    reposts: int | None = None
    comments: int | None = None
    likes: int | None = None
    reads: int | None = None
    is_repost: bool | None = None
    has_link: bool | None = None
    by_tool: bool | None = None  # sent by a scheduler, a share button or another program, not by hand


class PostFigures(TypedDict, total=False):
    """The members of Evidence that posts show; unknown ones are missing."""

    posts_seen: int
    posts_30d: int
    active_days_30d: float
    reads_avg_30d: float
    reposts_avg_30d: float
    comments_avg_30d: float
    likes_avg_30d: float
    duplicates_share: float
    links_share: float
    automated_share: float
    originals_share: float
    plain_reposts_share: float
    burst_share: float
    reads_median: float
    reads_spread: float
    reactions_median: float
    reactions_spread: float


def evidence_of(posts: Sequence[Post], at: datetime | None = None) -> PostFigures:
    """Return the figures of Evidence that these posts show; unknown figures are left out. Posts older than PERIOD before `at` are
    ignored.

    posts_seen           the number of posts
    posts_30d            the most posts within 30 days
    active_days_30d      the most days with a post within 30 days
    …_avg_30d            the mean of the third to the tenth greatest figure; a post that is missing counts as 0
    duplicates_share     1 - different texts / posts
    links_share          1 - posts without link / posts; so `automated_share`, posts by hand; a post of unknown kind is not one
    originals_share      originals / posts
    plain_reposts_share  reposts of others, without link and by hand / posts
    burst_share          1 - posts outside the day with the most posts / posts
    …_median, …_spread   median and standard deviation of ln(1 + figure) of the latest FORECAST_POSTS posts

    Except for the last two, which no grade uses, leaving out posts never improves a figure for a grade: averages and numbers of
    posts fall or stay, and so do `posts_seen` x (1 - share) of each share and `posts_seen` x share of originals and plain
    reposts. A post's reads count up to READS_UNSUPPORTED and READS_PER_REACTION for each reaction."""
    if at is not None:
        posts = [post for post in posts if post.at is not None and at - PERIOD <= post.at <= at]
    found: dict[str, float] = {}
    columns = {name: [getattr(post, name) for post in posts] for name in ("reposts", "comments", "likes")}
    columns["reads"] = [_supported(post) for post in posts]
    for name, values in columns.items():
        known = [value for value in values if value is not None]
        if known:
            found[f"{name}_avg_30d"] = robust_mean(known)
    _spread(found, posts)
    if len(posts) < FEWEST:
        return cast("PostFigures", found)
    count = found["posts_seen"] = len(posts)
    for flag, name in (("has_link", "links_share"), ("by_tool", "automated_share"), ("is_repost", "originals_share")):
        flags = [getattr(post, flag) for post in posts]
        if any(one is not None for one in flags):
            good = sum(one is False for one in flags) / count
            found[name] = round(good if name == "originals_share" else 1 - good, 4)
    if any(post.is_repost is not None for post in posts):
        plain = sum((post.is_repost, post.has_link, post.by_tool) == (True, False, False) for post in posts)
        found["plain_reposts_share"] = round(plain / count, 4)
    texts = {post.text for post in posts if post.text}
    if texts:
        found["duplicates_share"] = round(1 - len(texts) / count, 4)
    days = Counter(post.at.date() for post in posts if post.at is not None)
    if days:
        found["posts_30d"], found["active_days_30d"] = _busiest(days)
        found["burst_share"] = round(1 - (days.total() - max(days.values())) / count, 4)
    return cast("PostFigures", found)


def robust_mean(values: Sequence[int]) -> float | int:
    """Return the mean of the third to the tenth greatest value, with two decimals; a value that is missing counts as 0. One or two
    bought or lucky posts do not move it, and leaving out a post never raises it."""
    best = sorted(values, reverse=True)[LEFT_OUT : LEFT_OUT + AVERAGED]
    mean = sum(best) / AVERAGED
    return int(mean) if mean.is_integer() else round(mean, 2)


def _supported(post: Post) -> int | None:
    return None if post.reads is None else supported_reads(post.reads, sum(_reactions(post)))


def supported_reads(reads: int, reactions: int) -> int:
    """Return the reads of a post that its reactions support."""
    return min(reads, READS_UNSUPPORTED + READS_PER_REACTION * reactions)


def _busiest(days: Counter[date]) -> tuple[int, int]:
    """Return the most posts and the most days with a post within any 30 days. They may be of different days."""
    ordered = sorted(days)
    posts = dates = first = within = 0
    for last, day in enumerate(ordered):
        within += days[day]
        while (day - ordered[first]).days >= MONTH:
            within -= days[ordered[first]]
            first += 1
        posts, dates = max(posts, within), max(dates, last - first + 1)
    return posts, dates


def _spread(found: dict[str, float], posts: Sequence[Post]) -> None:
    dated = sorted((post for post in posts if post.at is not None), key=lambda post: post.at or datetime.min)
    latest = (dated or list(posts))[-FORECAST_POSTS:]
    reacted = [sum(_reactions(post)) for post in latest if _reactions(post)]
    read = [reads for post in latest if (reads := _supported(post)) is not None]
    for name, values in (("reads", read), ("reactions", reacted)):
        if values:
            logs = [math.log1p(value) for value in values]
            found[f"{name}_median"] = round(statistics.median(logs), 4)
            found[f"{name}_spread"] = round(statistics.pstdev(logs), 4)


def _reactions(post: Post) -> list[int]:
    return [count for count in (post.reposts, post.comments, post.likes) if count is not None]
