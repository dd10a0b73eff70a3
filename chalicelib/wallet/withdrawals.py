"""Withdrawals: a creator's earnings or an advertiser's unspent balance leave the market (rule 21).

The amount waits in the owner's `withdrawing` account until the provider has paid it, or finance reports the payout's outcome. One
is open at a time because the request may only go into an empty `withdrawing` account; no lock and no second record is needed.

What is paid is the amount of the ledger's entry of the request. The item beside it names the payee and is sealed
(sealed_items.py): from an altered item nothing is paid. It can only be reported `failed`, which returns the entry's amount to the
owner whose account has the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, Literal

from chalicelib.core import clock, json_format
from chalicelib.core.errors import Fault, Problem, not_found
from chalicelib.core.idempotency import Attempt
from chalicelib.core.money import Money
from chalicelib.core.observability import logger
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.log import recorded
from chalicelib.payments.port import Payee, Payout, Provider
from chalicelib.store import Action, Page, Refused, check, put, read_page, transact, update
from chalicelib.store.create_once import create_once, stored_response
from chalicelib.store.retry import WriteConflict, retry_on_conflict
from chalicelib.wallet import ledger, movements, two_person_rule
from chalicelib.wallet.postings import provider as provider_account
from chalicelib.wallet.postings import withdrawing
from chalicelib.wallet.proof.sealed_items import altered, changed, intact, replaced, seal_of
from chalicelib.wallet.records import Balance, Entry, Withdrawal

Outcome = Literal["paid", "failed"]
QUEUE = "withdrawal"
Status = Literal["requested", "paid", "failed"]
ProviderNamed = Callable[[str], Provider]
_OPEN = Withdrawal.status == "requested"


def request(
    owner_id: str, amount: Money, provider_name: str, attempt: Attempt, payee: Payee | None = None
) -> tuple[dict[str, Any], bool]:
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
    item.answer = json_format.dumps(present(item))
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
    """Ask the provider to pay the withdrawal. Return the withdrawal as it is then: `paid`, `failed` (the money is available again),
    or still `requested`, with the state of its `payout` or, above the limit of rule 26, the first person's `confirmation`. A repeat
    pays nothing twice: what was sent is asked for first.

    That a payout is sent is written before it is, in a transaction that checks the amount against the ledger. Raises Problem
    `not_found`, `conflict_of_interest` for a withdrawal of `decider`, `payee_missing`, `provider_not_funded`, `record_altered`
    (409)."""
    item, by = _find(withdrawal_id), decider.sub
    decider.require_other([item.owner])
    if item.status != "requested":
        return item
    amount = _trusted_amount(item)
    provider = provider_named(item.provider)
    payee = Payee(**item.payee) if item.payee else None
    if payee is None and provider.needs_payee:
        raise Problem("payee_missing", f"The withdrawal names no account at {item.provider} to be paid to.")
    known = provider.find_payout(withdrawal_id) if _is_sent(item) else Payout("refused")
    try:
        if known.status == "refused":
            if not _confirmed(item, "payout", by, two_person_rule.needed(amount)):
                return _find(withdrawal_id)
            item = _sent(item, amount, by)
            known = provider.pay_out(withdrawal_id, Money(amount, rules().currency), payee)
        if known.status in ("paid", "failed"):
            return _booked(item, amount, "paid" if known.status == "paid" else "failed", known.reason, decider)
        status = "sent" if known.status == "unknown" else "refused"
        logger.warning("payout not done", extra={"withdrawal": withdrawal_id, "status": status, "reason": known.reason})
        _with_payout(item, status, known.reason, by)
    except _Overtaken:
        pass
    return _find(withdrawal_id)


def settle(
    withdrawal_id: str, outcome: Outcome, note: str | None, decider: Decider, provider_named: ProviderNamed
) -> Withdrawal:
    """Report by hand that the payout was made, or that it failed and the money is available again. The same outcome again changes
    nothing. Above the limit of rule 26 the first person's report is only a confirmation: the withdrawal stays `requested`.

    A payout that was sent can only be called failed after its provider was asked: if the provider does not know it, or says that it
    failed; or, if the provider gives no answer for `payout_unanswered`, by two people and with a note. Of an altered withdrawal it
    is not known whether it was sent: a real provider is asked.

    Raises Problem `not_found`, `conflict_of_interest` for a withdrawal of `decider`, `revision_changed` (409) unless the withdrawal
    has the revision that was read, `already_decided` (409) after the other outcome, `payout_unresolved` (409) for a failure that
    cannot be reported yet, `provider_not_funded`, `record_altered` (409)."""
    item, by = _find(withdrawal_id), decider.sub
    decider.require_other([item.owner])
    if item.status != "requested":
        _require_same(item, outcome)
        decider.require_repeat(item.decided_revision, int(item.revision))
        return item
    if not two_person_rule.is_first(item.confirmation, outcome, by):
        decider.require_read(int(item.revision))
    amount = _trusted_amount(item) if outcome == "paid" else _amount(item)
    two = two_person_rule.needed(amount)
    try:
        if outcome == "failed" and (_is_sent(item) or not intact(item)):
            provider = provider_named(item.provider)
            asked = _is_sent(item) or provider.needs_payee
            known = provider.find_payout(item.pk) if asked else Payout("refused")
            if known.status in ("paid", "failed"):
                return _require_same(_booked(item, amount, _outcome(known), known.reason, decider), outcome)
            two = (asked and _require_overdue(item, known, note)) or two
        if not _confirmed(item, outcome, by, two):
            return _find(withdrawal_id)
        return _booked(item, amount, outcome, note, decider)
    except _Overtaken as overtaken:
        item = _find(withdrawal_id)
        if item.status == "requested" and _is_sent(item):
            raise Problem("payout_unresolved", "The provider is being asked to pay at this moment.") from overtaken
        if item.status == "requested":
            raise Problem("revision_changed", "The withdrawal has changed since it was read.") from overtaken
        return _require_same(item, outcome)


class _Overtaken(Exception):
    """The withdrawal is no longer as it was read; nothing was written."""


def _outcome(known: Payout) -> Outcome:
    return "paid" if known.status == "paid" else "failed"


def _require_same(item: Withdrawal, outcome: Outcome) -> Withdrawal:
    if item.status != outcome:
        raise Problem("already_decided", f"This withdrawal is {item.status}.")
    return item


def _amount(item: Withdrawal) -> int:
    """The amount of the ledger's entry of the request, in minor units. Raises Problem `record_altered` if this owner's account has
    no such entry, or has an outcome already."""
    request, end = f"withdraw:{item.pk}", f"withdrawn:{item.pk}"
    found = ledger.entries(withdrawing(str(item.owner)), (request, end))
    if found.keys() != {request}:
        raise altered(item)
    return int(found[request].amount)


def _trusted_amount(item: Withdrawal) -> int:
    """`_amount` of an item that is to be trusted: it is as the market wrote it, payee included. Raises Problem `record_altered`."""
    amount = _amount(item)
    if amount != item.amount or not intact(item):
        raise altered(item)
    return amount


def _is_sent(item: Withdrawal) -> bool:
    """Whether the provider may be paying it now."""
    return (item.payout or {}).get("status") == "sent"


def _require_overdue(item: Withdrawal, known: Payout, note: str | None) -> bool:
    """A payout that was sent, and that its provider neither made nor refused, can be called failed only after a time: short if the
    provider does not know it, since the request may still be on its way; `payout_unanswered` if the provider gives no answer, and
    then with a note. Return whether two people are needed. Raises Problem `payout_unresolved`."""
    unanswered = known.status != "refused"
    payout = item.payout or {}
    wait = rules().payout_unanswered if unanswered else rules().payout_unknown
    sent_at = payout.get("sent_at") or payout.get("at") or item.requested_at
    possible_at = clock.parse(sent_at) + wait
    said = f"{item.provider} gives no answer" if unanswered else f"{item.provider} does not know this payout yet"
    if clock.now() < possible_at:
        detail = f"{said}: ask again, or report the failure from {clock.rfc3339(possible_at)} on."
        raise Problem("payout_unresolved", detail, possible_at=clock.rfc3339(possible_at))
    if unanswered and not note:
        raise Problem("payout_unresolved", f"{said}: a note has to say how it is known that nothing was paid.")
    return unanswered


def _confirmed(item: Withdrawal, decision: str, by: str, two: bool) -> bool:
    """Whether `by` can make this decision now: it does not need two people, or another person confirmed it. Otherwise write
    `by`'s confirmation. Raises _Overtaken."""
    if not two or two_person_rule.given(item.confirmation, decision, by):
        return True
    first = two_person_rule.first(item.confirmation, decision, by, clock.now())
    if first != item.confirmation:
        _write(item, changed(item, confirmation=first))
    return False


def _sent(item: Withdrawal, amount: int, by: str) -> Withdrawal:
    """Write that the payout is sent: the item as written.

    In the same transaction: the entry of the request has this amount, there is no outcome, the owner's `withdrawing` account covers
    the amount, and so does what the provider holds for the market beside the payouts under way (`paying` of its account). Raises
    _Overtaken, Problem `provider_not_funded`, `record_altered`."""
    before, now = item.payout or {}, clock.stamp(clock.now())
    number = before.get("number", 0) + 1
    payout = {"status": "sent", "reason": None, "at": now, "sent_at": now, "by": by, "number": number, "paying": amount}
    after = changed(item, payout=payout, confirmation=two_person_rule.second(item.confirmation, by))
    account = withdrawing(str(item.owner))
    request, end = (Entry(pk=account, sk=f"entry#{name}:{item.pk}") for name in ("withdraw", "withdrawn"))
    checks = [
        check("request", request, Entry.amount == amount),
        check("end", end, Entry.pk.does_not_exist()),
        check("withdrawing", Balance(pk=account, sk=ledger.BALANCE), Balance.balance >= amount),
    ]

    def decide() -> Withdrawal:
        reserved = [] if before.get("paying") else [_reserve(item.provider, amount)]
        try:
            _write(item, after, checks + reserved)
        except Refused as refused:
            if refused.labels.keys() & {"request", "end", "withdrawing"}:
                raise altered(item) from refused
            raise WriteConflict from refused  # the provider's account has moved
        return after

    return retry_on_conflict(decide)


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
    return Problem("provider_not_funded", f"{provider} does not hold {Money(amount, rules().currency)} for the market.")


def _with_payout(item: Withdrawal, status: str, reason: str | None, by: str) -> None:
    """Write how far the payout is. Raises _Overtaken."""
    payout = {**(item.payout or {}), "status": status, "reason": reason, "at": clock.stamp(clock.now()), "by": by}
    freed: list[Action] = []
    if status != "sent" and (paying := payout.pop("paying", 0)):
        freed = [update("provider", _balance_of(item.provider), [Balance.paying.add(-paying)], None)]
    _write(item, changed(item, payout=payout), freed)


def _booked(item: Withdrawal, amount: int, outcome: Outcome, note: str | None, decider: Decider) -> Withdrawal:
    """Write the outcome and post its transfer; the item as written. Raises _Overtaken, and Problem `provider_not_funded` for a
    payout by hand that the provider's account does not cover."""
    now, owner_id, paying = clock.now(), str(item.owner), int((item.payout or {}).get("paying", 0))
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
    """Write the open withdrawal as `after`, together with `actions`. Raises _Overtaken if it was changed since it was read, else
    Refused."""
    try:
        transact([replaced("withdrawal", item, after, _OPEN), *actions])
    except Refused as refused:
        if "withdrawal" in refused.labels:
            raise _Overtaken from refused
        raise


def _balance_of(provider: str) -> Balance:
    return Balance(pk=provider_account(provider), sk=ledger.BALANCE)


def show(withdrawal_id: str, owner_ids: tuple[str, ...]) -> Withdrawal:
    """The withdrawal of one of these owners. Raises 404 for any other."""
    item = _find(withdrawal_id)
    if item.owner not in owner_ids:
        raise not_found("withdrawal")
    return item


def of_owner(owner_id: str, status: Status | None, limit: int, after: dict[str, Any] | None) -> Page[Withdrawal]:
    """The owner's withdrawals, newest first; of one status or all."""
    where = Withdrawal.sk == "withdrawal"
    return read_page(
        Withdrawal,
        owner_id,
        index="by_owner",
        limit=limit,
        after=after,
        where=where & (Withdrawal.status == status) if status else where,
    )


def listed(status: Status, limit: int, after: dict[str, Any] | None) -> Page[Withdrawal]:
    """All withdrawals of one status: those that wait for a payout oldest first, the others newest first."""
    queue = QUEUE if status == "requested" else f"withdrawal:{status}"
    newest_first = status != "requested"
    return read_page(Withdrawal, queue, index="by_queue", limit=limit, after=after, newest_first=newest_first)


def present(item: Withdrawal) -> dict[str, Any]:
    """`{id, revision, status, owner_id, amount, provider, payee, payout, requested_at, decided_at, note}`; the payee's account is
    masked."""
    return {
        "id": item.pk,
        "revision": int(item.revision),
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


def present_to_staff(item: Withdrawal) -> dict[str, Any]:
    """`present`, with `confirmation` {decision, confirmed_by, confirmed_at, decided_by} and `decided_by`: user ids of staff."""
    return {
        **present(item),
        "confirmation": two_person_rule.present(item.confirmation),
        "decided_by": item.decided_by,
    }


def _shown(payout: dict[str, Any]) -> dict[str, Any]:
    return {"status": payout["status"], "reason": payout["reason"], "at": clock.parse(payout["at"])}


def _masked(account: str) -> str:
    """The account with most of its name hidden: enough for its owner to recognise it."""
    name, at, host = account.partition("@")
    return f"{name[:3]}***{at}{host}" if at else f"{account[:3]}***{account[-2:]}"


def _find(withdrawal_id: str) -> Withdrawal:
    item = Withdrawal.find(withdrawal_id, "withdrawal")
    if item is None:
        raise not_found("withdrawal")
    return item
