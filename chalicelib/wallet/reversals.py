"""Refunds and disputes of top-ups: the provider has taken money back, or has withheld it (rule 4).

A claim moves the amount from the advertiser's balance, which may become negative by it, to suspense. Until top-ups or returns have
made the balance positive again, the advertiser can spend and withdraw nothing. When the outcome is known, the item in suspense is
returned to the provider, or credited to the advertiser again.
"""

from __future__ import annotations

from typing import Literal

from chalicelib.core import clock, ids
from chalicelib.core.observability import count, logger
from chalicelib.payments.port import PaidNotice, ReversalNotice
from chalicelib.store import Refused, put, transact
from chalicelib.store.retry import WriteConflict, retry_on_conflict
from chalicelib.wallet import ledger, movements, suspense, topups
from chalicelib.wallet.postings import SUSPENSE
from chalicelib.wallet.postings import provider as provider_account
from chalicelib.wallet.proof.sealed_items import altered, is_intact, seal_of
from chalicelib.wallet.records import CLAIM_REASONS, Entry, Payment, SuspenseItem

Outcome = Literal["claimed", "returned", "reinstated", "suspended", "repeated", "contradicted", "ignored"]


def book(notice: ReversalNotice) -> Outcome:
    """Book a verified refund or dispute, once, however often its notifications arrive.

    Return `claimed` (its outcome is open), `returned` (the payer has the money), `reinstated` (the market has it again),
    `suspended` (the part of a payment without a notification that was not refunded), `repeated` or `ignored` (nothing moved), or
    `contradicted` (nothing moved: the provider named another amount for it before). Raises Problem `record_altered` if the payment
    or the claim is not as the market wrote it."""
    received = _received(notice)
    if received is None:
        if notice.state == "withdrawn":
            return "ignored"
        if notice.reversal_id is None and notice.amount < notice.paid:
            rest = PaidNotice(notice.provider, notice.transaction_id, notice.payment_id, notice.paid - notice.amount)
            return "suspended" if topups.suspend(rest, "refunded") == "suspended" else "repeated"
        topups.credit(PaidNotice(notice.provider, notice.transaction_id, notice.payment_id, notice.paid))
        received = _received(notice)
    if received is None:
        return "ignored"
    owner = _owner(notice, received)
    if owner is None:
        return _end_suspense(notice, received)
    return retry_on_conflict(lambda: _claim(notice, owner))


def _received(notice: ReversalNotice) -> Entry | None:
    return ledger.entry(provider_account(notice.provider), f"received:{notice.provider}:{notice.transaction_id}")


def _owner(notice: ReversalNotice, received: Entry) -> str | None:
    """Return the advertiser to whom the payment was credited; None if it was not."""
    if received.kind == "topup":
        payment = Payment.find(received.reference, "payment")
        if payment is None:
            return None
        if not is_intact(payment):
            raise altered(payment)
        return payment.owner
    item = _suspense_of(notice)
    if item is None or item.status != "credited":
        return None
    if not is_intact(item):
        raise altered(item)
    return item.advertiser_id


def _suspense_of(notice: ReversalNotice) -> SuspenseItem | None:
    return SuspenseItem.find(ids.derive("sus", notice.provider, notice.transaction_id), "suspense")


def _end_suspense(notice: ReversalNotice, received: Entry) -> Outcome:
    """Return the money of a payment that is still in suspense, if all of it went back to the payer. Anything else is left to
    finance."""
    item = _suspense_of(notice)
    if (
        item is not None
        and item.status == "open"
        and notice.state == "final"
        and notice.amount == -int(received.amount)
    ):
        suspense.resolve_by_provider(item.pk, "returned")
        return "returned"
    logger.warning("reversal of money in suspense", extra={"transaction": notice.transaction_id, "state": notice.state})
    return "ignored"


def _claim(notice: ReversalNotice, owner: str) -> Outcome:
    reversal_id, amount = _reversal(notice)
    if notice.reversal_id is None:
        _end_interrupted(notice)
    if amount <= 0:
        return "repeated"
    transfer = movements.claim(notice.provider, reversal_id, owner, amount)
    suspense_id = ids.derive("sus", notice.provider, reversal_id)
    item = SuspenseItem.find(suspense_id, "suspense")
    if item is None:
        if notice.state == "withdrawn":
            return "ignored"
        now = clock.now()
        item = SuspenseItem(
            pk=suspense_id,
            sk="suspense",
            queue=suspense.QUEUE,
            listed_at=f"{clock.stamp(now)}#{suspense_id}",
            status="open",
            provider=notice.provider,
            transaction_id=reversal_id,
            payment_id=notice.payment_id,
            amount=amount,
            reason=CLAIM_REASONS[notice.kind],
            at=clock.stamp(now),
            advertiser_id=owner,
        )
        item.seal = seal_of(item)
        try:
            transact([put("suspense", item, SuspenseItem.pk.does_not_exist()), *ledger.actions(transfer, now)])
        except Refused as refused:
            raise WriteConflict from refused  # another notification was first: read its claim
        count("SuspenseReceived", reason=item.reason)
    elif int(item.amount) != amount:
        count("ProviderContradictions")
        logger.error("contradictory notices from the provider", extra={"reversal": reversal_id, "claimed": amount})
        return "contradicted"
    return _end_claim(notice, item)


def _end_claim(notice: ReversalNotice, item: SuspenseItem) -> Outcome:
    if notice.state == "open":
        return "claimed"
    if notice.state == "final":
        suspense.resolve_by_provider(item.pk, "returned")
        return "returned"
    if suspense.resolve_by_provider(item.pk, "credited").status == "credited":
        return "reinstated"
    # It was final before, so the provider has returned money that had left the ledger.
    again = PaidNotice(notice.provider, f"{item.transaction_id}:reinstated", notice.payment_id, notice.amount)
    return "reinstated" if topups.suspend(again, "reinstated") == "suspended" else "repeated"


def _reversal(notice: ReversalNotice) -> tuple[str, int]:
    """Return the id and the amount of the reversal. Without an id of its own it is the growth of the provider's total; its id
    has the total before, so that two notifications at once do not claim the same amount twice."""
    if notice.reversal_id is not None:
        return notice.reversal_id, notice.amount
    before = sum(int(entry.amount) for entry in _claims(notice))
    return f"{notice.transaction_id}:{before}", notice.amount - before


def _end_interrupted(notice: ReversalNotice) -> None:
    """Return the open claims of a final total to the provider: the process that made them did not end them."""
    for entry in _claims(notice):
        suspense.resolve_by_provider(ids.derive("sus", notice.provider, entry.reference), "returned")


def _claims(notice: ReversalNotice) -> list[Entry]:
    begin = f"entry#claimed:{notice.provider}:{notice.transaction_id}:"
    return list(Entry.query(SUSPENSE, Entry.sk.startswith(begin), consistent_read=True))
