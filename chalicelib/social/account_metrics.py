"""An account's metrics from what its network shows: the profile, and the posts of the last 30 days. Pure."""

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


def measured(profile: Profile, posts: Sequence[Post] | None, at: datetime) -> dict[str, Any]:
    """A snapshot as `accounts.metrics.record` takes it, of what is known; `posts` None: they could not be read.

    An average is over the posts whose figure is told, to two places; there is none without such a post. `posts_30d` is left out
    when the network shows as many posts as it ever does and all are of the period."""
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
        told = [count for post in recent if (count := read(post.figures)) is not None]
        if told:
            known[name] = _plain(sum(told) / len(told))
    return {name: value for name, value in known.items() if value is not None}


def _plain(average: float) -> float | int:
    rounded = round(average, 2)
    return int(rounded) if rounded.is_integer() else rounded
