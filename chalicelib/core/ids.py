"""Identifiers: a prefix for the kind of item, and a ULID (https://github.com/ulid/spec).

An id that is derived from the subject of a request (`derive`) is the same for every repeat of the request. Together with a
condition on the write this makes retries safe.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime

from chalicelib.core import clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORM = re.compile(r"[a-z]{3,4}_[0-7][0-9A-HJKMNP-TV-Z]{25}")


def _ulid(number: int) -> str:
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -5, -5))


def new(prefix: str) -> str:
    """Return a new id: 48 bits of time, so that ids sort by age, and 80 random bits."""
    milliseconds = int(clock.now().timestamp() * 1000)
    return f"{prefix}_{_ulid(milliseconds << 80 | secrets.randbits(80))}"


def derive(prefix: str, *parts: str) -> str:
    """Return the id of these parts: 128 bits of SHA-256 in the alphabet of ULIDs, without a time."""
    digest = hashlib.sha256("\x1f".join((prefix, *parts)).encode()).digest()
    return f"{prefix}_{_ulid(int.from_bytes(digest[:16], 'big'))}"


def derive_at(prefix: str, moment: datetime, *parts: str) -> str:
    """Return the id of these parts with a time: 48 bits of `moment`, so that ids sort by it, and 80 bits of SHA-256."""
    digest = hashlib.sha256("\x1f".join((prefix, *parts)).encode()).digest()
    return f"{prefix}_{_ulid(int(moment.timestamp() * 1000) << 80 | int.from_bytes(digest[:10], 'big'))}"


def is_id(prefix: str, text: str) -> bool:
    """Return True if `text` has the form of an id of this kind. An item with another id cannot exist, so no look-up is needed."""
    return text.startswith(f"{prefix}_") and _FORM.fullmatch(text) is not None
