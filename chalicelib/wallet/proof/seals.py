"""Tamper evidence. Pure: digests and chains, no store.

Every day that has ended is sealed once, by the reconciliation, at no cost to the transfers: per account the digest of that
day's entries in the order of their keys, their count and their sum, and a MAC over these and the account's seal before. A
sign-off over all accounts closes the day: the sum of all seals' MACs, again chained. So of a sealed past no entry can be
edited, deleted, added or moved, and no seal removed, without the MACs' key, which lies in Secrets Manager and not in the table.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

_MODULUS = 1 << 256


@dataclass
class Day:
    """The entries of one day of one account, added in the order of their keys; `digest` chains them, nothing else is kept."""

    count: int = 0
    total: int = 0
    digest: str = ""

    def add(self, amount: int, *fields: str) -> None:
        """One entry: its amount and all its other fields."""
        self.count += 1
        self.total += amount
        self.digest = hashlib.sha256(_canonical([self.digest, amount, *fields])).hexdigest()

    def content(self) -> list[Any]:
        """What is sealed: count, sum, digest."""
        return [self.count, self.total, self.digest]


def weave(before: int, key: bytes, amount: int, *transfer: str) -> int:
    """`before` and one more entry: the sum of each amount times the keyed hash of its transfer's fields. It is 0 in the end if,
    and but for a chance of about 1 in 2**190 only if, each transfer's entries sum to 0 and agree in these fields."""
    return (before + amount * int(_mac(key, ["weave", *transfer]), 16)) % _MODULUS


def add(one: int, other: int) -> int:
    """Two weaves together."""
    return (one + other) % _MODULUS


def progress(key: bytes, text: str) -> str:
    """The MAC of a run's stored progress: who can write the table must not make the proof skip accounts."""
    return _mac(key, ["progress", text])


def seal(key: bytes, previous: str, account: str, day: str, content: list[Any]) -> str:
    """The MAC of an account's day, chained to the account's `previous` one."""
    return _mac(key, ["seal", previous, account, day, content])


def sign_off(key: bytes, previous: str, through: str, roots: dict[str, str]) -> str:
    """The MAC over the roots of all days since the `previous` sign-off, up to and with `through`."""
    return _mac(key, ["sign-off", previous, through, sorted(roots.items())])


def item(key: bytes, kind: str, fields: list[Any]) -> str:
    """The MAC of an item beside the ledger: all its fields that decide where money goes (sealed_items.py)."""
    return _mac(key, ["item", kind, fields])


def head(key: bytes, through: str, mac: str) -> str:
    """The MAC of the ledger's head: the day and the MAC of the last sign-off."""
    return _mac(key, ["head", through, mac])


def merge(root: str, mac: str) -> str:
    """The root of a day with one more account's seal in it: independent of the order of accounts."""
    return f"{(int(root or '0', 16) + int(mac, 16)) % _MODULUS:064x}"


def _mac(key: bytes, document: list[Any]) -> str:
    return hmac.digest(key, _canonical(document), hashlib.sha256).hex()


def _canonical(document: list[Any]) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=True).encode()
