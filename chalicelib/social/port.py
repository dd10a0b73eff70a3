"""The interface between the market and a social network, and the errors that an adapter raises. Pure.

NetworkError               a Problem, so that routes need no handling of their own
├── Absent                 the account does not exist (fetch_post returns None for a post)
├── RefusedByNetwork       the network refuses the content or action; a retry changes nothing
├── NotPermitted           the market or the account's token lacks the right; says nothing about the post
├── RateLimited            too many requests; retry after `retry_after` seconds
├── Unavailable            no response or a failure of the network; what was sent may have taken effect
│   └── Unreached          no connection: nothing was sent
└── Unreadable             the response cannot be used; what was sent may have taken effect"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chalicelib.core.errors import Problem

_LINK = re.compile(r"https?://[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")


LATEST = 100
"""The maximum number of posts of an account, or comments of a post, that are read."""


class NetworkError(Problem):
    """A request to a network failed."""

    code_in_table = "upstream_unavailable"

    def __init__(self, detail: str, **data: Any) -> None:
        super().__init__(self.code_in_table, detail, **data)


class Absent(NetworkError):
    """The network has no such account or post."""

    code_in_table = "network_absent"


class RefusedByNetwork(NetworkError):
    """The network refuses this content or action; a retry changes nothing."""

    code_in_table = "network_refused"


class NotPermitted(NetworkError):
    """The network does not permit this to the market or to the account's token."""

    code_in_table = "network_not_permitted"


class RateLimited(NetworkError):
    """Too many requests; nothing was done. `retry_after`: seconds until the next request may be sent."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.retry_after = retry_after


class Unavailable(NetworkError):
    """No response in time, or a failure of the network. A publication that ended so may have taken effect."""


class Unreached(Unavailable):
    """There was no connection: nothing was sent."""


class Unreadable(NetworkError):
    """The response is too large, is not JSON, or lacks a required member. A publication that ended so may have taken effect."""


@dataclass(frozen=True)
class Account:
    """An account: its id in the market and its handle on the network."""

    account_id: str
    handle: str


@dataclass(frozen=True)
class PostFigures:
    """The figures of a post; None if the network does not show them."""

    reads: int | None = None
    likes: int | None = None
    reposts: int | None = None
    comments: int | None = None


@dataclass(frozen=True)
class Post:
    """A post on a network.

    url     built from the id that the network returned
    author  the posting account: its account id on the sandbox network, its handle elsewhere
    edited  None if the network does not show it
    public  everybody can read the post
    cut     `text` is only the beginning of the text
    program name of the program that sent it; None if the network does not show it
    pictures  number of pictures, on a network that does not show the market's ids of them (`picture_ids`)
    version the network's id of this version of the post, which every edit changes; None if it has none"""

    url: str
    author: str
    text: str
    urls: tuple[str, ...]
    picture_ids: tuple[str, ...]
    repost_of: str | None
    posted_at: datetime
    figures: PostFigures = PostFigures()
    edited: bool | None = None
    public: bool = True
    cut: bool = False
    program: str | None = None
    pictures: int | None = None
    version: str | None = None


@dataclass(frozen=True)
class Profile:
    """The profile of an account as its network shows it now; None if not shown. `network_id` is the network's own id of the
    account; it stays when the handle changes."""

    handle: str
    description: str
    followers: int
    following: int | None = None
    registered_at: datetime | None = None
    verified: bool | None = None
    network_id: str | None = None
    posts_total: int | None = None


@dataclass(frozen=True)
class PictureFile:
    """The file of a picture."""

    content_type: str
    body: bytes


@dataclass(frozen=True)
class NewPost:
    """A post to publish. With `repost_of`, the URL of a post, it is a repost of that post with `text` as the comment.
    `load_picture` returns the file of a picture by its id."""

    text: str
    urls: tuple[str, ...] = ()
    picture_ids: tuple[str, ...] = ()
    repost_of: str | None = None
    load_picture: Callable[[str], PictureFile] | None = field(default=None, compare=False)

    def pictures(self) -> list[PictureFile]:
        """Return the files of the pictures. Raise RefusedByNetwork if they cannot be loaded."""
        if self.picture_ids and self.load_picture is None:
            raise RefusedByNetwork("The market cannot publish these pictures; the creator has to publish this post.")
        return [self.load_picture(picture_id) for picture_id in self.picture_ids] if self.load_picture else []


class Network(Protocol):
    """A social network. Every method raises NetworkErrors."""

    @property
    def idempotent(self) -> bool:
        """Return whether `publish` with the same key posts once however often it is called. If not, use
        `publish_once.publish_once`."""

    def fetch_post(self, url: str, reader: Account | None = None) -> Post | None:
        """Return the post as it is now, never a cut one; None if it does not exist or was deleted. It is read with the permission
        of `reader`, if that account gave one."""

    def fetch_figures(self, urls: Sequence[str]) -> dict[str, PostFigures]:
        """Return the figures of these posts (at most 100), without posts that do not exist."""

    def fetch_comments(self, url: str, reader: Account | None = None) -> tuple[str, ...]:
        """Return the texts of the latest comments of the post, at most LATEST; none if the post does not exist. `reader` as
        above."""

    def has_form(self, url: str) -> bool:
        """Return whether this is a known form of the URL of a post here, of one that exists or not. Nothing is sent."""

    def post_key(self, url: str) -> str | None:
        """Return a text that is the same for every URL of one post, ignoring surrounding spaces and the case of the host; None if
        this is not a known form of the URL of a post. A name in the URL may have to be looked up on the network."""

    def fetch_account(self, account: Account) -> Profile:
        """Return the profile of the account now. Raise Absent."""

    def recent_posts(self, account: Account) -> tuple[Post, ...]:
        """Return the latest public posts of the account, newest first, at most LATEST. Raise Absent."""

    def publish(self, account: Account, new_post: NewPost, key: str) -> Post:
        """Publish a post or a repost as the account, with its permission."""

    def take_down(self, url: str, account: Account | None = None) -> bool:
        """Delete a post of `account`, if the network permits it; return whether the post is gone."""

    def authorise(self, account: Account, code: str | None) -> datetime | None:
        """Store the permission to publish as the account; return when it ends, None for never. `code` is what the network gave
        the account's owner for the market. Raise Problem `publishing_not_authorised` with `authorize_url` if a code is needed;
        NotPermitted if the code is for another account."""

    def revoke_authorisation(self, account: Account) -> None:
        """Delete what `authorise` stored."""


def text_with_links(text: str, urls: Sequence[str]) -> str:
    """Return the whole text of a post on a network where links are part of it: missing links are added at the end."""
    return " ".join([text.rstrip(), *(url for url in urls if url not in text)])


def stripped_url(url: str) -> str:
    """Return the URL without the spaces and invisible characters that copying adds around it."""
    return _INVISIBLE.sub("", url).strip()


def links_in(text: str) -> tuple[str, ...]:
    """Return the links in a text, in order."""
    return tuple(_LINK.findall(text))


def same_words(one: str, other: str) -> bool:
    """Return whether two texts are equal apart from links, which networks rewrite, white space and invisible characters."""
    return _words(one) == _words(other)


def _words(text: str) -> str:
    return "".join(_INVISIBLE.sub("", _LINK.sub("", unicodedata.normalize("NFC", text))).split())
