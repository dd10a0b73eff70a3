"""Withdrawals: a creator's earnings or an advertiser's unspent balance leave the market (rule 21).

The amount stays in the owner's `withdrawing` account until the provider has paid it, or finance reports the outcome of the payout.
One withdrawal is open at a time because the request may only go into an empty `withdrawing` account; no lock is needed.

The amount of the ledger's entry of the request is paid. The item beside it names the payee and is sealed (sealed_items.py). An
altered item is not paid. It can only be reported `failed`, which returns the entry's amount to the owner of the entry's account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from typing import Literal

from chalicelib.core import clock, json_format
from chalicelib.core.errors import Fault, Problem, not_found
from chalicelib.core.idempotency import Attempt
from chalicelib.core.money import Money
from chalicelib.core.observability import count, logger
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.decision_log import recorded
from chalicelib.payments.port import Payee, Payout, PayoutOrder, Provider
from chalicelib.store import Action, Page, PageKey, Refused, check, put, read_page, transact, update
from chalicelib.store.create_once import create_once, stored_response
from chalicelib.store.retry import WriteConflict, retry_on_conflict
from chalicelib.wallet import ledger, movements, two_person_rule
from chalicelib.wallet.http.responses import Withdrawal as WithdrawalResponse
from chalicelib.wallet.http.responses import money, withdrawal_response
from chalicelib.wallet.postings import provider as provider_account
from chalicelib.wallet.postings import withdrawing
from chalicelib.wallet.proof.sealed_items import altered, changed, is_intact, replaced, seal_of
from chalicelib.wallet.records import Balance, Entry, PayoutProgress, Withdrawal, WithdrawalStatus

Outcome = Literal["paid", "failed"]
QUEUE = "withdrawal"
ProviderNamed = Callable[[str], Provider]
_OPEN = Withdrawal.status == "requested"
_PROGRESS: dict[str, Literal["sent", "refused", "waiting", "pending"]] = {
    "unknown": "sent",
    "refused": "refused",
    "waiting": "waiting",
    "pending": "pending",
}
"""The stored state of a payout by the provider's; a final one is an outcome."""


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


def pay_out(withdrawal_id: str, provider_named: ProviderNamed, decider: Decider) -> Withdrawal:
    """Ask the provider to pay the withdrawal. Return the withdrawal afterwards: `paid`, `failed` (the money is available again), or
    still `requested`, with the state of its `payout` or, above the limit of rule 26, the first person's `confirmation`. A repeat
    pays nothing twice: the state of a payout that was sent is first read from the provider.

    The payout is written down before it is sent, in a transaction that checks the amount against the ledger. Raises Problem
    `not_found`, `conflict_of_interest` for a withdrawal of `decider`, `payee_missing`, `provider_not_funded`, `record_altered`
    (409). A payout that is `pending` at the provider is continued."""
    item, by = find(withdrawal_id), decider.sub
    decider.require_other([item.owner])
    if item.status != "requested":
        return item
    amount = _trusted_amount(item)
    provider = provider_named(item.provider)
    if item.payee is None and provider.needs_payee:
        raise Problem("payee_missing", f"The withdrawal names no account at {item.provider} to be paid to.")
    payout = provider.find_payout(withdrawal_id) if _is_sent(item) else Payout("refused")
    with suppress(WriteConflict):
        if payout.status == "refused":
            if not _confirm(item, "payout", by, two_person_rule.is_needed(amount)):
                return find(withdrawal_id)
            item = _write_sent(item, amount, by)
            payout = provider.pay_out(_order(item, amount))
        elif payout.status == "pending":
            payout = provider.pay_out(_order(item, amount))
        return _record(item, amount, payout, decider)
    return find(withdrawal_id)


def refresh(withdrawal_id: str, provider: Provider) -> str:
    """Ask the provider for a payout of which it has notified a change, and record its state. Return the withdrawal's status,
    `ignored` for a withdrawal that is not this provider's or was not sent. Raises Problem `record_altered`."""
    item = Withdrawal.find(withdrawal_id, "withdrawal")
    if item is None or item.provider != provider.name:
        return "ignored"
    if item.status != "requested":
        if item.status == "paid" and item.payout and provider.find_payout(withdrawal_id).status != "paid":
            count("ProviderContradictions")
            logger.error("a paid payout came back to the payee's account", extra={"withdrawal": withdrawal_id})
        return item.status
    if not _is_sent(item):
        return "ignored"
    amount, payout = _trusted_amount(item), provider.find_payout(withdrawal_id)
    with suppress(WriteConflict):
        if payout.status != "refused":
            return _record(item, amount, payout, Decider(f"provider:{provider.name}", frozenset())).status
    return item.status


def _order(item: Withdrawal, amount: int) -> PayoutOrder:
    declined = item.payout.get("declined", 0) if item.payout else 0
    return PayoutOrder(item.pk, money(amount), Payee(**item.payee) if item.payee else None, declined)


def _record(item: Withdrawal, amount: int, payout: Payout, decider: Decider) -> Withdrawal:
    """Book the outcome of a payout, or write its state. Return the item as written. Raises WriteConflict."""
    if payout.status in ("paid", "failed"):
        return _book(item, amount, _outcome(payout), payout.reason, decider)
    _write_progress(item, payout, decider.sub)
    return find(item.pk)


def settle(
    withdrawal_id: str, outcome: Outcome, note: str | None, decider: Decider, provider_named: ProviderNamed
) -> Withdrawal:
    """Report by hand that the payout was made, or that it failed and the money is available again. A repeat of the same outcome
    changes nothing. Above the limit of rule 26 the first person's report is a confirmation: the withdrawal stays `requested`.

    A payout that was sent can be reported failed only after a query to its provider: if the provider does not know it, reports
    that it failed, or takes a pending one back; or, if the provider does not respond for `payout_unanswered`, by two people and
    with a note. An altered withdrawal may have been sent: a real provider is queried.

    Raises Problem `not_found`, `conflict_of_interest` for a withdrawal of `decider`, `revision_changed` (409) unless the withdrawal
    has the revision that was read, `already_decided` (409) after the other outcome, `payout_unresolved` (409) for a failure that
    cannot be reported yet, `provider_not_funded`, `record_altered` (409)."""
    item, by = find(withdrawal_id), decider.sub
    decider.require_other([item.owner])
    if item.status != "requested":
        _require_same(item, outcome)
        decider.require_repeat(item.decided_revision, int(item.revision))
        return item
    if not two_person_rule.is_first(item.confirmation, outcome, by):
        decider.require_read(int(item.revision))
    amount = _trusted_amount(item) if outcome == "paid" else _amount(item)
    two = two_person_rule.is_needed(amount)
    try:
        if outcome == "failed" and (_is_sent(item) or not is_intact(item)):
            provider = provider_named(item.provider)
            is_queried = _is_sent(item) or provider.needs_payee
            payout = provider.find_payout(item.pk) if is_queried else Payout("refused")
            if payout.status in ("paid", "failed"):
                return _require_same(_book(item, amount, _outcome(payout), payout.reason, decider), outcome)
            if payout.status == "pending":
                return _recall(item, amount, provider, two, decider)
            two = (is_queried and _require_overdue(item, payout, note)) or two
        if not _confirm(item, outcome, by, two):
            return find(withdrawal_id)
        return _book(item, amount, outcome, note, decider)
    except WriteConflict as conflict:
        item = find(withdrawal_id)
        if item.status == "requested" and _is_sent(item):
            raise Problem("payout_unresolved", "A request to the provider is under way.") from conflict
        if item.status == "requested":
            raise Problem("revision_changed", "The withdrawal has changed since it was read.") from conflict
        return _require_same(item, outcome)


def _recall(item: Withdrawal, amount: int, provider: Provider, two: bool, decider: Decider) -> Withdrawal:
    """Take a pending payout back, which the provider may refuse or do later. Return the withdrawal, `failed` then. Raises
    WriteConflict, Problem `payout_unresolved`, `already_decided` if it was paid meanwhile."""
    if not _confirm(item, "failed", decider.sub, two):
        return find(item.pk)
    if two:
        item = find(item.pk)
    payout = provider.recall_payout(_order(item, amount))
    after = _record(item, amount, payout, decider)
    if after.status == "requested":
        detail = f"{item.provider} has this payout under way and did not take it back ({payout.reason}): ask again."
        raise Problem("payout_unresolved", detail)
    return _require_same(after, "failed")


def _outcome(payout: Payout) -> Outcome:
    return "paid" if payout.status == "paid" else "failed"


def _require_same(item: Withdrawal, outcome: Outcome) -> Withdrawal:
    if item.status != outcome:
        raise Problem("already_decided", f"This withdrawal is {item.status}.")
    return item


def _amount(item: Withdrawal) -> int:
    """Return the amount of the ledger's entry of the request, in minor units. Raises Problem `record_altered` if this owner's
    account has no such entry, or has an outcome already."""
    request, end = f"withdraw:{item.pk}", f"withdrawn:{item.pk}"
    found = ledger.entries(withdrawing(str(item.owner)), (request, end))
    if found.keys() != {request}:
        raise altered(item)
    return int(found[request].amount)


def _trusted_amount(item: Withdrawal) -> int:
    """Return the amount of an item that is as the market wrote it, payee included. Raises Problem `record_altered`."""
    amount = _amount(item)
    if amount != item.amount or not is_intact(item):
        raise altered(item)
    return amount


def _is_sent(item: Withdrawal) -> bool:
    """Return True if the provider may be paying it now."""
    return item.payout is not None and item.payout["status"] in ("sent", "pending")


def _require_overdue(item: Withdrawal, payout: Payout, note: str | None) -> bool:
    """Raise Problem `payout_unresolved` unless a payout that was sent, and that its provider neither made nor refused, can be
    reported failed. Return True if that needs two people.

    It can be reported failed after `payout_unknown` if the provider does not know it, since the request may still be on its way;
    after `payout_unanswered`, with a note, if the provider does not respond."""
    unanswered = payout.status != "refused"
    wait = rules().payout_unanswered if unanswered else rules().payout_unknown
    possible_at = clock.parse(_sent_at(item)) + wait
    state = f"{item.provider} does not respond" if unanswered else f"{item.provider} does not know this payout yet"
    if clock.now() < possible_at:
        detail = f"{state}: ask again, or report the failure from {clock.rfc3339(possible_at)} on."
        raise Problem("payout_unresolved", detail, possible_at=clock.rfc3339(possible_at))
    if unanswered and not note:
        raise Problem("payout_unresolved", f"{state}: the note has to give the evidence that nothing was paid.")
    return unanswered


def _sent_at(item: Withdrawal) -> str:
    if item.payout is None:
        return item.requested_at
    return item.payout.get("sent_at") or item.payout["at"]


def _confirm(item: Withdrawal, decision: str, by: str, two: bool) -> bool:
    """Return True if `by` can make this decision now: it does not need two people, or another person confirmed it. Otherwise write
    the confirmation of `by`. Raises WriteConflict."""
    if not two or two_person_rule.is_given(item.confirmation, decision, by):
        return True
    first = two_person_rule.first(item.confirmation, decision, by, clock.now())
    if first != item.confirmation:
        _write(item, changed(item, confirmation=first))
    return False


def _write_sent(item: Withdrawal, amount: int, by: str) -> Withdrawal:
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


def _write_progress(item: Withdrawal, found: Payout, by: str) -> None:
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


def _book(item: Withdrawal, amount: int, outcome: Outcome, note: str | None, decider: Decider) -> Withdrawal:
    """Write the outcome and post its transfer. Return the item as written. Raises WriteConflict, and Problem `provider_not_funded`
    for a payout by hand that the provider's account does not cover."""
    now, owner_id, paying = clock.now(), str(item.owner), item.payout.get("paying", 0) if item.payout else 0
    account = provider_account(item.provider)
    freed = [Balance.paying.add(-paying)] if paying else []
    if outcome == "paid":
        transfer = movements.withdrawal_paid(item.pk, owner_id, item.provider, amount)
        covered = None if _is_sent(item) else Balance.balance <= -amount
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


def find(withdrawal_id: str) -> Withdrawal:
    """Return the withdrawal, for finance. Raise Problem `not_found`."""
    return Withdrawal.existing(withdrawal_id, "withdrawal")
