"""Convert posts and profiles of the AT Protocol (lexicons app.bsky.*) to the port's and back. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.core import clock
from chalicelib.social.bluesky.addresses import COLLECTION, post_address
from chalicelib.social.handles import canonical
from chalicelib.social.port import Post, PostFigures, Profile, Unreadable, links_in

LABEL = "sponsored"
"""The self-label of the market's posts. Clients show no text for it; readers see the mark in the text."""
_LINK = "app.bsky.richtext.facet#link"
_AFTER_LINK = ".,;:!?)]}'\""
_SHORTENED = re.compile(r"(?:\.\.\.|…)$")
_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)


def new_record(
    text: str, at: datetime, images: Sequence[Mapping[str, Any]] = (), source: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the record of a new post: `images` are uploaded blobs, `source` is the `uri` and `cid` of a post to quote."""
    record: dict[str, Any] = {
        "$type": COLLECTION,
        "text": text,
        "createdAt": clock.rfc3339(at),
        "labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": LABEL}]},
    }
    if facets := _link_facets(text):
        record["facets"] = facets
    media = {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": ""} for blob in images]}
    quote = {"$type": "app.bsky.embed.record", "record": source}
    if images and source:
        record["embed"] = {"$type": "app.bsky.embed.recordWithMedia", "record": quote, "media": media}
    elif images or source:
        record["embed"] = media if images else quote
    return record


def post_of(view: Any, reader: str | None) -> Post:
    """Return the post of a post view of the AppView. `reader` replaces the author's handle if it names the same account. Raise
    Unreadable."""
    try:
        figures = PostFigures(
            likes=_count(view, "likeCount"),
            reposts=_sum(_count(view, "repostCount"), _count(view, "quoteCount")),
            comments=_count(view, "replyCount"),
        )
        author, at = view["author"], clock.parse(view["indexedAt"])
        name = author_name(author["did"], author["handle"], reader)
        return post_of_record(view["uri"], view["cid"], view["record"], name, at, figures)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("Bluesky's response is not a post.") from error


def post_of_record(uri: str, cid: str, record: Any, author: str, at: datetime, figures: PostFigures) -> Post:
    """Return the post of a record. Raise AttributeError, KeyError, TypeError, ValueError if it has another form."""
    address = post_address(uri)
    if address is None:
        raise ValueError(uri)
    text, links = _expanded(str(record["text"]), record.get("facets") or [])
    embeds = _embeds(record.get("embed") or {})
    cards = [str(embed["external"]["uri"]) for embed in embeds if embed["$type"] == "app.bsky.embed.external"]
    quoted = [str(embed["record"]["uri"]) for embed in embeds if embed["$type"] == "app.bsky.embed.record"]
    pictures = [embed["images"] for embed in embeds if embed["$type"] == "app.bsky.embed.images"]
    source = post_address(quoted[0]) if quoted else None
    return Post(
        url=address.url,
        author=author,
        text=text,
        urls=tuple(dict.fromkeys([*links, *cards, *links_in(text)])),
        picture_ids=(),
        repost_of=source.url if source else None,
        posted_at=at.astimezone(UTC),
        figures=figures,
        pictures=sum(map(len, pictures)),
        version=cid,
    )


def repost_of(entry: Any, account: str) -> Post:
    """Return the plain repost of an entry in the account's feed. It has no text and no figures of its own. Raise Unreadable."""
    try:
        address = post_address(entry["post"]["uri"])
        url = address.url if address else str(entry["post"]["uri"])
        at = clock.parse(entry["reason"]["indexedAt"]).astimezone(UTC)
        return Post(url, account, "", (), (), url, at)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("Bluesky's response is not a feed.") from error


def author_name(did: str, handle: str, reader: str | None) -> str:
    """Return `reader` if it names this account by DID or by handle, else the handle."""
    named = reader is not None and canonical("bluesky", reader) in (did.casefold(), canonical("bluesky", handle))
    return str(reader) if named else handle


def profile_of(view: Any, registered_at: datetime | None) -> Profile:
    """Return the profile of a profile view. Raise Unreadable."""
    try:
        return Profile(
            handle=str(view["handle"]),
            description=str(view.get("description") or ""),
            followers=int(view["followersCount"]),
            following=_count(view, "followsCount"),
            registered_at=registered_at,
            verified=(view.get("verification") or {}).get("verifiedStatus") == "valid",
            network_id=str(view["did"]),
            posts_total=_count(view, "postsCount"),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("Bluesky's response is not a profile.") from error


def comments_of(thread: Any) -> tuple[str, ...]:
    """Return the texts of the replies in a thread, newest first. Raise Unreadable."""
    try:
        replies = [reply["post"] for reply in thread.get("replies") or [] if "post" in reply]
        newest = sorted(replies, key=lambda post: str(post["indexedAt"]), reverse=True)
        return tuple(str(post["record"]["text"]) for post in newest)
    except (AttributeError, KeyError, TypeError) as error:
        raise Unreadable("Bluesky's response is not a thread.") from error


def data_server_of(document: Any) -> str:
    """Return the address of the data server in a DID document. Raise Unreadable."""
    try:
        for service in document["service"]:
            if str(service["id"]).endswith("#atproto_pds"):
                return str(service["serviceEndpoint"]).rstrip("/")
    except (AttributeError, KeyError, TypeError) as error:
        raise Unreadable("The DID document cannot be read.") from error
    raise Unreadable("The DID document names no data server.")


def _link_facets(text: str) -> list[dict[str, Any]]:
    """Return the facets that make the links of a text links; positions count bytes of UTF-8."""
    facets, begin = [], 0
    for found in links_in(text):
        link = found.rstrip(_AFTER_LINK)
        begin = text.index(found, begin)
        first = len(text[:begin].encode())
        begin += len(found)
        index = {"byteStart": first, "byteEnd": first + len(link.encode())}
        facets.append({"index": index, "features": [{"$type": _LINK, "uri": link}]})
    return facets


def _expanded(text: str, facets: Sequence[Any]) -> tuple[str, list[str]]:
    """Return the text with the links that a client has shortened in full, and all links of its facets."""
    whole, links = text.encode(), list[str]()
    end = len(whole)
    for facet in sorted(facets, key=lambda facet: -int(facet["index"]["byteStart"])):
        uris = [str(feature["uri"]) for feature in facet["features"] if feature.get("$type") == _LINK]
        links[:0] = uris
        first, last = int(facet["index"]["byteStart"]), int(facet["index"]["byteEnd"])
        if not uris or not 0 <= first < last <= end:
            continue
        end, shown = first, whole[first:last].decode(errors="replace")
        if _is_shortened(shown, uris[0]):
            whole = whole[:first] + uris[0].encode() + whole[last:]
    return whole.decode(errors="replace"), links


def _is_shortened(shown: str, uri: str) -> bool:
    start = _SCHEME.sub("", _SHORTENED.sub("", shown)).casefold()
    rest = _SCHEME.sub("", uri).casefold()
    return bool(start) and (
        rest.startswith(start) if _SHORTENED.search(shown) else rest.rstrip("/") == start.rstrip("/")
    )


def _embeds(embed: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if embed.get("$type") == "app.bsky.embed.recordWithMedia":
        return [{"$type": "app.bsky.embed.record", **embed["record"]}, embed["media"]]
    return [embed] if "$type" in embed else []


def _count(document: Mapping[str, Any], name: str) -> int | None:
    found = document.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)
