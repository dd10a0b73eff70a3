"""Is the post what was agreed (rules 14, 16)? Every difference is named, so that it can be mended."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chalicelib.core.errors import Fault
from chalicelib.social.port import Post, text_with_links
from chalicelib.tasks.content.ad_mark import AD_MARK, has_mark
from chalicelib.tasks.content.content_limits import Content


@dataclass(frozen=True)
class Agreement:
    """What was agreed: content, the account (under every name the network may know it by), and for a repost its
    source. `post_key` tells which URLs are of the same post: they have the same key."""

    content: Content
    authors: frozenset[str]
    source_url: str | None = None
    post_key: Callable[[str], str | None] = str

    @property
    def texts(self) -> frozenset[str]:
        """The agreed text, alone and with its links behind it: on some networks they are part of it."""
        text = self.content.text
        return frozenset({plain(text), plain(text_with_links(text, self.content.urls))})

    def is_source(self, url: str | None) -> bool:
        """Whether this is a URL of the post that was to be reposted."""
        return url is not None and self._key(url) == self._key(str(self.source_url))

    def _key(self, url: str) -> str:
        return self.post_key(url) or url


def differences(post: Post | None, agreed: Agreement) -> Iterator[Fault]:
    """One Fault for each difference between the post and the agreement; `pointer` is `/post_url`, as it is in the
    body."""
    if post is None:
        yield _fault("post_missing", "There is no post at this URL.")
        return
    if not post.public:
        yield _fault("post_not_public", "The post is not public: only its author, or some of its readers, can see it.")
    if post.author not in agreed.authors:
        yield _fault("wrong_account", "The post is by another account.")
    if plain(post.text) not in agreed.texts:
        yield _fault("text_differs", "The text is not the agreed one.")
    if not has_mark(post.text):
        yield _fault("ad_mark_missing", f"The mark {AD_MARK} is missing.")
    for url in agreed.content.urls:
        if url not in post.urls and url not in post.text:
            yield _fault("url_missing", f"The link {url} is missing.")
    for picture_id in agreed.content.picture_ids:
        if picture_id not in post.picture_ids:
            yield _fault("picture_missing", f"The picture {picture_id} is missing.")
    if agreed.source_url is not None and not agreed.is_source(post.repost_of):
        yield _fault("wrong_source", f"The post is not a repost of {agreed.source_url}.")


def plain(text: str) -> str:
    """The text as far as it matters: text_with_links characters, one kind of line end, no space around it."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()


def digest(text: str) -> str:
    """SHA-256 of the plain text, kept as evidence of what was fetched."""
    return hashlib.sha256(plain(text).encode()).hexdigest()


def _fault(code: str, message: str) -> Fault:
    return Fault("/post_url", code, message)
