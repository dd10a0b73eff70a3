"""Transfers in double entry. Pure: no clock, no store.

A Transfer has an id made from its subject, a kind, a reference and Postings; each Posting moves `amount` from one account (the
credit side of the T-account, here `source`) to another. Names of accounts are colon paths.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from dataclasses import dataclass

SUSPENSE = "platform:suspense"
COMMISSION_SHARDS = 16


def advertiser_available(advertiser_id: str) -> str:
    """Return the account of the money that an advertiser can spend."""
    return f"advertiser:{advertiser_id}:available"


def creator_available(creator_id: str) -> str:
    """Return the account of the money that a creator has earned and can withdraw."""
    return f"creator:{creator_id}:available"


def available(owner_id: str) -> str:
    """Return the account of the money that this advertiser (`adv_…`) or creator (`cre_…`) has at hand."""
    return advertiser_available(owner_id) if owner_id.startswith("adv_") else creator_available(owner_id)


def withdrawing(owner_id: str) -> str:
    """Return the account of the money whose payout this advertiser or creator has requested."""
    return f"{'advertiser' if owner_id.startswith('adv_') else 'creator'}:{owner_id}:withdrawing"


def task_held(task_id: str) -> str:
    """Return the account of the money that is held for a task's orders."""
    return f"task:{task_id}:held"


def provider(name: str) -> str:
    """Return the account of a payment provider: negative by the money that it has collected for the market and not paid out."""
    return f"provider:{name}"


def commission(reference: str) -> str:
    """Return one of the platform's income accounts, chosen by the reference so that writes are spread over all of them."""
    return f"platform:commission:{zlib.crc32(reference.encode()) % COMMISSION_SHARDS:02d}"


CLAIM = "claim"
"""The kind of transfer that an advertiser's balance need not cover: the money has left the market already."""


def may_be_negative(account: str, kind: str = "") -> bool:
    """Return True for the account of a provider, which mirrors the money outside the market, and for the account that a claim
    (`kind`) takes from."""
    return account.startswith("provider:") or (kind == CLAIM and account.startswith("advertiser:"))


def is_statement(account: str) -> bool:
    """Return True if the account's entries are read as a statement, in order of time.

    Its entries are keyed by time. Those of every other account are keyed by the transfer's id, which makes a transfer happen
    once."""
    return account.endswith(":available")


@dataclass(frozen=True)
class Posting:
    """`amount` minor units (> 0) go from `source` to `destination`."""

    source: str
    destination: str
    amount: int


@dataclass(frozen=True)
class Transfer:
    """A movement of money that happens once per `id`.

    Raises ValueError if a posting is not positive or stays within one account, or if no account of the transfer keys its entries by
    transfer id, which would allow a repeat."""

    id: str
    kind: str
    reference: str
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        if not self.postings:
            raise ValueError("a transfer has postings")
        for posting in self.postings:
            if posting.amount <= 0 or posting.source == posting.destination:
                raise ValueError(f"not a movement: {posting}")
        if all(is_statement(account) for account in self.amounts()):
            raise ValueError("no account of this transfer is keyed by transfer id")

    def amounts(self) -> dict[str, int]:
        """Return the net signed amount per account; they sum to 0."""
        net: dict[str, int] = defaultdict(int)
        for posting in self.postings:
            net[posting.source] -= posting.amount
            net[posting.destination] += posting.amount
        return dict(net)
