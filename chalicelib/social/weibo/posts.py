"""Convert posts of Weibo's open platform: the forms of their URLs and the members of a status. Pure.

The last part of a post's URL is its number (`mid`) in base 62, seven decimal digits to four characters, counted from the right.
The share links of the app (`mapp.api.weibo.cn/fx/{hash}.html`) do not contain the number and their redirects are not followed, so
they are not a known form."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.social.handles import canonical
from chalicelib.social.port import Post, PostFigures, Profile, Unreadable, links_in, stripped_url

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_URL = re.compile(
    r"(?:(?i:https?://(?:www\.)?weibo\.com)/(?:detail|\d+)|(?i:https?://(?:m\.)?weibo\.cn)/(?:status|detail|\d+))"
    r"/([0-9A-Za-z]{5,20})/?(?:[?#].*)?"
)
_SHARED = re.compile(r"(?i:https?://share\.api\.weibo\.cn)/share/\d+,(\d{12,20})(?:\.html)?/?(?:[?#].*)?")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_TAG = re.compile(r"<[^>]*>")
PUBLIC = 0
"""`visible.type` of a public post; 1 is its author alone, 3 a group, 4 close friends. Source: the open platform's document of
statuses/show."""
SHORT_LINK = re.compile(r"https?://t\.cn/[0-9A-Za-z]+")


def mid_of(url: str) -> str | None:
    """Return the number of the post at `url` in decimal digits; None if this is not a known form of the URL of a post on Weibo."""
    found = _URL.fullmatch(stripped_url(url)) or _SHARED.fullmatch(stripped_url(url))
    if found is None:
        return None
    tail = found[1]
    if tail.isdigit() and len(tail) > 11:
        return str(int(tail))
    groups = [tail[max(end - 4, 0) : end] for end in range(len(tail), 0, -4)][::-1]
    digits = "".join(f"{_number(group):07d}" for group in groups).lstrip("0")
    return digits or None


def url_of(uid: str, mid: str) -> str:
    """Return the URL of a post: `https://weibo.com/{uid}/{mid in base 62}`."""
    groups = [mid[max(end - 7, 0) : end] for end in range(len(mid), 0, -7)][::-1]
    tail = "".join(_text(int(group)).rjust(4, "0") for group in groups).lstrip("0")
    return f"https://weibo.com/{uid}/{tail}"


def post_of(status: Any, handle: str | None, long_links: Mapping[str, str]) -> Post | None:
    """Return the post of a status; None if the status is marked as deleted. `handle` replaces the author's name if it names the
    same account, by number or by name. `long_links` maps the short links in the text to their targets. Raise Unreadable."""
    try:
        if str(status.get("deleted", "0")) == "1":
            return None
        user, source = status["user"], status.get("retweeted_status")
        text = SHORT_LINK.sub(lambda link: long_links.get(link[0], link[0]), text_of(status))
        uid, name = str(user.get("idstr") or user["id"]), str(user["screen_name"])
        return Post(
            url=url_of(uid, mid(status)),
            author=handle if handle and is_named(handle, uid, name) else name,
            text=text,
            urls=links_in(text),
            picture_ids=(),
            repost_of=_source_url(source) if source else None,
            posted_at=_moment(status["created_at"]),
            figures=PostFigures(
                reads=_count(status, "reads_count"),
                likes=_count(status, "attitudes_count"),
                reposts=_count(status, "reposts_count"),
                comments=_count(status, "comments_count"),
            ),
            edited=None if (edits := _count(status, "edit_count")) is None else edits > 0,
            public=(status.get("visible") or {}).get("type", PUBLIC) == PUBLIC,
            cut=is_cut(status),
            program=_TAG.sub("", str(status.get("source") or "")).strip() or None,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("Weibo's response is not a status.") from error


def is_named(handle: str, uid: str, name: str) -> bool:
    """Return whether the handle, in any spelling, is the number or the name of the account."""
    return canonical("weibo", handle) in (uid, canonical("weibo", name))


def profile_of(user: Any) -> Profile:
    """Return the profile of a user object. Raise Unreadable."""
    try:
        return Profile(
            handle=str(user["screen_name"]),
            description=html.unescape(str(user.get("description") or "")),
            followers=int(user["followers_count"]),
            following=_count(user, "friends_count"),
            registered_at=_moment(user["created_at"]) if user.get("created_at") else None,
            verified=user.get("verified") if isinstance(user.get("verified"), bool) else None,
            network_id=str(user.get("idstr") or user["id"]) if user.get("idstr") or user.get("id") else None,
            posts_total=_count(user, "statuses_count"),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("Weibo's response is not a user.") from error


def figures_of(count: Any) -> tuple[str, PostFigures]:
    """Return the number of a post and its figures from a row of statuses/count. Raise Unreadable."""
    try:
        found = PostFigures(None, _count(count, "attitudes"), _count(count, "reposts"), _count(count, "comments"))
        return str(count["id"]), found
    except (AttributeError, KeyError, TypeError) as error:
        raise Unreadable("Weibo's response has no counts.") from error


def comments_of(response: Any) -> tuple[str, ...]:
    """Return the texts of comments/show. Raise Unreadable."""
    try:
        return tuple(text_of(comment) for comment in response["comments"])
    except (AttributeError, KeyError, TypeError) as error:
        raise Unreadable("Weibo's response has no comments.") from error


def text_of(status: Mapping[str, Any]) -> str:
    """Return the whole text, also of a long post, without the HTML entities and invisible characters that Weibo adds."""
    whole = (status.get("longText") or {}).get("longTextContent") or status["text"]
    return _INVISIBLE.sub("", html.unescape(str(whole))).strip()


def is_cut(status: Mapping[str, Any]) -> bool:
    """Return whether Weibo returned only the beginning of a long text."""
    return bool(status.get("isLongText")) and not (status.get("longText") or {}).get("longTextContent")


def mid(status: Mapping[str, Any]) -> str:
    """Return the number of a status. Raise KeyError, ValueError."""
    return str(int(status.get("idstr") or status["id"]))


def _source_url(source: Mapping[str, Any]) -> str:
    user = source.get("user") or {}  # missing where the source was deleted
    return url_of(str(user.get("idstr") or user.get("id") or "0"), mid(source))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y").astimezone(UTC)


def _count(document: Mapping[str, Any], name: str) -> int | None:
    found = document.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def _number(text: str) -> int:
    number = 0
    for character in text:
        number = number * 62 + _ALPHABET.index(character)
    return number


def _text(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number, 62)
        text = _ALPHABET[rest] + text
    return text
