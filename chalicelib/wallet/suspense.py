"""Suspense: money that the market holds and cannot place; the lists, and how finance resolves each item (rule 4).

The amount is that of the ledger's entry in `platform:suspense`; provider and transaction belong to the item's id. What a payment
claims to be for is in the item alone, which is sealed (sealed_items.py): an altered item can only be returned to its provider.
"""

from __future__ import annotations

from typing import Any, Literal

from chalicelib.core import clock, ids
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.log import recorded
from chalicelib.store import Page, Refused, read_page, transact
from chalicelib.store.retry import WriteConflict, retry_on_conflict
from chalicelib.wallet import ledger, movements, two_person_rule
from chalicelib.wallet.postings import SUSPENSE
from chalicelib.wallet.proof.sealed_items import altered, changed, intact, replaced
from chalicelib.wallet.records import Payment, SuspenseItem

Resolution = Literal["credited", "returned"]
Status = Literal["open", "credited", "returned"]
_OPEN = SuspenseItem.status == "open"
QUEUE = "suspense"


def listed(status: Status, limit: int, after: dict[str, Any] | None) -> Page[SuspenseItem]:
    """All items of one status: open ones oldest first, resolved ones newest first."""
    queue = QUEUE if status == "open" else f"suspense:{status}"
    newest_first = status != "open"
    return read_page(SuspenseItem, queue, index="by_queue", limit=limit, after=after, newest_first=newest_first)


def show(suspense_id: str) -> SuspenseItem:
    """The item. Raises 404."""
    item = SuspenseItem.find(suspense_id, "suspense")
    if item is None:
        raise not_found("suspense item")
    return item


def resolve(
    suspense_id: str, resolution: Resolution, advertiser_id: str | None, note: str | None, by: Decider
) -> SuspenseItem:
    """Credit the money to an advertiser, or return it to the provider. The same resolution again changes nothing. Above the
    limit of rule 26 the first person's resolution is only a confirmation: the item stays open until a second person resolves it
    the same way.

    Raises Problem `not_found`, `conflict_of_interest` for money of `by`, `revision_changed` (409), `already_decided` (409) if it
    was resolved otherwise, `record_altered` (409)."""
    decision = resolution if advertiser_id is None else f"{resolution}:{advertiser_id}"

    def decide() -> SuspenseItem:
        item = show(suspense_id)
        by.require_other([advertiser_id, item.advertiser_id, _payer(item)])
        if item.status != "open":
            if (item.status, item.advertiser_id) != (resolution, advertiser_id):
                raise Problem("already_decided", f"This was {item.status} before.")
            by.require_repeat(item.decided_revision, int(item.revision))
            return item
        if not two_person_rule.is_first(item.confirmation, decision, by.sub):
            by.require_read(int(item.revision))
        amount, now = _amount(item), clock.now()
        if resolution == "credited" and (amount != item.amount or not intact(item)):
            raise altered(item)
        if two_person_rule.needed(amount) and not two_person_rule.given(item.confirmation, decision, by.sub):
            first = two_person_rule.first(item.confirmation, decision, by.sub, now)
            if first == item.confirmation:
                return item
            after, money = changed(item, confirmation=first), []
        else:
            if resolution == "credited":
                transfer = movements.suspense_credited(suspense_id, str(advertiser_id), amount)
            else:
                transfer = movements.suspense_returned(suspense_id, item.provider, amount)
            money = [
                *ledger.actions(transfer, now),
                recorded("suspense", suspense_id, resolution, None, note, by, now),
            ]
            after = changed(
                item,
                status=resolution,
                queue=f"suspense:{resolution}",
                resolved_at=clock.stamp(now),
                resolved_by=by.sub,
                decided_revision=int(item.revision),
                advertiser_id=advertiser_id,
                note=item.note if note is None else note,
                confirmation=two_person_rule.second(item.confirmation, by.sub),
            )
        try:
            transact([replaced("suspense", item, after, _OPEN), *money])
        except Refused as refused:
            if "suspense" not in refused.labels:
                raise altered(item) from refused
            raise WriteConflict from refused
        return after

    return retry_on_conflict(decide)


def _payer(item: SuspenseItem) -> str | None:
    """The advertiser of the top-up that the payment names, if there is one."""
    payment = Payment.find(item.payment_id, "payment") if item.payment_id else None
    return None if payment is None else payment.owner


def _amount(item: SuspenseItem) -> int:
    """The amount of the ledger's entry in suspense, in minor units. Raises Problem `record_altered` if provider and transaction are
    not those of the item's id, the ledger has no such entry, or has a resolution already."""
    received, end = f"received:{item.provider}:{item.transaction_id}", f"resolve:{item.pk}"
    found = ledger.entries(SUSPENSE, (received, end))
    if ids.derive("sus", item.provider, item.transaction_id) != item.pk or found.keys() != {received}:
        raise altered(item)
    return int(found[received].amount)


def present(item: SuspenseItem) -> dict[str, Any]:
    """`{id, revision, status, provider, transaction_id, payment_id, amount, reason, at, advertiser_id, note, resolved_at,
    confirmation, decided_by}`; the last two name staff by their user ids."""
    return {
        "id": item.pk,
        "revision": int(item.revision),
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
        "confirmation": two_person_rule.present(item.confirmation),
        "decided_by": item.resolved_by,
    }
