"""Identifiers: a prefix that says what it names, and a ULID (https://github.com/ulid/spec).

An id made from what a request is about (`derive`) is the same however often the request comes: that, with a condition
on the write, is what makes every retry safe.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from chalicelib.core import clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORM = re.compile(r"[a-z]{3,4}_[0-7][0-9A-HJKMNP-TV-Z]{25}")


def _ulid(number: int) -> str:
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -5, -5))


def new(prefix: str) -> str:
    """A fresh id: 48 bits of time, so that ids sort by age, and 80 random bits."""
    milliseconds = int(clock.now().timestamp() * 1000)
    return f"{prefix}_{_ulid(milliseconds << 80 | secrets.randbits(80))}"


def derive(prefix: str, *parts: str) -> str:
    """The id that belongs to these parts: 128 bits of SHA-256 in ULID's alphabet. Says nothing about time."""
    digest = hashlib.sha256("\x1f".join((prefix, *parts)).encode()).digest()
    return f"{prefix}_{_ulid(int.from_bytes(digest[:16], 'big'))}"


def is_id(prefix: str, text: str) -> bool:
    """Whether `text` has the form of an id of this kind. Anything else cannot exist and needs no look-up."""
    return text.startswith(f"{prefix}_") and _FORM.fullmatch(text) is not None
