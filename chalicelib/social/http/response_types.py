"""Responses of the routes of the sandbox network."""

from __future__ import annotations

from chalicelib.core.response_types import Count, Duration, Link, Moment, TypedDict


class SandboxFigures(TypedDict):
    """The figures of a post now."""

    reads: Count
    likes: Count
    reposts: Count
    comments: Count


class SandboxPost(TypedDict):
    """A post on the sandbox network."""

    id: str
    post_url: Link
    account_id: str
    text: str
    urls: list[str]
    picture_ids: list[str]
    repost_of: str | None
    posted_at: Moment
    figures: SandboxFigures
    edited_at: Moment | None


class SandboxPostDeleted(TypedDict):
    """A deleted post."""

    id: str
    deleted: bool


class SandboxProfile(TypedDict):
    """A profile on the sandbox network."""

    account_id: str
    description: str
    followers: Count


class SandboxClock(TypedDict):
    """The clock of a sandbox stage. `offset` is how far it is ahead of the wall clock; `waking` is true while workflows are still
    being woken after the last move."""

    now: Moment
    offset: Duration
    waking: bool
