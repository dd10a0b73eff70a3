"""The writes of a withdrawal under way: confirmation, payout sent, its state, its outcome. Each checks what was read before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.observability import logger
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.decision_log import recorded
from chalicelib.payments.port import Payout
from chalicelib.store import Action, Refused, check, transact, update
from chalicelib.store.retry import WriteConflict, retry_on_conflict
from chalicelib.wallet import ledger, movements, two_person_rule
from chalicelib.wallet.http.responses import money
from chalicelib.wallet.postings import provider as provider_account
from chalicelib.wallet.postings import withdrawing
from chalicelib.wallet.proof.sealed_items import altered, changed, is_intact, replaced
from chalicelib.wallet.records import Balance, Entry, PayoutProgress, Withdrawal

Outcome = Literal["paid", "failed"]
_OPEN = Withdrawal.status == "requested"
_PROGRESS: dict[str, Literal["sent", "refused", "waiting", "pending"]] = {
    "unknown": "sent",
    "refused": "refused",
    "waiting": "waiting",
    "pending": "pending",
}
"""The stored state of a payout by the provider's; a final one is an outcome."""


def amount_of(item: Withdrawal) -> int:
    """Return the amount of the ledger's entry of the request, in minor units. Raises Problem `record_altered` if this owner's
    account has no such entry, or has an outcome already."""
    request, end = f"withdraw:{item.pk}", f"withdrawn:{item.pk}"
    found = ledger.entries(withdrawing(str(item.owner)), (request, end))
    if found.keys() != {request}:
        raise altered(item)
    return int(found[request].amount)


def trusted_amount(item: Withdrawal) -> int:
    """Return the amount of an item that is as the market wrote it, payee included. Raises Problem `record_altered`."""
    amount = amount_of(item)
    if amount != item.amount or not is_intact(item):
        raise altered(item)
    return amount


def is_sent(item: Withdrawal) -> bool:
    """Return True if the provider may be paying it now."""
    return item.payout is not None and item.payout["status"] in ("sent", "pending")


def confirm(item: Withdrawal, decision: str, by: str, two: bool) -> bool:
    """Return True if `by` can make this decision now: it does not need two people, or another person confirmed it. Otherwise write
    the confirmation of `by`. Raises WriteConflict."""
    if not two or two_person_rule.is_given(item.confirmation, decision, by):
        return True
    first = two_person_rule.first(item.confirmation, decision, by, clock.now())
    if first != item.confirmation:
        _write(item, changed(item, confirmation=first))
    return False


def write_sent(item: Withdrawal, amount: int, by: str) -> Withdrawal:
    """Write that the payout is sent. Return the item as written.

    The transaction checks that the entry of the request has this amount, that there is no outcome, and that the amount is
    covered by the owner's `withdrawing` account and by the balance of the provider without the payouts under way (`paying` of
    its account). Raises WriteConflict, Problem `provider_not_funded`, `record_altered`."""
    now, before = clock.stamp(clock.now()), item.payout
    payout: PayoutProgress = {
        "status": "sent",
        "reason": None,
        "at": now,
        "sent_at": now,
        "by": by,
        "number": (before.get("number", 0) if before else 0) + 1,
        "paying": amount,
    }
    if before and (declined := before.get("declined")):
        payout["declined"] = declined
    after = changed(item, payout=payout, confirmation=two_person_rule.second(item.confirmation, by))
    account = withdrawing(str(item.owner))
    request, end = (Entry(pk=account, sk=f"entry#{name}:{item.pk}") for name in ("withdraw", "withdrawn"))
    checks = [
        check("request", request, Entry.amount == amount),
        check("end", end, Entry.pk.does_not_exist()),
        check("withdrawing", Balance(pk=account, sk=ledger.BALANCE), Balance.balance >= amount),
    ]

    def decide() -> Withdrawal:
        reserved = [] if before and before.get("paying") else [_reserve(item.provider, amount)]
        try:
            _write(item, after, checks + reserved)
        except Refused as refused:
            if refused.labels.keys() & {"request", "end", "withdrawing"}:
                raise altered(item) from refused
            raise _ProviderMoved from refused
        return after

    return retry_on_conflict(decide, conflict=_ProviderMoved)


class _ProviderMoved(Exception):
    """The balance of the provider has changed since it was read."""


def _reserve(provider: str, amount: int) -> Action:
    """Return the action that adds the amount to the payouts under way of the provider's account. Raises Problem
    `provider_not_funded`."""
    balance = Balance.find(provider_account(provider), ledger.BALANCE)
    holds, paying = (-int(balance.balance), int(balance.paying or 0)) if balance else (0, 0)
    if holds - paying < amount:
        raise _not_funded(provider, amount)
    same = Balance.paying == paying if paying else Balance.paying.does_not_exist() | (Balance.paying == 0)
    covers = (Balance.balance <= -(paying + amount)) & same
    return update("provider", _balance_of(provider), [Balance.paying.set(paying + amount)], covers)


def _not_funded(provider: str, amount: int) -> Problem:
    return Problem("provider_not_funded", f"{provider} does not hold {money(amount)} for the market.")


def write_progress(item: Withdrawal, found: Payout, by: str) -> None:
    """Write the state of a payout without outcome, unless it is the known one. Raises WriteConflict."""
    status = _PROGRESS[found.status]
    extra = {"withdrawal": item.pk, "status": status, "reason": found.reason}
    logger.warning("payout not made", extra=extra)
    payout: PayoutProgress = {"status": status, "reason": found.reason, "at": clock.stamp(clock.now()), "by": by}
    if item.payout is not None:
        payout = {**item.payout, **payout}
        if (item.payout["status"], item.payout["reason"], found.declined) == (status, found.reason, False):
            return
    if found.declined:
        payout["declined"] = payout.get("declined", 0) + 1
    freed: list[Action] = []
    if status in ("refused", "waiting") and (paying := payout.pop("paying", 0)):
        freed = [update("provider", _balance_of(item.provider), [Balance.paying.add(-paying)], None)]
    _write(item, changed(item, payout=payout), freed)


def book(item: Withdrawal, amount: int, outcome: Outcome, note: str | None, decider: Decider) -> Withdrawal:
    """Write the outcome and post its transfer. Return the item as written. Raises WriteConflict, and Problem `provider_not_funded`
    for a payout by hand that the provider's account does not cover."""
    now, owner_id, paying = clock.now(), str(item.owner), item.payout.get("paying", 0) if item.payout else 0
    account = provider_account(item.provider)
    freed = [Balance.paying.add(-paying)] if paying else []
    if outcome == "paid":
        transfer = movements.withdrawal_paid(item.pk, owner_id, item.provider, amount)
        covered = None if is_sent(item) else Balance.balance <= -amount
        actions = ledger.actions(transfer, now, changes={account: freed}, conditions={account: covered})
    else:
        transfer = movements.withdrawal_failed(item.pk, owner_id, amount)
        actions = ledger.actions(transfer, now)
        actions += [update("provider", _balance_of(item.provider), freed, None)] if freed else []
    after = changed(
        item,
        status=outcome,
        queue=f"withdrawal:{outcome}",
        decided_at=clock.stamp(now),
        decided_by=decider.sub,
        decided_revision=int(item.revision),
        note=item.note if note is None else note,
        confirmation=two_person_rule.second(item.confirmation, decider.sub),
    )
    logged = recorded("withdrawal", item.pk, outcome, None, note, decider, now)
    try:
        _write(item, after, [*actions, logged])
    except Refused as refused:
        if f"balance:{account}" in refused.labels:
            raise _not_funded(item.provider, amount) from refused
        raise altered(item) from refused
    return after


def _write(item: Withdrawal, after: Withdrawal, actions: Iterable[Action] = ()) -> None:
    """Write the open withdrawal as `after`, together with `actions`. Raises WriteConflict if it was changed since it was read, else
    Refused."""
    try:
        transact([replaced("withdrawal", item, after, _OPEN), *actions])
    except Refused as refused:
        if "withdrawal" in refused.labels:
            raise WriteConflict from refused
        raise


def _balance_of(provider: str) -> Balance:
    return Balance(pk=provider_account(provider), sk=ledger.BALANCE)
