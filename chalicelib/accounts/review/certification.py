"""The certification of advertisers by auditors: approve or reject, revoke (rules 1 and 28)."""

from __future__ import annotations

from chalicelib.accounts import removal_listeners
from chalicelib.accounts.advertisers import enqueue, find
from chalicelib.accounts.records import AdvertiserRecord, note_decision, rewritten
from chalicelib.accounts.removal_listeners import Removal
from chalicelib.accounts.review import certification_rules
from chalicelib.accounts.review.auditor_decisions import Decision, Revocation, is_repeat
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.decisions.decision_log import decided
from chalicelib.store import Refused, transact
from chalicelib.store.retry import retry_on_conflict


def certify(advertiser_id: str, decision: Decision) -> AdvertiserRecord:
    """Store the auditor's decision. The same decision again changes nothing.

    Raise InvalidBody for a rejection without a reason or an approval with one; Problem `not_found`, `conflict_of_interest`,
    `already_decided` after another decision, `revision_changed`."""
    certification_rules.require_complete(decision)

    def change() -> AdvertiserRecord:
        record, by = find(advertiser_id), decision.by
        by.require_other([record.pk])
        taken = record.status if record.status in ("approved", "rejected") else None
        if is_repeat(taken, record.reason_code, decision):
            by.require_repeat(record.decided_revision, int(record.revision))
            return record
        by.require_read(int(record.revision))
        record.status = certification_rules.NEXT[record.status, decision.outcome]
        now = clock.now()
        note_decision(record, decision, now)
        enqueue(record)
        transact([rewritten("advertiser", record), decided("advertiser", record.pk, decision.outcome, decision, now)])
        return record

    return retry_on_conflict(change, conflict=Refused)


def revoke(advertiser_id: str, revocation: Revocation) -> AdvertiserRecord:
    """Revoke the certification (rule 28): the advertiser cannot create tasks, its tasks in review are stopped, the unanswered
    orders of running ones end free of charge and their open calls close; accepted orders continue. The same revocation again
    ends remaining orders.

    Raise Problem `not_found`, `conflict_of_interest`, `revision_changed`; `state_conflict` for an advertiser that is not
    certified."""

    def change() -> AdvertiserRecord:
        record, by = find(advertiser_id), revocation.by
        by.require_other([record.pk])
        if record.status == "revoked" and record.reason_code == revocation.reason_code:
            by.require_repeat(record.decided_revision, int(record.revision))
            return record
        by.require_read(int(record.revision))
        status = certification_rules.NEXT.get((record.status, "revoked"))
        if status is None:
            raise Problem("state_conflict", f"The certification is {record.status}.", status_now=record.status)
        now = clock.now()
        record.status = status
        note_decision(record, revocation, now)
        enqueue(record)
        transact([rewritten("advertiser", record), decided("advertiser", record.pk, "revoked", revocation, now)])
        return record

    record = retry_on_conflict(change, conflict=Refused)
    removal_listeners.publish(Removal("advertiser_revoked", advertiser_id=record.pk))
    return record
