"""Running totals of the entries of an account, in bounded memory. Pure: no clock, no store.

Entries are attribute values of DynamoDB, because a damaged entry must be reported and must not end the proof.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any, TypedDict, cast

from chalicelib.wallet.postings import CLAIM, is_statement
from chalicelib.wallet.proof import seal_digests

NEAR_MAX = 5
RECENT_MAX = 2_000
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

Item = dict[str, dict[str, Any]]
Line = tuple[str, str, int]


@dataclass(frozen=True)
class Moments:
    """Stamps that divide entries: up to `settled` both sides of a transfer are written; from `recent` on the account may have moved
    while it was read; entries after `latest` are errors."""

    settled: str
    recent: str
    latest: str


class StoredFold(TypedDict):
    """A Fold in the stored progress of a proof."""

    total: int
    entries: int
    unsettled: int
    open_ids: int
    claimed: int
    debits: int
    credits: int
    weave: int
    days: dict[str, list[Any]]
    near: list[list[Any]]
    recent: list[list[Any]]
    recent_found: int
    odd: list[str]
    odd_found: int


@dataclass
class Fold:
    """`total` and `entries` must be those of the balance. `debits`, `credits` and `weave` are of settled transfers, `unsettled`
    counts the entries of younger ones. `open_ids` is the XOR of the ids, as numbers, of all withdrawals that began and of all that
    ended: since one is open at a time, the id of that one. `claimed` is the sum of the claims on the
    account. `days` has the content of seals, `near` the newest lines, `odd` the keys
    of items that are not entries as the ledger writes them (`odd_found` in all)."""

    total: int = 0
    entries: int = 0
    unsettled: int = 0
    open_ids: int = 0
    claimed: int = 0
    debits: int = 0
    credits: int = 0
    weave: int = 0
    days: dict[str, seal_digests.Day] = field(default_factory=dict)
    near: list[Line] = field(default_factory=list)
    recent: list[tuple[str, int]] = field(default_factory=list)
    recent_found: int = 0
    odd: list[str] = field(default_factory=list)
    odd_found: int = 0

    def add(self, item: Item, moments: Moments, key: bytes) -> None:
        """Add an entry, in the order of the keys."""
        self.entries += 1
        read = _read(item)
        if read is None:
            self._add_odd(item)
            return
        account, sk, transfer_id, kind, reference, at, amount = read
        expected = f"entry#{at}#{transfer_id}" if is_statement(account) else f"entry#{transfer_id}"
        if sk != expected or at > moments.latest:
            self._add_odd(item)
        self.total += amount
        if kind == CLAIM and is_statement(account):
            self.claimed -= amount
        act, _, withdrawal_id = transfer_id.partition(":")
        if act in ("withdraw", "withdrawn"):
            self.open_ids ^= int.from_bytes(withdrawal_id.encode())
        if at <= moments.settled:
            self.credits += max(amount, 0)
            self.debits += max(-amount, 0)
            self.weave = seal_digests.weave(self.weave, key, amount, transfer_id, kind, reference, at)
        else:
            self.unsettled += 1
        if at > moments.recent:
            self.recent_found += 1
            if len(self.recent) < RECENT_MAX:
                self.recent.append((at, amount))
        self.days.setdefault(at[:10], seal_digests.Day()).add(amount, account, sk, transfer_id, kind, reference, at)
        self.near = sorted([*self.near, (at, transfer_id, amount)])[-NEAR_MAX:]

    @property
    def open_withdrawal(self) -> str | None:
        """Return the id of the withdrawal that began and did not end; None if there is none, or more than one."""
        raw = self.open_ids.to_bytes((self.open_ids.bit_length() + 7) // 8)
        try:
            return raw.decode("ascii") or None
        except UnicodeDecodeError:
            return None

    def explains(self, balance: int, entries: int) -> bool:
        """Return True if a balance that was read just before the entries is that of the older ones and the first of the recent
        ones."""
        before = entries - (self.entries - self.recent_found)
        if self.recent_found > len(self.recent) or not 0 <= before <= len(self.recent):
            return False
        return self.total - sum(amount for _, amount in sorted(self.recent)[before:]) == balance

    def as_json(self) -> StoredFold:
        """Return the totals as JSON, for `from_json`."""
        content = {day: found.content() for day, found in self.days.items()}
        return cast("StoredFold", {**asdict(self), "days": content})

    @classmethod
    def from_json(cls, stored: StoredFold) -> Fold:
        """Return the totals of `as_json`."""
        lists: dict[str, Any] = {name: [tuple(line) for line in stored[name]] for name in ("near", "recent")}
        return cls(
            **{**stored, **lists, "days": {day: seal_digests.Day(*content) for day, content in stored["days"].items()}}
        )

    def _add_odd(self, item: Item) -> None:
        self.odd_found += 1
        if len(self.odd) < NEAR_MAX:
            self.odd.append(str(item["sk"]["S"]))


def line(item: Item) -> Line | None:
    """Return moment, transfer and amount of an entry; None if it cannot be read."""
    read = _read(item)
    return (read[5], read[2], read[6]) if read else None


def _read(item: Item) -> tuple[str, str, str, str, str, str, int] | None:
    try:
        fields = [str(item[name]["S"]) for name in ("pk", "sk", "transfer_id", "kind", "reference", "at")]
        amount = int(item["amount"]["N"])
    except (KeyError, ValueError):
        return None
    if not _STAMP.fullmatch(fields[5]):
        return None
    pk, sk, transfer_id, kind, reference, at = fields
    return pk, sk, transfer_id, kind, reference, at, amount
