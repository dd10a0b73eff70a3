"""Finance reports by hand that a withdrawal was paid, or that its payout failed."""

from __future__ import annotations

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.payments.port import Payout, Provider
from chalicelib.store.retry import WriteConflict
from chalicelib.wallet import two_person_rule
from chalicelib.wallet.proof.sealed_items import is_intact
from chalicelib.wallet.records import Withdrawal
from chalicelib.wallet.withdrawals.payout_writes import Outcome, amount_of, book, confirm, is_sent, trusted_amount
from chalicelib.wallet.withdrawals.payouts import ProviderNamed, outcome_of, payout_order, record_payout
from chalicelib.wallet.withdrawals.withdrawal_requests import find


def report_outcome(
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
    amount = trusted_amount(item) if outcome == "paid" else amount_of(item)
    two = two_person_rule.is_needed(amount)
    try:
        if outcome == "failed" and (is_sent(item) or not is_intact(item)):
            provider = provider_named(item.provider)
            is_queried = is_sent(item) or provider.needs_payee
            payout = provider.find_payout(item.pk) if is_queried else Payout("refused")
            if payout.status in ("paid", "failed"):
                return _require_same(book(item, amount, outcome_of(payout), payout.reason, decider), outcome)
            if payout.status == "pending":
                return _recall(item, amount, provider, two, decider)
            two = (is_queried and _require_overdue(item, payout, note)) or two
        if not confirm(item, outcome, by, two):
            return find(withdrawal_id)
        return book(item, amount, outcome, note, decider)
    except WriteConflict as conflict:
        item = find(withdrawal_id)
        if item.status == "requested" and is_sent(item):
            raise Problem("payout_unresolved", "A request to the provider is under way.") from conflict
        if item.status == "requested":
            raise Problem("revision_changed", "The withdrawal has changed since it was read.") from conflict
        return _require_same(item, outcome)


def _recall(item: Withdrawal, amount: int, provider: Provider, two: bool, decider: Decider) -> Withdrawal:
    """Take a pending payout back, which the provider may refuse or do later. Return the withdrawal, `failed` then. Raises
    WriteConflict, Problem `payout_unresolved`, `already_decided` if it was paid meanwhile."""
    if not confirm(item, "failed", decider.sub, two):
        return find(item.pk)
    if two:
        item = find(item.pk)
    payout = provider.recall_payout(payout_order(item, amount))
    after = record_payout(item, amount, payout, decider)
    if after.status == "requested":
        detail = f"{item.provider} has this payout under way and did not take it back ({payout.reason}): ask again."
        raise Problem("payout_unresolved", detail)
    return _require_same(after, "failed")


def _require_same(item: Withdrawal, outcome: Outcome) -> Withdrawal:
    if item.status != outcome:
        raise Problem("already_decided", f"This withdrawal is {item.status}.")
    return item


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
