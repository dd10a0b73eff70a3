"""Tamper evidence. Pure: digests and chains, no store.

The reconciliation seals every ended day once, at no cost to the transfers. A seal has, per account, the digest of that day's
entries in the order of their keys, their number and their sum, and a MAC over these and the account's previous seal. A sign-off
over all accounts closes the day: the sum of the MACs of all seals, chained as well. No entry of a sealed day can be edited,
deleted, added or moved, and no seal removed, without the key of the MACs, which is in Secrets Manager and not in the table.
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
    """The entries of one day of one account, added in the order of their keys: their number, their sum, and a chained digest."""

    count: int = 0
    total: int = 0
    digest: str = ""

    def add(self, amount: int, *fields: str) -> None:
        """Add an entry: its amount and all its other fields."""
        self.count += 1
        self.total += amount
        self.digest = hashlib.sha256(_canonical([self.digest, amount, *fields])).hexdigest()

    def content(self) -> list[Any]:
        """Return the content of the seal: count, sum, digest."""
        return [self.count, self.total, self.digest]


def weave(before: int, key: bytes, amount: int, *transfer: str) -> int:
    """Return `before` plus an entry: its amount times the keyed hash of its transfer's fields. The sum over all entries is 0 if
    each transfer's entries sum to 0 and agree in these fields; otherwise it is 0 with a probability of about 1 in 2**190."""
    return (before + amount * int(_mac(key, ["weave", *transfer]), 16)) % _MODULUS


def add(one: int, other: int) -> int:
    """Return the sum of two weaves."""
    return (one + other) % _MODULUS


def progress(key: bytes, text: str) -> str:
    """Return the MAC of a run's stored progress. Without the key, a writer of the table cannot make the proof skip accounts."""
    return _mac(key, ["progress", text])


def seal(key: bytes, previous: str, account: str, day: str, content: list[Any]) -> str:
    """Return the MAC of a day of an account, chained to the account's `previous` MAC."""
    return _mac(key, ["seal", previous, account, day, content])


def sign_off(key: bytes, previous: str, through: str, roots: dict[str, str]) -> str:
    """Return the MAC over the roots of all days since the `previous` sign-off, up to and with `through`."""
    return _mac(key, ["sign-off", previous, through, sorted(roots.items())])


def item(key: bytes, kind: str, fields: list[Any]) -> str:
    """Return the MAC of an item beside the ledger, over all fields that decide where money goes (sealed_items.py)."""
    return _mac(key, ["item", kind, fields])


def head(key: bytes, through: str, mac: str) -> str:
    """Return the MAC of the ledger's head: the day and the MAC of the last sign-off."""
    return _mac(key, ["head", through, mac])


def merge(root: str, mac: str) -> str:
    """Return the root of a day plus the seal of an account; it does not depend on the order of accounts."""
    return f"{(int(root or '0', 16) + int(mac, 16)) % _MODULUS:064x}"


def _mac(key: bytes, document: list[Any]) -> str:
    return hmac.digest(key, _canonical(document), hashlib.sha256).hex()


def _canonical(document: list[Any]) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=True).encode()
