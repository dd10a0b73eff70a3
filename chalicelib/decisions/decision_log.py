"""The log of the decisions of staff, for admins: written in the transaction of the decision, never changed.

An item of the accounts table: pk is the subject's id, sk is `decision#` and the moment; owner is `decisions`, so that all decisions
are listed, newest first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core import clock, ids
from chalicelib.core.response_types import Count, Moment, TypedDict
from chalicelib.decisions.decider import Decider
from chalicelib.store import AccountsRecord, Action, Page, PageKey, put, read_page

OWNER = "decisions"
SK = "decision#"


class DecisionRecord(AccountsRecord):
    """A decision: the kind of subject, the outcome, the reason, the user, and the revision of the subject."""

    kind = UnicodeAttribute()
    outcome = UnicodeAttribute()
    reason_code = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute()
    decided_at = UnicodeAttribute()
    decided_revision = NumberAttribute(null=True)


class Decision(TypedDict):
    """A decision of staff about a subject: its outcome, why, by which user, on which revision."""

    kind: str
    subject_id: str
    outcome: str
    reason_code: str | None
    note: str | None
    revision: Count | None
    decided_by: str
    decided_at: Moment


class Reasoned(Protocol):
    """A decision with a reason."""

    @property
    def reason_code(self) -> str | None: ...
    @property
    def note(self) -> str | None: ...
    @property
    def by(self) -> Decider: ...


def decided(kind: str, subject_id: str, outcome: str, decision: Reasoned, at: datetime) -> Action:
    """Return the action that records the decision; for the transaction that writes it."""
    return recorded(kind, subject_id, outcome, decision.reason_code, decision.note, decision.by, at)


def recorded(
    kind: str, subject_id: str, outcome: str, reason_code: str | None, note: str | None, by: Decider, at: datetime
) -> Action:
    """Return the action that records a decision about the subject, labelled `decision`."""
    moment = clock.stamp(at)
    record = DecisionRecord(
        subject_id,
        f"{SK}{moment}#{ids.derive('dcn', subject_id, by.sub, str(by.revision), outcome)}",
        owner=OWNER,
        listed_at=f"{moment}#{subject_id}",
        kind=kind,
        outcome=outcome,
        reason_code=reason_code,
        note=note,
        decided_by=by.sub,
        decided_at=moment,
        decided_revision=by.revision,
    )
    return put("decision", record, None)


def listed(subject_id: str | None, limit: int, after: PageKey | None) -> Page[DecisionRecord]:
    """Return a page of all decisions, or of those about one subject, newest first."""
    if subject_id is None:
        return read_page(DecisionRecord, OWNER, index="by_owner", limit=limit, after=after)
    about = DecisionRecord.sk.startswith(SK)
    return read_page(DecisionRecord, subject_id, limit=limit, range_condition=about, after=after, consistent=True)


def decision_response(record: DecisionRecord) -> Decision:
    """Return the decision for admins; `decided_by` is the user id of the member of staff."""
    return {
        "kind": record.kind,
        "subject_id": record.pk,
        "outcome": record.outcome,
        "reason_code": record.reason_code,
        "note": record.note,
        "revision": None if record.decided_revision is None else int(record.decided_revision),
        "decided_by": record.decided_by,
        "decided_at": clock.parse(record.decided_at),
    }
