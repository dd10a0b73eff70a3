"""What the market needs of a social network, and which network answers for an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.errors import Problem
from chalicelib.settings import deployment


@dataclass(frozen=True)
class Post:
    """A public post. `author` is the posting account: our account id on the sandbox network, its handle elsewhere."""

    url: str
    author: str
    text: str
    urls: tuple[str, ...]
    picture_ids: tuple[str, ...]
    repost_of: str | None
    posted_at: datetime


class Network(Protocol):
    """A social network."""

    def fetch_post(self, url: str) -> Post | None:
        """The post as it is now, None if there is none (any more). Raises Problem `upstream_unavailable` if the network
        does not answer: that says nothing about the post."""

    def post_key(self, url: str) -> str | None:
        """The same text for every URL of the same post; None if this is no URL of a post of this network."""


def network(name: str) -> Network:
    """The adapter of the network. A stage with the sandbox on plays every network itself.

    Raises Problem `upstream_unavailable` for a network without an adapter."""
    if deployment().sandbox:
        from chalicelib.social.sandbox import SandboxNetwork

        return SandboxNetwork()
    raise Problem("upstream_unavailable", f"There is no connection to the network {name}.")
