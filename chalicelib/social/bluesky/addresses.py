"""The addresses of Bluesky: posts in every form that people paste, and the record key of a post that the market publishes. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple
from urllib.parse import unquote

from chalicelib.social.port import stripped_url

COLLECTION = "app.bsky.feed.post"
_DID = r"did:[a-z]+:[A-Za-z0-9._:-]*[A-Za-z0-9._-]"
_HANDLE = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_REPOSITORY = re.compile(f"{_DID}|{_HANDLE}")
_POST = re.compile(
    r"(?:(?i:(?:https?://)?(?:www\.)?bsky\.app)/profile/([^/?#]{3,300})/post"
    rf"|at://([^/?#]{{3,300}})/{re.escape(COLLECTION)})"
    r"/([A-Za-z0-9._~:-]{1,512})/?(?:[?#].*)?"
)
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_KEYS_FROM = 1_672_531_200_000_000
"""2023-01-01 in microseconds: a time within half a year of it is in the keys of the market's posts."""


class PostAddress(NamedTuple):
    """A post: the repository by DID or by handle (in lower case), and the record key."""

    repository: str
    rkey: str

    @property
    def uri(self) -> str:
        return f"at://{self.repository}/{COLLECTION}/{self.rkey}"

    @property
    def url(self) -> str:
        return f"https://bsky.app/profile/{self.repository}/post/{self.rkey}"


def post_address(url: str) -> PostAddress | None:
    """Return the address in a URL of bsky.app or an AT URI, ignoring surrounding spaces and the case of the host; None for any
    other form."""
    found = _POST.fullmatch(stripped_url(url))
    if found is None:
        return None
    repository = unquote(found[1] or found[2]).lstrip("@")
    if not _REPOSITORY.fullmatch(repository):
        return None
    return PostAddress(repository if is_did(repository) else repository.lower(), found[3])


def is_did(text: str) -> bool:
    """Return whether this is a DID, else it is a handle."""
    return text.startswith("did:")


def rkey_of(key: str) -> str:
    """Return the record key for a publication: a TID that depends on `key` only, so that a repeat writes the same record."""
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    number = (_KEYS_FROM + (digest >> 20)) << 10 | digest & 1023
    return "".join(_SORTABLE[number >> shift & 31] for shift in range(60, -5, -5))
