"""Compute the metrics of an account from what its network shows: the profile, and the posts of the last 30 days. Pure.

The figures of posts are those of `chalicelib.grading.model.post_evidence`, as in an import of posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from chalicelib.core import clock
from chalicelib.grading.model import post_evidence
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.social.copied_comments import COMMENTS_MIN, Copies
from chalicelib.social.port import Post, Profile

PERIOD = timedelta(days=30)


def snapshot_figures(
    profile: Profile, posts: Sequence[Post] | None, at: datetime, comments: Copies | None = None
) -> AccountFigures:
    """Return the known figures of a snapshot, as `metric_snapshots.record` takes them. `posts` is None if they could not be read,
    `comments` counts the copies among the comments that were read.

    `posts_30d` and `active_days_30d` count what the network returned: at least so many, if it returned LATEST posts."""
    registered_at = clock.rfc3339(profile.registered_at) if profile.registered_at else None
    known: dict[str, object] = {
        "as_of": clock.rfc3339(at),
        "followers": profile.followers,
        "following": profile.following,
        "registered_at": registered_at,
        "verified": profile.verified,
        "posts_total": profile.posts_total,
    }
    if posts is not None:
        recent = [post for post in posts if at - PERIOD <= post.posted_at <= at]
        known |= post_evidence.evidence_of([evidence_post(post) for post in posts if post.posted_at <= at], at)
        known["posts_30d"] = len(recent)
        known["active_days_30d"] = len({post.posted_at.astimezone(UTC).date() for post in recent})
    if comments is not None and comments.read >= COMMENTS_MIN:
        known["copied_comments_share"] = round(comments.copied / comments.read, 4)
    return cast("AccountFigures", {name: value for name, value in known.items() if value is not None})


def evidence_post(post: Post) -> post_evidence.Post:
    """Return a post of a network as the evidence needs it."""
    figures = post.figures
    return post_evidence.Post(
        at=post.posted_at.astimezone(UTC),
        text=post.text or None,
        reposts=figures.reposts,
        comments=figures.comments,
        likes=figures.likes,
        reads=figures.reads,
        is_repost=post.repost_of is not None,
        has_link=bool(post.urls),
        by_tool=None if post.program is None else post_evidence.is_tool(post.program),
    )
