"""What the market needs of a social network, and the ways in which a network fails us. Pure.

NetworkError               a Problem, so that every caller's way of refusing still works
├── Absent                 there is no such account (fetch_post says None for a post)
├── RefusedByNetwork       the network will not do this, however often it is asked
├── NotPermitted           we, or the account's token, lack the right: says nothing about the post
├── RateLimited            asked too often; `retry_after` seconds
├── Unavailable            no answer, or an apology; what was sent may have happened
│   └── Unreached          no connection: nothing was sent
└── Unreadable             an answer that is none
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.core.errors import Problem

_LINK = re.compile(r"https?://[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")


LATEST = 100
"""How many of an account's posts, or of a post's comments, are read at most."""


class NetworkError(Problem):
    """The network did not do what it was asked."""

    code_in_table = "upstream_unavailable"

    def __init__(self, detail: str, **data: Any) -> None:
        super().__init__(self.code_in_table, detail, **data)


class Absent(NetworkError):
    """The network knows no such account or post."""

    code_in_table = "network_absent"


class RefusedByNetwork(NetworkError):
    """The network refuses this content or action; asking again changes nothing."""

    code_in_table = "network_refused"


class NotPermitted(NetworkError):
    """The network does not let the market, or this account's token, do it."""

    code_in_table = "network_not_permitted"


class RateLimited(NetworkError):
    """Asked too often; nothing happened. `retry_after`: seconds after which it may be asked again."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.retry_after = retry_after


class Unavailable(NetworkError):
    """No answer in time, or one of the network's own failures. A publication that ended so may have happened."""


class Unreached(Unavailable):
    """There was no connection: nothing was sent, so nothing happened."""


class Unreadable(NetworkError):
    """The answer is too large, no JSON, or lacks what it must have. A publication that ended so may have happened."""


@dataclass(frozen=True)
class Account:
    """An account: our id of it, and its handle on the network."""

    account_id: str
    handle: str


@dataclass(frozen=True)
class Figures:
    """What a post has reached; None is what the network does not tell."""

    reads: int | None = None
    likes: int | None = None
    reposts: int | None = None
    comments: int | None = None


@dataclass(frozen=True)
class Post:
    """A post. `url` is built from the id that the network returned; `author` is the posting account: our account id on the
    sandbox network, its handle elsewhere. `edited` None: the network does not show it. `public`: everybody can read it. `cut`:
    `text` is only its beginning."""

    url: str
    author: str
    text: str
    urls: tuple[str, ...]
    picture_ids: tuple[str, ...]
    repost_of: str | None
    posted_at: datetime
    figures: Figures = Figures()
    edited: bool | None = None
    public: bool = True
    cut: bool = False


@dataclass(frozen=True)
class Profile:
    """An account as its network shows it now; None is what the network does not tell. `network_id`: the network's own id of it,
    which stays when the handle changes."""

    handle: str
    description: str
    followers: int
    following: int | None = None
    registered_at: datetime | None = None
    verified: bool | None = None
    network_id: str | None = None


@dataclass(frozen=True)
class Draft:
    """What is to be posted; with `repost_of`, the URL of a post, it is a repost of that with `text` as the comment."""

    text: str
    urls: tuple[str, ...] = ()
    picture_ids: tuple[str, ...] = ()
    repost_of: str | None = None


class Network(Protocol):
    """A social network. Every method raises NetworkErrors."""

    @property
    def idempotent(self) -> bool:
        """Whether `publish` with the same key posts once however often it is called. Where not, `publishing.publish_once`
        sees to it as far as that can be."""

    def fetch_post(self, url: str, reader: Account | None = None) -> Post | None:
        """The whole post as it is now (never a cut one), None if there is none (any more). `reader`: the account whose
        permission, if it gave one, is read with."""

    def fetch_figures(self, urls: Sequence[str]) -> dict[str, Figures]:
        """What each of these posts (at most 100) has reached; a post that is not there is left out."""

    def fetch_comments(self, url: str, reader: Account | None = None) -> tuple[str, ...]:
        """The texts of the post's latest comments, at most LATEST; none if it has none or is not there. `reader` as above."""

    def post_key(self, url: str) -> str | None:
        """The same text for every URL of the same post, spaces around it and the case of the host aside; None if this is no
        known form of the URL of a post of this network."""

    def fetch_account(self, account: Account) -> Profile:
        """The account's profile now. Raises Absent."""

    def recent_posts(self, account: Account) -> tuple[Post, ...]:
        """The account's latest public posts, newest first, at most LATEST. Raises Absent."""

    def publish(self, account: Account, draft: Draft, key: str) -> Post:
        """Posts or reposts as the account, by its permission."""

    def take_down(self, url: str, account: Account | None = None) -> bool:
        """Removes a post of `account`, if the network lets the market do that; whether it is gone."""

    def authorise(self, account: Account, code: str | None) -> datetime | None:
        """The account lets the market publish: until when, None for no end. `code` is what the network gave the account's
        owner for us. Raises Problem `publishing_not_authorised` with `authorize_url` where one is needed; NotPermitted if
        it is another account's."""

    def forget(self, account: Account) -> None:
        """Throws away what `authorise` got."""


def composed(text: str, urls: Sequence[str]) -> str:
    """The whole text of a post where links are part of it: those that are not in `text` are put behind it."""
    return " ".join([text.rstrip(), *(url for url in urls if url not in text)])


def bare(url: str) -> str:
    """The URL without the spaces and invisible characters that copying puts around it."""
    return _INVISIBLE.sub("", url).strip()


def links(text: str) -> tuple[str, ...]:
    """The links in a text, in their order."""
    return tuple(_LINK.findall(text))


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same apart from links, which networks rewrite, white space and invisible characters."""
    return _words(one) == _words(other)


def _words(text: str) -> str:
    return "".join(_INVISIBLE.sub("", _LINK.sub("", unicodedata.normalize("NFC", text))).split())
