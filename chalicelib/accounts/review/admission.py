"""The admission of accounts by auditors: admit or reject, revoke, correct the category (rules 2 and 28)."""

from __future__ import annotations

from datetime import datetime

from chalicelib.accounts import removal_listeners
from chalicelib.accounts.records import LISTED, AccountRecord, get_account, note_decision, rewritten
from chalicelib.accounts.removal_listeners import Removal
from chalicelib.accounts.review import admission_rules
from chalicelib.accounts.review.auditor_decisions import Decision, Revocation, is_repeat
from chalicelib.accounts.valuation import grade_and_prices
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.decision_log import decided
from chalicelib.store import Action, Refused, transact
from chalicelib.store.retry import retry_on_conflict

QUEUE = "admission"
_OUTCOMES = {"admitted": "approved", "rejected": "rejected"}


def enter(record: AccountRecord, status: str, now: datetime) -> None:
    """Set the status of the account: `pending` puts it into the queue, a listed status into the search."""
    record.status = status
    record.listing = LISTED if status in admission_rules.LISTED else None
    record.queue = QUEUE if status == "pending" else None
    record.due_at = clock.stamp(now + rules().account_review) if status == "pending" else None


def enter_verified(record: AccountRecord, now: datetime) -> None:
    """Admit the account at once if the rules allow it without an auditor (rule 2)."""
    if admission_rules.is_admitted_at_once(record.status, record.evidence, record.revoked_at is not None):
        enter(record, admission_rules.NEXT[record.status, "verified"], now)
        record.decided_at = clock.stamp(now)


def admit(account: str, decision: Decision, category: str | None = None) -> AccountRecord:
    """Store the auditor's decision. An approval confirms the category, as declared or as the auditor corrected it. The same
    decision again changes nothing.

    Raise InvalidBody for a rejection without a reason or an approval with one; Problem `not_found`, `conflict_of_interest`,
    `already_decided` after another decision, `revision_changed`; `state_conflict` for an account that is not bound."""
    admission_rules.require_complete(decision)

    def change() -> AccountRecord:
        record, by = get_account(account), decision.by
        by.require_other([record.owner])
        if record.status == "unclaimed":
            raise Problem("state_conflict", "The account is not bound to a creator.")
        if is_repeat(_OUTCOMES.get(record.status), record.reason_code, decision):
            by.require_repeat(record.decided_revision, int(record.revision))
            return record
        by.require_read(int(record.revision))
        now = clock.now()
        enter(record, admission_rules.NEXT[record.status, decision.outcome], now)
        if decision.outcome == "approved":
            record.revoked_at = None
        regraded: list[Action] = []
        if category is not None or decision.outcome == "approved":
            regraded = _categorised(record, category or record.category)
        note_decision(record, decision, now)
        logged = decided("account", record.pk, decision.outcome, decision, now)
        transact([rewritten("account", record), *regraded, logged])
        return record

    return retry_on_conflict(change, conflict=Refused)


def revoke(account: str, revocation: Revocation, stop_accepted: bool) -> AccountRecord:
    """Revoke the admission (rule 28): the account takes no orders, its unanswered ones end free of charge. Accepted ones continue
    or, with `stop_accepted`, end free of charge if they are not published. The same revocation again ends remaining orders.

    Raise Problem `not_found`, `conflict_of_interest`, `revision_changed`; `state_conflict` for an account that is not
    admitted."""

    def change() -> AccountRecord:
        record, by = get_account(account), revocation.by
        by.require_other([record.owner])
        if record.status == "revoked" and record.reason_code == revocation.reason_code:
            by.require_repeat(record.decided_revision, int(record.revision))
            return record
        by.require_read(int(record.revision))
        status = admission_rules.NEXT.get((record.status, "revoked"))
        if status is None:
            raise Problem("state_conflict", f"The account is {record.status}, not admitted.", status_now=record.status)
        now = clock.now()
        enter(record, status, now)
        record.revoked_at = clock.stamp(now)
        note_decision(record, revocation, now)
        transact([rewritten("account", record), decided("account", record.pk, "revoked", revocation, now)])
        return record

    record = retry_on_conflict(change, conflict=Refused)
    removal_listeners.publish(
        Removal("account_revoked", account_id=record.pk, creator_id=record.owner, stop_accepted=stop_accepted)
    )
    return record


def correct_category(account: str, category: str, note: str | None, by: Decider) -> AccountRecord:
    """Confirm or change the category of an account and grade it again. The same category again changes nothing.

    Raise Problem `not_found`, `conflict_of_interest`, `revision_changed`."""

    def change() -> AccountRecord:
        record = get_account(account)
        by.require_other([record.owner])
        if record.category == category and not record.category_unconfirmed:
            return record
        by.require_read(int(record.revision))
        now = clock.now()
        regraded = _categorised(record, category)
        record.updated_at = clock.stamp(now)
        decision = Revocation(category, note, by)
        transact([rewritten("account", record), *regraded, decided("account", record.pk, "category", decision, now)])
        return record

    return retry_on_conflict(change, conflict=Refused)


def _categorised(record: AccountRecord, category: str | None) -> list[Action]:
    """Set the category, confirmed by a review, in memory; return the action that stores the change of the grade, if it changed."""
    counted = record.counted_category
    record.category, record.category_unconfirmed = category, None
    if record.counted_category == counted or not record.evidence:
        return []
    return grade_and_prices.apply_grade(record, record.evidence, "category")
