"""Convert statuses and accounts of the Mastodon API to the port's, and the forms of the URLs of posts. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from chalicelib.core import clock
from chalicelib.social.handles import canonical
from chalicelib.social.port import Post, PostFigures, Profile, Unreadable, links_in, stripped_url

_POST = re.compile(
    r"(?i:https?)://([^/?#@\s]+)/(?:(?:web/|deck/)?@[\w.-]+(?:@[\w.:-]+)?(?:/statuses)?|users/[\w.-]+/statuses|web/statuses)"
    r"/([0-9]{1,25})/?(?:[?#].*)?"
)


class PostAddress(NamedTuple):
    """A post: the host of the instance in lower case, and the id of the status there."""

    host: str
    status_id: str


def post_address(url: str) -> PostAddress | None:
    """Return the address in the URL of a post, ignoring surrounding spaces and the case of the host; None for any other form."""
    found = _POST.fullmatch(stripped_url(url))
    return PostAddress(found[1].lower(), found[2]) if found else None


def host_of(base_url: str) -> str:
    """Return the host, with a port if it is not the usual one, in lower case."""
    return urlsplit(base_url).netloc.lower()


def post_of(status: Any, base_url: str, reader: str | None) -> Post:
    """Return the post of a status that the instance at `base_url` returned. `reader` replaces the author's handle if it names the
    same account. Raise Unreadable."""
    try:
        account = status["account"]
        media = [attachment for attachment in status.get("media_attachments") or [] if attachment["type"] == "image"]
        text, links = text_of(status["content"])
        source = _source(status)
        edited = bool(status.get("edited_at"))
        return Post(
            url=url_of(base_url, str(account["acct"]), str(status["id"])),
            author=author_name(str(account["acct"]), host_of(base_url), reader),
            text=text,
            urls=tuple(dict.fromkeys([*links, *links_in(text)])),
            picture_ids=(),
            repost_of=url_of(base_url, str(source["account"]["acct"]), str(source["id"])) if source else None,
            posted_at=clock.parse(status["created_at"]).astimezone(UTC),
            figures=PostFigures(
                likes=_count(status, "favourites_count"),
                reposts=_sum(_count(status, "reblogs_count"), _count(status, "quotes_count")),
                comments=_count(status, "replies_count"),
            ),
            edited=edited,
            public=status.get("visibility") in ("public", "unlisted"),
            program=str((status.get("application") or {}).get("name") or "") or None,
            pictures=len(media),
            version=" ".join(str(attachment["id"]) for attachment in media),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("Mastodon's response is not a status.") from error


def profile_of(account: Any, base_url: str) -> Profile:
    """Return the profile of an account. Raise Unreadable."""
    try:
        fields = [text_of(str(field["value"]))[0] for field in account.get("fields") or []]
        return Profile(
            handle=full_name(str(account["acct"]), host_of(base_url)),
            description="\n".join([text_of(str(account["note"]))[0], *fields]),
            followers=int(account["followers_count"]),
            following=_count(account, "following_count"),
            registered_at=clock.parse(account["created_at"]) if account.get("created_at") else None,
            verified=None,
            network_id=str(account.get("uri") or account["url"]),
            posts_total=_count(account, "statuses_count"),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("Mastodon's response is not an account.") from error


def comments_of(context: Any) -> tuple[str, ...]:
    """Return the texts of the replies in a context, newest first. Raise Unreadable."""
    try:
        newest = sorted(context["descendants"], key=lambda status: str(status["created_at"]), reverse=True)
        return tuple(text_of(status["content"])[0] for status in newest)
    except (AttributeError, KeyError, TypeError) as error:
        raise Unreadable("Mastodon's response has no replies.") from error


def url_of(base_url: str, acct: str, status_id: str) -> str:
    """Return the URL of a status on the instance."""
    return f"{base_url}/@{acct}/{status_id}"


def full_name(acct: str, host: str) -> str:
    """Return `name@host`; the accounts of an instance are without it there."""
    return acct if "@" in acct else f"{acct}@{host}"


def author_name(acct: str, host: str, reader: str | None) -> str:
    """Return `reader` if it names this account with its instance, else the name with its instance."""
    name = full_name(acct, host)
    return str(reader) if reader is not None and canonical("mastodon", reader) == canonical("mastodon", name) else name


class _Text(HTMLParser):
    """Collects the plain text of a status; links are in full, which the HTML shortens."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []
        self._link: str | None = None
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        classes = (found.get("class") or "").split()
        if tag == "br":
            self.parts.append("\n")
        elif tag == "p" and self.parts:
            self.parts.append("\n\n")
        elif tag == "a" and "mention" not in classes and "hashtag" not in classes and found.get("href"):
            self._link = str(found["href"])
            self.links.append(self._link)
            self.parts.append(self._link)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._link is None:
            self.parts.append(data)


def text_of(html: str) -> tuple[str, list[str]]:
    """Return the plain text of a status, and the links in it."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts).strip(), parser.links


def _source(status: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the status that this one quotes or boosts."""
    found = status.get("reblog") or (status.get("quote") or {}).get("quoted_status")
    return found if isinstance(found, dict) else None


def _count(document: Mapping[str, Any], name: str) -> int | None:
    found = document.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)
