"""Compute evidence from an account's latest posts: how many, how regular, how original, and signs of spam. Pure."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FEWEST = 5
"""With fewer posts, only averages of counts are computed."""

DAY = 86_400


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


def evidence_of(posts: Sequence[Post]) -> dict[str, Any]:
    """Return the figures of Evidence that these posts show; unknown figures are left out.

    posts_30d            posts per 30 days between the first and the last
    active_days_30d      days with a post, per 30 days between the first and the last
    …_avg_30d            means per post
    duplicates_share     posts whose text another of these posts had before
    burst_share          posts on the day with the most posts
    reactions_variation  standard deviation of the reactions over their mean; of original posts, if their kind is known"""
    found: dict[str, Any] = {}
    for figure, name in (("reads", "reads_avg_30d"), ("reposts", "reposts_avg_30d")):
        _mean(found, name, [getattr(post, figure) for post in posts])
    _mean(found, "comments_avg_30d", [post.comments for post in posts])
    _mean(found, "likes_avg_30d", [post.likes for post in posts])
    if len(posts) < FEWEST:
        return found
    for flag, name in (("has_link", "links_share"), ("by_tool", "automated_share"), ("is_repost", "originals_share")):
        known = [getattr(post, flag) for post in posts if getattr(post, flag) is not None]
        if known:
            share = sum(bool(flag) for flag in known) / len(known)
            found[name] = round(1 - share if name == "originals_share" else share, 4)
    texts = [post.text for post in posts if post.text]
    if texts:
        found["duplicates_share"] = round(1 - len(set(texts)) / len(texts), 4)
    times = [post.at for post in posts if post.at is not None]
    if len(times) >= FEWEST:
        days = Counter(moment.date() for moment in times)
        span = max((max(times) - min(times)).total_seconds() / DAY, 1.0)
        found["posts_30d"] = round(len(times) / span * 30)
        found["active_days_30d"] = round(min(len(days) / span * 30, 30.0), 2)
        found["burst_share"] = round(max(days.values()) / len(times), 4)
    originals = [post for post in posts if not post.is_repost] or posts
    reactions: list[int] = [sum(_reactions(post)) for post in originals if _reactions(post)]
    if len(reactions) >= FEWEST and any(reactions):
        found["reactions_variation"] = round(statistics.pstdev(reactions) / statistics.fmean(reactions), 4)
    return found


def _reactions(post: Post) -> list[int]:
    return [count for count in (post.reposts, post.comments, post.likes) if count is not None]


def _mean(found: dict[str, Any], name: str, values: Sequence[int | None]) -> None:
    known = [value for value in values if value is not None]
    if known:
        mean = statistics.fmean(known)
        found[name] = int(mean) if mean.is_integer() else round(mean, 2)
