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
from dataclasses import dataclass, field
from typing import Any

_MODULUS = 1 << 256


@dataclass
class Day:
    """The entries of one day of one account, added in the order of their keys; nothing of them is kept."""

    count: int = 0
    total: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    def add(self, amount: int, *fields: str) -> None:
        """One entry: its amount and all its other fields."""
        self.count += 1
        self.total += amount
        self._digest.update(_canonical([amount, *fields]) + b"\n")

    def content(self) -> list[Any]:
        """What is sealed: count, sum, digest."""
        return [self.count, self.total, self._digest.hexdigest()]


def seal(key: bytes, previous: str, account: str, day: str, content: list[Any]) -> str:
    """The MAC of an account's day, chained to the account's `previous` one."""
    return _mac(key, ["seal", previous, account, day, content])


def sign_off(key: bytes, previous: str, through: str, roots: dict[str, str]) -> str:
    """The MAC over the roots of all days since the `previous` sign-off, up to and with `through`."""
    return _mac(key, ["sign-off", previous, through, sorted(roots.items())])


def merge(root: str, mac: str) -> str:
    """The root of a day with one more account's seal in it: independent of the order of accounts."""
    return f"{(int(root or '0', 16) + int(mac, 16)) % _MODULUS:064x}"


def _mac(key: bytes, document: list[Any]) -> str:
    return hmac.digest(key, _canonical(document), hashlib.sha256).hex()


def _canonical(document: list[Any]) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=True).encode()
