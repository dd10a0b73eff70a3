"""Owners request withdrawals; a withdrawal is found and listed."""

from __future__ import annotations

from dataclasses import asdict

from chalicelib.core import clock, json_format
from chalicelib.core.errors import Fault, Problem, not_found
from chalicelib.core.idempotency import Attempt
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.payments.port import Payee
from chalicelib.store import Page, PageKey, Refused, put, read_page, transact
from chalicelib.store.create_once import create_once, stored_response
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.http.withdrawal_responses import Withdrawal as WithdrawalResponse
from chalicelib.wallet.http.withdrawal_responses import withdrawal_response
from chalicelib.wallet.postings import withdrawing
from chalicelib.wallet.proof.sealed_items import seal_of
from chalicelib.wallet.records import Withdrawal, WithdrawalStatus

QUEUE = "withdrawal"


def request(
    owner_id: str, amount: Money, provider_name: str, attempt: Attempt, payee: Payee | None = None
) -> tuple[WithdrawalResponse, bool]:
    """Move `amount` from available to withdrawing, to be paid to `payee`. Return the response, and whether it is that of an earlier
    attempt.

    Raises Problem `withdrawal_too_small` (422), `withdrawal_open` (409), InsufficientFunds (402)."""
    withdrawal_id = attempt.id("wdr")
    item, repeated = create_once(
        attempt,
        lambda: Withdrawal.find(withdrawal_id, "withdrawal"),
        lambda: _create(withdrawal_id, owner_id, amount, provider_name, attempt, payee),
    )
    return stored_response(item), repeated


def _create(
    withdrawal_id: str, owner_id: str, amount: Money, provider_name: str, attempt: Attempt, payee: Payee | None
) -> Withdrawal:
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
        queue=QUEUE,
        status="requested",
        provider=provider_name,
        amount=amount.amount,
        requested_at=clock.stamp(now),
        payee=asdict(payee) if payee else None,
        fingerprint=attempt.fingerprint,
        answer="",
    )
    item.answer = json_format.dumps(withdrawal_response(item))
    item.seal = seal_of(item)
    transfer = movements.withdrawal_requested(withdrawal_id, owner_id, amount.amount)
    moves = ledger.actions(transfer, now, into_empty=withdrawing(owner_id))
    try:
        transact([put("withdrawal", item, Withdrawal.pk.does_not_exist()), *moves])
    except Refused as refused:
        if f"balance:{withdrawing(owner_id)}" in refused.labels:
            raise Problem("withdrawal_open", "Another withdrawal is still under way.") from refused
        ledger.raise_if_insufficient(transfer, refused)
        raise
    return item


def find(withdrawal_id: str) -> Withdrawal:
    """Return the withdrawal, for finance. Raise Problem `not_found`."""
    return Withdrawal.existing(withdrawal_id, "withdrawal")


def find_own(withdrawal_id: str, owner_ids: tuple[str, ...]) -> Withdrawal:
    """Return the withdrawal of one of these owners. Raises 404 for any other."""
    item = find(withdrawal_id)
    if item.owner not in owner_ids:
        raise not_found("withdrawal")
    return item


def of_owner(owner_id: str, status: WithdrawalStatus | None, limit: int, after: PageKey | None) -> Page[Withdrawal]:
    """Return a page of the owner's withdrawals, newest first; of one status or all."""
    where = Withdrawal.sk == "withdrawal"
    return read_page(
        Withdrawal,
        owner_id,
        index="by_owner",
        limit=limit,
        after=after,
        where=where & (Withdrawal.status == status) if status else where,
    )


def listed(status: WithdrawalStatus, limit: int, after: PageKey | None) -> Page[Withdrawal]:
    """Return a page of all withdrawals of one status: `requested` ones oldest first, the others newest first."""
    queue = QUEUE if status == "requested" else f"withdrawal:{status}"
    newest_first = status != "requested"
    return read_page(Withdrawal, queue, index="by_queue", limit=limit, after=after, newest_first=newest_first)
