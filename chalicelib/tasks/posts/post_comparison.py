"""Compare a post with the agreement (rules 14, 16). Every difference is named, so that the creator can mend it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.core.errors import Fault
from chalicelib.core.regions.region import region
from chalicelib.social.port import Post, text_with_links
from chalicelib.tasks.content.ad_mark import ad_mark, has_mark
from chalicelib.tasks.content.post_content import Content
from chalicelib.tasks.content.text_diff import pieces
from chalicelib.tasks.records.stored_documents import TextChange


@dataclass(frozen=True)
class Agreement:
    """The agreement about a post: content, account (under every name that the network may use for it), and for a repost its source.
    `post_key` returns the same key for all URLs of one post. `version`: the version of the post that was accepted, on a network
    that has versions."""

    content: Content
    authors: frozenset[str]
    source_url: str | None = None
    post_key: Callable[[str], str | None] = str
    version: str | None = None

    @property
    def texts(self) -> frozenset[str]:
        """The agreed text, alone and with its links appended: on some networks they are part of the text."""
        text = self.content.text
        return frozenset({plain(text), plain(text_with_links(text, self.content.urls))})

    def is_source(self, url: str | None) -> bool:
        """Return True if this is a URL of the post that was to be reposted."""
        return url is not None and self._key(url) == self._key(str(self.source_url))

    def _key(self, url: str) -> str:
        return self.post_key(url) or url


_PLACES = {"anywhere": "", "start": " at the beginning"}


def differences(post: Post | None, agreement: Agreement) -> Iterator[Fault]:
    """Yield one Fault for each difference between the post and the agreement; its pointer is `/post_url`, as in the request
    body."""
    if post is None:
        yield _fault("post_missing", "There is no post at this URL.")
        return
    if not post.public:
        yield _fault("post_not_public", "The post is not public: only its author, or some of its readers, can see it.")
    if post.author not in agreement.authors:
        yield _fault("wrong_account", "The post is by another account.")
    if plain(post.text) not in agreement.texts:
        yield _fault("text_differs", "The text is not the agreed one.")
    if not has_mark(post.text):
        yield _fault("ad_mark_missing", f"The mark {ad_mark()} is missing{_PLACES[region().ad_mark.position]}.")
    for url in agreement.content.urls:
        if url not in post.urls and url not in post.text:
            yield _fault("url_missing", f"The link {url} is missing.")
    yield from _picture_faults(post, agreement.content.picture_ids)
    if agreement.version is not None and post.version is not None and post.version != agreement.version:
        yield _fault("post_edited", "The post was edited after it was accepted.")
    if agreement.source_url is not None and not agreement.is_source(post.repost_of):
        yield _fault("wrong_source", f"The post is not a repost of {agreement.source_url}.")


def _picture_faults(post: Post, picture_ids: Sequence[str]) -> Iterator[Fault]:
    """Yield the Faults of the pictures: by the market's ids, or by their number on a network that does not show these."""
    if post.pictures is not None:
        if post.pictures < len(picture_ids):
            yield _fault("picture_missing", f"The post has {post.pictures} of {len(picture_ids)} pictures.")
        return
    for picture_id in picture_ids:
        if picture_id not in post.picture_ids:
            yield _fault("picture_missing", f"The picture {picture_id} is missing.")


def text_difference(content: Content, found: str) -> Iterator[tuple[TextChange, str]]:
    """Yield the pieces of the agreed text and of the text that was found, in order. Links that the network writes into
    the text are no difference."""
    is_linked = any(url in found and url not in content.text for url in content.urls)
    agreed = text_with_links(content.text, content.urls) if is_linked else content.text
    for change, parts in pieces(plain(agreed), found):
        yield change, "".join(parts)


def plain(text: str) -> str:
    """Return the text in the form that is compared: composed characters, one kind of line end, no space around it."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()


def digest(text: str) -> str:
    """Return the SHA-256 of the plain text, which is stored as evidence."""
    return hashlib.sha256(plain(text).encode()).hexdigest()


def _fault(code: str, message: str) -> Fault:
    return Fault("/post_url", code, message)
