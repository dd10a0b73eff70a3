"""The canonical form of a handle: every spelling of one account on a network gives the same text. Pure.

It depends on the network's name, not on its adapter: accounts are imported for networks that a stage cannot read, and the sandbox
replaces every network. Two names of one account, such as Weibo's screen name and its number, are different handles; the
network's own id, which is known once the ownership is proved, shows that they are the same account (accounts.ownership)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qs, unquote, urlsplit

_URL = re.compile(r"(?:https?:)?//\S+|(?:[a-z0-9-]+\.)+[a-z]{2,}/\S+", re.IGNORECASE)
_MARKERS = frozenset({"u", "n", "user", "users", "profile", "account", "accounts", "channel", "c", "people", "info"})
"""Path segments before the name of an account in the URL of its profile."""
_IGNORED = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Invisible characters that Unicode does not count among controls, formats or spaces."""
_WEIBO_PAGE = re.compile(r"100505(\d{5,})")
"""The Weibo page `/p/100505{number}` belongs to the account with that number."""


def display_form(network: str, handle: str) -> str:
    """Return the handle as it is shown and sent to the network: the name in a profile's URL, without `@` and invisible
    characters.

    Raise ValueError if nothing is left."""
    text = _visible(handle).strip()
    if network == "bluesky" and text[:5].lower() == "at://":
        text = text[5:].partition("/")[0]
    elif _URL.fullmatch(text):
        text = _visible(_name_in_url(network, text)).strip()
    name = text.lstrip("@\uff20").strip().rstrip("/").strip()
    if not name:
        raise ValueError("This names no account.")
    return name


def canonical(network: str, handle: str) -> str:
    """Return the text by which handles of a network are compared: `display_form` in compatibility form, without case and spaces.

    Raise ValueError if nothing is left."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", display_form(network, handle)).casefold())
    text = unicodedata.normalize("NFKC", "".join(_visible(folded).split())).lstrip("@")
    if not text:
        raise ValueError("This names no account.")
    return text


def _visible(text: str) -> str:
    return "".join(character for character in text if not _is_invisible(character))


def _is_invisible(character: str) -> bool:
    selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return character in _IGNORED or selector or unicodedata.category(character) in ("Cf", "Cc")


def _name_in_url(network: str, text: str) -> str:
    """Return the name or number in the URL of a profile; on Mastodon the name with its instance, `name@instance`."""
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
    except ValueError as error:
        raise ValueError("This URL cannot be read.") from error
    uid = parse_qs(parts.query).get("uid")
    if uid:
        return uid[0]
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    if network == "weibo" and segments[:1] == ["p"] and (page := _WEIBO_PAGE.fullmatch("".join(segments[1:2]))):
        return page[1]
    while len(segments) > 1 and segments[0].lower() in _MARKERS:
        segments.pop(0)
    if network == "mastodon" and segments and "@" not in segments[0].lstrip("@"):
        return f"{segments[0].lstrip('@')}@{parts.netloc}"
    return segments[0] if segments else parts.netloc
