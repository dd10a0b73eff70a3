"""Transfers in double entry. Pure: no clock, no store.

A Transfer has an id made from what it is about, a kind, a reference and Postings; each Posting takes `amount` from one
account (credit side of the bookkeeper's T, here `source`) and gives it to another. Accounts are named by colon paths.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from dataclasses import dataclass

SUSPENSE = "platform:suspense"
COMMISSION_SHARDS = 16


def advertiser_available(advertiser_id: str) -> str:
    """What an advertiser can spend."""
    return f"advertiser:{advertiser_id}:available"


def creator_available(creator_id: str) -> str:
    """What a creator has earned and can withdraw."""
    return f"creator:{creator_id}:available"


def available(owner_id: str) -> str:
    """What this advertiser (`adv_…`) or creator (`cre_…`) has at hand."""
    return advertiser_available(owner_id) if owner_id.startswith("adv_") else creator_available(owner_id)


def withdrawing(owner_id: str) -> str:
    """What this advertiser or creator has asked to be paid out and has not yet got."""
    return f"{'advertiser' if owner_id.startswith('adv_') else 'creator'}:{owner_id}:withdrawing"


def task_held(task_id: str) -> str:
    """What is held for a task's orders."""
    return f"task:{task_id}:held"


def provider(name: str) -> str:
    """The payment provider's side: negative by what it has collected for us and not paid out."""
    return f"provider:{name}"


def commission(reference: str) -> str:
    """One of the platform's income accounts; which one follows from the reference, so that none is hot."""
    return f"platform:commission:{zlib.crc32(reference.encode()) % COMMISSION_SHARDS:02d}"


def commission_accounts() -> tuple[str, ...]:
    """All shards of the platform's income."""
    return tuple(f"platform:commission:{shard:02d}" for shard in range(COMMISSION_SHARDS))


def may_be_negative(account: str) -> bool:
    """Only a provider's account may: it mirrors the money that lies outside."""
    return account.startswith("provider:")


def is_statement(account: str) -> bool:
    """Whether people read this account's entries in order of time. Its entries are then keyed by time; those of every other
    account by the transfer's id, which is the condition that keeps a transfer from happening twice."""
    return account.endswith(":available")


@dataclass(frozen=True)
class Posting:
    """`amount` minor units (> 0) go from `source` to `destination`."""

    source: str
    destination: str
    amount: int


@dataclass(frozen=True)
class Transfer:
    """A movement of money that happens once: `id` decides whether it already did.

    Raises ValueError if a posting is not positive, stays within one account, or if no account involved keys its entries by
    transfer id (nothing would then stop a repeat)."""

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
        """The net signed amount per account; they sum to 0."""
        net: dict[str, int] = defaultdict(int)
        for posting in self.postings:
            net[posting.source] -= posting.amount
            net[posting.destination] += posting.amount
        return dict(net)
