"""Money we hold and cannot place: the list, and how finance resolves each (rule 4)."""

from __future__ import annotations

from typing import Any, Literal

from chalicelib import clock
from chalicelib.errors import Problem, not_found
from chalicelib.money import Money
from chalicelib.settings import rules
from chalicelib.store import Page, Refused, read_page, transact, update
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.records import SuspenseItem

Resolution = Literal["credited", "returned"]


def waiting(limit: int, after: dict[str, Any] | None) -> Page[SuspenseItem]:
    """What finance has yet to resolve, oldest first."""
    return read_page(SuspenseItem, "suspense", index="by_queue", limit=limit, after=after, newest_first=False)


def show(suspense_id: str) -> SuspenseItem:
    """The item. Raises 404."""
    item = SuspenseItem.find(suspense_id, "suspense")
    if item is None:
        raise not_found("suspense item")
    return item


def resolve(
    suspense_id: str, resolution: Resolution, advertiser_id: str | None, note: str | None, by: str
) -> SuspenseItem:
    """Credits the money to an advertiser, or returns it to the provider. The same resolution again changes nothing.

    Raises Problem `not_found`, `already_decided` (409) if it was resolved otherwise."""
    item = show(suspense_id)
    amount, now = int(item.amount), clock.now()
    if resolution == "credited":
        transfer = movements.suspense_credited(suspense_id, str(advertiser_id), amount)
    else:
        transfer = movements.suspense_returned(suspense_id, item.provider, amount)
    changes = [
        SuspenseItem.status.set(resolution),
        SuspenseItem.resolved_at.set(clock.stamp(now)),
        SuspenseItem.resolved_by.set(by),
        SuspenseItem.queue.remove(),
    ]
    if advertiser_id is not None:
        changes.append(SuspenseItem.advertiser_id.set(advertiser_id))
    if note is not None:
        changes.append(SuspenseItem.note.set(note))
    key = SuspenseItem(pk=suspense_id, sk="suspense")
    try:
        transact([update("suspense", key, changes, SuspenseItem.status == "open"), *ledger.actions(transfer, now)])
    except Refused as refused:
        if "suspense" not in refused.labels:
            raise
        item = show(suspense_id)
        if (item.status, item.advertiser_id) != (resolution, advertiser_id):
            raise Problem("already_decided", f"This was {item.status} before.") from refused
        return item
    return show(suspense_id)


def present(item: SuspenseItem) -> dict[str, Any]:
    """`{id, status, provider, transaction_id, payment_id, amount, reason, at, advertiser_id, note, resolved_at}`."""
    return {
        "id": item.pk,
        "status": item.status,
        "provider": item.provider,
        "transaction_id": item.transaction_id,
        "payment_id": item.payment_id,
        "amount": Money(int(item.amount), rules().currency),
        "reason": item.reason,
        "at": clock.parse(item.at),
        "advertiser_id": item.advertiser_id,
        "note": item.note,
        "resolved_at": clock.parse(item.resolved_at) if item.resolved_at else None,
    }
