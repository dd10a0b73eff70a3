"""Withdrawals: a creator's earnings or an advertiser's unspent balance leave the market (rule 21).

The amount waits in the owner's `withdrawing` account until finance reports the payout's outcome. One is open at a time because
the request may only go into an empty `withdrawing` account; no lock and no second record is needed for it.
"""

from __future__ import annotations

from typing import Any, Literal

from chalicelib import clock, wire
from chalicelib.errors import Fault, Problem, not_found
from chalicelib.idempotency import Attempt
from chalicelib.money import Money
from chalicelib.settings import rules
from chalicelib.store import Page, Refused, put, read_page, transact, update
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.postings import withdrawing
from chalicelib.wallet.records import Withdrawal

Outcome = Literal["paid", "failed"]


def request(owner_id: str, amount: Money, provider_name: str, attempt: Attempt) -> tuple[dict[str, Any], bool]:
    """Moves `amount` from available to withdrawing: (answer, whether it repeats an earlier one).

    Raises Problem `withdrawal_too_small` (422), `withdrawal_open` (409), InsufficientFunds (402)."""
    withdrawal_id = attempt.id("wdr")
    known = Withdrawal.find(withdrawal_id, "withdrawal")
    if known is not None:
        return attempt.replay(known.fingerprint, known.answer), True
    least = rules().withdrawal_min
    if amount.amount < least:
        detail = f"A withdrawal is at least {Money(least, amount.currency)}."
        raise Problem("withdrawal_too_small", detail, faults=[Fault("/amount/amount", "out_of_range", detail)])
    now = clock.now()
    item = Withdrawal(
        pk=withdrawal_id,
        sk="withdrawal",
        owner=owner_id,
        listed_at=f"{clock.stamp(now)}#{withdrawal_id}",
        queue="withdrawal",
        status="requested",
        provider=provider_name,
        amount=amount.amount,
        requested_at=clock.stamp(now),
        fingerprint=attempt.fingerprint,
        answer="",
    )
    body = present(item)
    item.answer = wire.dumps(body)
    transfer = movements.withdrawal_requested(withdrawal_id, owner_id, amount.amount)
    moves = ledger.actions(transfer, now, into_empty=withdrawing(owner_id))
    try:
        transact([put("withdrawal", item, Withdrawal.pk.does_not_exist()), *moves])
    except Refused as refused:
        known = Withdrawal.find(withdrawal_id, "withdrawal")
        if known is not None:
            return attempt.replay(known.fingerprint, known.answer), True
        if f"balance:{withdrawing(owner_id)}" in refused.labels:
            raise Problem("withdrawal_open", "Another withdrawal is still under way.") from refused
        ledger.raise_if_insufficient(transfer, refused)
        raise
    return body, False


def settle(withdrawal_id: str, outcome: Outcome, note: str | None, by: str) -> Withdrawal:
    """The payout was made, or failed and the money is at hand again. The same outcome again changes nothing.

    Raises Problem `not_found`, `already_decided` (409) after the other outcome."""
    item = _find(withdrawal_id)
    amount, owner_id, now = int(item.amount), str(item.owner), clock.now()
    if outcome == "paid":
        transfer = movements.withdrawal_paid(withdrawal_id, owner_id, item.provider, amount)
    else:
        transfer = movements.withdrawal_failed(withdrawal_id, owner_id, amount)
    changes = [
        Withdrawal.status.set(outcome),
        Withdrawal.decided_at.set(clock.stamp(now)),
        Withdrawal.decided_by.set(by),
        Withdrawal.queue.remove(),
    ]
    if note is not None:
        changes.append(Withdrawal.note.set(note))
    key = Withdrawal(pk=withdrawal_id, sk="withdrawal")
    try:
        transact([update("withdrawal", key, changes, Withdrawal.status == "requested"), *ledger.actions(transfer, now)])
    except Refused as refused:
        if "withdrawal" not in refused.labels:
            raise
        item = _find(withdrawal_id)
        if item.status != outcome:
            raise Problem("already_decided", f"This withdrawal is {item.status}.") from refused
        return item
    return _find(withdrawal_id)


def show(withdrawal_id: str, owner_ids: tuple[str, ...]) -> Withdrawal:
    """The withdrawal of one of these owners. Raises 404 for any other."""
    item = _find(withdrawal_id)
    if item.owner not in owner_ids:
        raise not_found("withdrawal")
    return item


def of_owner(owner_id: str, limit: int, after: dict[str, Any] | None) -> Page[Withdrawal]:
    """The owner's withdrawals, newest first."""
    return read_page(
        Withdrawal,
        owner_id,
        index="by_owner",
        limit=limit,
        after=after,
        where=Withdrawal.sk == "withdrawal",
    )


def waiting(limit: int, after: dict[str, Any] | None) -> Page[Withdrawal]:
    """What finance has yet to pay out, oldest first."""
    return read_page(Withdrawal, "withdrawal", index="by_queue", limit=limit, after=after, newest_first=False)


def present(item: Withdrawal) -> dict[str, Any]:
    """`{id, status, owner_id, amount, requested_at, decided_at, note}`."""
    return {
        "id": item.pk,
        "status": item.status,
        "owner_id": item.owner,
        "amount": Money(int(item.amount), rules().currency),
        "requested_at": clock.parse(item.requested_at),
        "decided_at": clock.parse(item.decided_at) if item.decided_at else None,
        "note": item.note,
    }


def _find(withdrawal_id: str) -> Withdrawal:
    item = Withdrawal.find(withdrawal_id, "withdrawal")
    if item is None:
        raise not_found("withdrawal")
    return item
