"""Finance asks the provider of a withdrawal to pay it, and the provider reports changes of the payout."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from chalicelib.core.errors import Problem
from chalicelib.core.observability import count, logger
from chalicelib.decisions.decider import Decider
from chalicelib.payments.port import Payee, Payout, PayoutOrder, Provider
from chalicelib.store.retry import WriteConflict
from chalicelib.wallet import two_person_rule
from chalicelib.wallet.http.responses import money
from chalicelib.wallet.records import Withdrawal
from chalicelib.wallet.withdrawals.payout_writes import (
    Outcome,
    book,
    confirm,
    is_sent,
    trusted_amount,
    write_progress,
    write_sent,
)
from chalicelib.wallet.withdrawals.withdrawal_requests import find

ProviderNamed = Callable[[str], Provider]


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
    amount = trusted_amount(item)
    provider = provider_named(item.provider)
    if item.payee is None and provider.needs_payee:
        raise Problem("payee_missing", f"The withdrawal names no account at {item.provider} to be paid to.")
    payout = provider.find_payout(withdrawal_id) if is_sent(item) else Payout("refused")
    with suppress(WriteConflict):
        if payout.status == "refused":
            if not confirm(item, "payout", by, two_person_rule.is_needed(amount)):
                return find(withdrawal_id)
            item = write_sent(item, amount, by)
            payout = provider.pay_out(payout_order(item, amount))
        elif payout.status == "pending":
            payout = provider.pay_out(payout_order(item, amount))
        return record_payout(item, amount, payout, decider)
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
    if not is_sent(item):
        return "ignored"
    amount, payout = trusted_amount(item), provider.find_payout(withdrawal_id)
    with suppress(WriteConflict):
        if payout.status != "refused":
            return record_payout(item, amount, payout, Decider(f"provider:{provider.name}", frozenset())).status
    return item.status


def payout_order(item: Withdrawal, amount: int) -> PayoutOrder:
    declined = item.payout.get("declined", 0) if item.payout else 0
    return PayoutOrder(item.pk, money(amount), Payee(**item.payee) if item.payee else None, declined)


def record_payout(item: Withdrawal, amount: int, payout: Payout, decider: Decider) -> Withdrawal:
    """Book the outcome of a payout, or write its state. Return the item as written. Raises WriteConflict."""
    if payout.status in ("paid", "failed"):
        return book(item, amount, outcome_of(payout), payout.reason, decider)
    write_progress(item, payout, decider.sub)
    return find(item.pk)


def outcome_of(payout: Payout) -> Outcome:
    return "paid" if payout.status == "paid" else "failed"
