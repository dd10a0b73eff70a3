"""Compute the metrics of an account from what its network shows: the profile, and the posts of the last 30 days. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import clock
from chalicelib.social.port import LATEST, Figures, Post, Profile

PERIOD = timedelta(days=30)
_AVERAGES: dict[str, Callable[[Figures], int | None]] = {
    "reads_avg_30d": lambda figures: figures.reads,
    "reposts_avg_30d": lambda figures: figures.reposts,
    "comments_avg_30d": lambda figures: figures.comments,
    "likes_avg_30d": lambda figures: figures.likes,
}


def snapshot_figures(profile: Profile, posts: Sequence[Post] | None, at: datetime) -> dict[str, Any]:
    """Return the known figures of a snapshot, as `metric_snapshots.record` takes them. `posts` is None if they could not be read.

    An average covers the posts that show the figure, with two decimals; without such a post it is missing. `posts_30d` is
    missing if the network returned LATEST posts and all are of the period, because there may be more."""
    registered_at = clock.rfc3339(profile.registered_at) if profile.registered_at else None
    known: dict[str, Any] = {
        "as_of": clock.rfc3339(at),
        "followers": profile.followers,
        "following": profile.following,
        "registered_at": registered_at,
        "verified": profile.verified,
    }
    recent = [post for post in posts or () if at - PERIOD <= post.posted_at <= at]
    if posts is not None and len(recent) < LATEST:
        known["posts_30d"] = len(recent)
    if recent:
        known["originals_share"] = _plain(sum(post.repost_of is None for post in recent) / len(recent))
    for name, read in _AVERAGES.items():
        counts = [count for post in recent if (count := read(post.figures)) is not None]
        if counts:
            known[name] = _plain(sum(counts) / len(counts))
    return {name: value for name, value in known.items() if value is not None}


def _plain(average: float) -> float | int:
    rounded = round(average, 2)
    return int(rounded) if rounded.is_integer() else rounded
