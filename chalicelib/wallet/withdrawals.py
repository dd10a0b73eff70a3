"""Withdrawals: a creator's earnings or an advertiser's unspent balance leave the market (rule 21).

The amount waits in the owner's `withdrawing` account until the provider has paid it, or finance reports the payout's outcome. One
is open at a time because the request may only go into an empty `withdrawing` account; no lock and no second record is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Literal

from chalicelib import clock, wire
from chalicelib.errors import Fault, Problem, not_found
from chalicelib.idempotency import Attempt
from chalicelib.money import Money
from chalicelib.observability import logger
from chalicelib.payments.port import Payee, Payout, Provider
from chalicelib.settings import rules
from chalicelib.store import Page, Refused, put, read_page, transact, update
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.postings import withdrawing
from chalicelib.wallet.records import Withdrawal

Outcome = Literal["paid", "failed"]


def request(
    owner_id: str, amount: Money, provider_name: str, attempt: Attempt, payee: Payee | None = None
) -> tuple[dict[str, Any], bool]:
    """Moves `amount` from available to withdrawing: (answer, whether it repeats an earlier one). `payee` is whom the provider is to
    pay.

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
        payee=asdict(payee) if payee else None,
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


def pay_out(withdrawal_id: str, provider_named: Callable[[str], Provider], by: str) -> Withdrawal:
    """Has the withdrawal's provider pay it; the withdrawal as it is then: `paid`, `failed` (the money is at hand again), or still
    `requested`, with `payout` telling why. The same again pays nothing twice: what was sent is asked for first.

    That it is sent is written before it is; from then on finance cannot call it failed until the provider has said so. Raises
    Problem `not_found`, `payee_missing` (409)."""
    item = _find(withdrawal_id)
    if item.status != "requested":
        return item
    provider, amount = provider_named(item.provider), Money(int(item.amount), rules().currency)
    payee = Payee(**item.payee) if item.payee else None
    if payee is None and provider.needs_payee:
        raise Problem("payee_missing", f"The withdrawal names no account at {item.provider} to be paid to.")
    asked, known = item.payout, Payout("refused")
    if (asked or {}).get("status") == "sent":
        known = provider.find_payout(withdrawal_id)
    if known.status == "refused":
        asked = _tell(withdrawal_id, asked, "sent", None, by)
        if asked is None:
            return _find(withdrawal_id)
        known = provider.pay_out(withdrawal_id, amount, payee)
    if known.status in ("paid", "failed"):
        if known.status == "failed" and _tell(withdrawal_id, asked, "failed", known.reason, by) is None:
            return _find(withdrawal_id)
        return settle(withdrawal_id, "paid" if known.status == "paid" else "failed", known.reason, by)
    logger.warning(
        "payout not done", extra={"withdrawal": withdrawal_id, "status": known.status, "reason": known.reason}
    )
    _tell(withdrawal_id, asked, "sent" if known.status == "unknown" else "refused", known.reason, by)
    return _find(withdrawal_id)


def _tell(
    withdrawal_id: str, before: dict[str, Any] | None, status: str, reason: str | None, by: str
) -> dict[str, Any] | None:
    """Writes how far the payout is, if that is still as it was `before`; None if it is not, or the withdrawal has ended."""
    number = (before or {}).get("number", 0) + (status == "sent")
    payout = {"status": status, "reason": reason, "at": clock.stamp(clock.now()), "by": by, "number": number}
    same = Withdrawal.payout == before if before else Withdrawal.payout.does_not_exist()
    key = Withdrawal(pk=withdrawal_id, sk="withdrawal")
    change = [Withdrawal.payout.set(payout)]
    try:
        transact([update("withdrawal", key, change, (Withdrawal.status == "requested") & same)])
    except Refused:
        return None
    return payout


def settle(withdrawal_id: str, outcome: Outcome, note: str | None, by: str) -> Withdrawal:
    """The payout was made, or failed and the money is at hand again. The same outcome again changes nothing.

    Raises Problem `not_found`, `already_decided` (409) after the other outcome, `payout_unresolved` (409) for a failure that the
    provider has not confirmed."""
    item = _find(withdrawal_id)
    if outcome == "failed" and item.status == "requested" and (item.payout or {}).get("status") == "sent":
        raise Problem(
            "payout_unresolved", "The provider was told to pay and has not said that it failed: ask it first."
        )
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
    same = Withdrawal.status == "requested"
    if outcome == "failed":
        same &= Withdrawal.payout.does_not_exist() | (Withdrawal.payout == item.payout)
    try:
        transact([update("withdrawal", key, changes, same), *ledger.actions(transfer, now)])
    except Refused as refused:
        if "withdrawal" not in refused.labels:
            raise
        item = _find(withdrawal_id)
        if item.status == "requested":
            raise Problem("payout_unresolved", "The provider is being told to pay at this moment.") from refused
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
    """`{id, status, owner_id, amount, provider, payee, payout, requested_at, decided_at, note}`; the payee's account is masked."""
    return {
        "id": item.pk,
        "status": item.status,
        "owner_id": item.owner,
        "amount": Money(int(item.amount), rules().currency),
        "provider": item.provider,
        "payee": {"account": _masked(item.payee["account"])} if item.payee else None,
        "payout": _shown(item.payout) if item.payout else None,
        "requested_at": clock.parse(item.requested_at),
        "decided_at": clock.parse(item.decided_at) if item.decided_at else None,
        "note": item.note,
    }


def _shown(payout: dict[str, Any]) -> dict[str, Any]:
    return {"status": payout["status"], "reason": payout["reason"], "at": clock.parse(payout["at"])}


def _masked(account: str) -> str:
    """Enough to recognise one's own account by."""
    name, at, host = account.partition("@")
    return f"{name[:3]}***{at}{host}" if at else f"{account[:3]}***{account[-2:]}"


def _find(withdrawal_id: str) -> Withdrawal:
    item = Withdrawal.find(withdrawal_id, "withdrawal")
    if item is None:
        raise not_found("withdrawal")
    return item
