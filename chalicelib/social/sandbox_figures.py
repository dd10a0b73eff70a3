"""The figures of the sandbox network: a function of followers, post and time, the same on every machine. Pure.

`u(…)` is the first 52 bits of SHA-256 of its parts as a fraction in [0, 1).

    followers = those that the market knows, else 10 ^ (3 + 3 u(account)), 1,000 to 1,000,000
    ceiling   = followers (0.05 + 0.25 u(post, "ceiling"))       5 to 30 % of the followers
    reads     = ceiling (1 - 2 ^ -sqrt(t / 6 h))                 half after 6 h, three quarters after 24 h
    likes     = reads (0.002 + 0.018 u(post, "likes")), reposts and comments likewise with 0.0005 + 0.0045 u

Figures are rounded down at the end, so they never fall."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from chalicelib.social.port import PostFigures

HALF = timedelta(hours=6)


def followers(account_id: str) -> int:
    """Return the followers of an account that has no figures in the market."""
    return int(10 ** (3 + 3 * _u(account_id)))


def figures_at(followers: int, post_id: str, posted_at: datetime, now: datetime) -> PostFigures:
    """Return the figures at `now` of a post of an account with this number of followers."""
    age = max((now - posted_at) / HALF, 0.0)
    reads = followers * (0.05 + 0.25 * _u(post_id, "ceiling")) * (1 - 2 ** -(age**0.5))
    return PostFigures(
        reads=int(reads),
        likes=int(reads * (0.002 + 0.018 * _u(post_id, "likes"))),
        reposts=int(reads * (0.0005 + 0.0045 * _u(post_id, "reposts"))),
        comments=int(reads * (0.0005 + 0.0045 * _u(post_id, "comments"))),
    )


def _u(*parts: str) -> float:
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return float((int.from_bytes(digest[:8], "big") >> 12) / 2**52)
