"""What the market needs of a social network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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

    def take_down(self, url: str) -> bool:
        """Removes the post, if the network lets the market do that; whether it is gone. Raises Problem
        `upstream_unavailable`."""
