"""Suspense: verified money that fits no open payment, and claims because of refunds and disputes; how finance resolves it (rule 4).

The amount is that of the ledger's entry in `platform:suspense`; provider and transaction belong to the item's id. The payment that
the money names is in the item alone, which is sealed (sealed_items.py): an altered item can only be returned to its provider.
"""

from __future__ import annotations

from typing import Literal

from chalicelib.accounts import advertisers
from chalicelib.core import clock, ids
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.decision_log import recorded
from chalicelib.store import Page, PageKey, Refused, read_page, transact
from chalicelib.store.retry import WriteConflict, retry_on_conflict
from chalicelib.wallet import ledger, movements, two_person_rule
from chalicelib.wallet.postings import SUSPENSE, Transfer
from chalicelib.wallet.proof.sealed_items import altered, changed, is_intact, replaced
from chalicelib.wallet.records import Payment, SuspenseItem, SuspenseStatus

Resolution = Literal["credited", "returned"]
_OPEN = SuspenseItem.status == "open"
QUEUE = "suspense"


def listed(status: SuspenseStatus, limit: int, after: PageKey | None) -> Page[SuspenseItem]:
    """Return a page of all items of one status: open ones oldest first, resolved ones newest first."""
    queue = QUEUE if status == "open" else f"suspense:{status}"
    newest_first = status != "open"
    return read_page(SuspenseItem, queue, index="by_queue", limit=limit, after=after, newest_first=newest_first)


def find(suspense_id: str) -> SuspenseItem:
    """Return the item. Raises 404."""
    return SuspenseItem.existing(suspense_id, "suspense", "suspense item")


def resolve(
    suspense_id: str, resolution: Resolution, advertiser_id: str | None, note: str | None, by: Decider
) -> SuspenseItem:
    """Credit the money to an advertiser, or return it to the provider. A repeat of the same resolution changes nothing. Above the
    limit of rule 26 the first person's resolution is a confirmation: the item stays open until a second person resolves it the same
    way.

    Raises InvalidBody for a credit without an advertiser or a return with one; Problem `not_found` for the item or the advertiser,
    `conflict_of_interest` for money of `by`, `revision_changed` (409), `already_decided` (409) if it was resolved otherwise,
    `record_altered` (409), `state_conflict` (409) for a claim on the balance of another advertiser."""
    if (advertiser_id is None) is (resolution == "credited"):
        raise InvalidBody(Fault("/advertiser_id", "mismatch", "`credited` needs advertiser_id, `returned` has none."))
    if advertiser_id is not None:
        advertisers.find(advertiser_id)
    decision = resolution if advertiser_id is None else f"{resolution}:{advertiser_id}"

    def decide() -> SuspenseItem:
        item = find(suspense_id)
        if item.is_claim and advertiser_id not in (None, item.advertiser_id):
            raise Problem("state_conflict", "This is a claim on the balance of another advertiser.")
        by.require_other([advertiser_id, item.advertiser_id, _payer(item)])
        if item.status != "open":
            if item.status != resolution or (advertiser_id != item.advertiser_id and not item.is_claim):
                raise Problem("already_decided", f"This was {item.status} before.")
            by.require_repeat(item.decided_revision, int(item.revision))
            return item
        if not two_person_rule.is_first(item.confirmation, decision, by.sub):
            by.require_read(int(item.revision))
        amount, now = _amount(item), clock.now()
        if resolution == "credited" and (amount != item.amount or not is_intact(item)):
            raise altered(item)
        if two_person_rule.is_needed(amount) and not two_person_rule.is_given(item.confirmation, decision, by.sub):
            first = two_person_rule.first(item.confirmation, decision, by.sub, now)
            if first == item.confirmation:
                return item
            after, money = changed(item, confirmation=first), []
        else:
            after = changed(
                item,
                status=resolution,
                queue=f"suspense:{resolution}",
                resolved_at=clock.stamp(now),
                resolved_by=by.sub,
                decided_revision=int(item.revision),
                advertiser_id=item.advertiser_id if item.is_claim else advertiser_id,
                note=item.note if note is None else note,
                confirmation=two_person_rule.second(item.confirmation, by.sub),
            )
            transfer = _transfer(item, resolution, advertiser_id, amount)
            logged = recorded("suspense", suspense_id, resolution, None, note, by, now)
            money = [*ledger.actions(transfer, now), logged]
        try:
            transact([replaced("suspense", item, after, _OPEN), *money])
        except Refused as refused:
            if "suspense" not in refused.labels:
                raise altered(item) from refused
            raise WriteConflict from refused
        return after

    return retry_on_conflict(decide)


def resolve_by_provider(suspense_id: str, resolution: Resolution) -> SuspenseItem:
    """Resolve an open item as its provider reports: returned to the payer, or, of a claim, credited to its advertiser again. Return
    the item; one that is not open is unchanged. Raises Problem `not_found`, `record_altered`."""

    def decide() -> SuspenseItem:
        item = find(suspense_id)
        if item.status != "open":
            return item
        amount, now = _amount(item), clock.now()
        if amount != item.amount or not is_intact(item):
            raise altered(item)
        after = changed(
            item,
            status=resolution,
            queue=f"suspense:{resolution}",
            resolved_at=clock.stamp(now),
            resolved_by=f"provider:{item.provider}",
        )
        money = ledger.actions(_transfer(item, resolution, item.advertiser_id, amount), now)
        try:
            transact([replaced("suspense", item, after, _OPEN), *money])
        except Refused as refused:
            if "suspense" not in refused.labels:
                raise altered(item) from refused
            raise WriteConflict from refused
        return after

    return retry_on_conflict(decide)


def _transfer(item: SuspenseItem, resolution: Resolution, advertiser_id: str | None, amount: int) -> Transfer:
    if resolution == "credited":
        return movements.suspense_credited(item.pk, str(advertiser_id), amount)
    return movements.suspense_returned(item.pk, item.provider, amount)


def _payer(item: SuspenseItem) -> str | None:
    """Return the advertiser of the top-up that the payment names, if there is one."""
    payment = Payment.find(item.payment_id, "payment") if item.payment_id else None
    return None if payment is None else payment.owner


def _amount(item: SuspenseItem) -> int:
    """Return the amount of the ledger's entry in suspense, in minor units. Raises Problem `record_altered` if provider and
    transaction are not those of the item's id, the ledger has no such entry, or has a resolution already."""
    of_provider = f"{item.provider}:{item.transaction_id}"
    begins = {f"received:{of_provider}", f"claimed:{of_provider}"}
    found = ledger.entries(SUSPENSE, (*begins, f"resolve:{item.pk}"))
    if ids.derive("sus", item.provider, item.transaction_id) != item.pk or len(found) != 1 or not begins & found.keys():
        raise altered(item)
    return int(next(iter(found.values())).amount)
