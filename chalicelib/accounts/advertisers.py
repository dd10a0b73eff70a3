"""Advertisers: enterprises that register, are certified, and correct what was wrong (rule 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib import clock
from chalicelib.accounts import certification, receipts
from chalicelib.accounts.decisions import Decision, is_repeat
from chalicelib.accounts.records import RECEIPT, AdvertiserRecord, rewritten, until_settled
from chalicelib.errors import Problem, not_found
from chalicelib.idempotency import Attempt
from chalicelib.settings import rules
from chalicelib.store import Refused, put, transact

QUEUE = "certification"


@dataclass(frozen=True)
class Particulars:
    """What an enterprise says about itself."""

    name: str
    licence_no: str
    contact_name: str
    contact_phone: str
    contact_email: str

    @classmethod
    def of(cls, record: AdvertiserRecord) -> Particulars:
        return cls(record.name, record.licence_no, record.contact_name, record.contact_phone, record.contact_email)


def find(advertiser_id: str) -> AdvertiserRecord:
    """The advertiser. Raises Problem `not_found`."""
    record = AdvertiserRecord.find(advertiser_id, "advertiser")
    if record is None:
        raise not_found("advertiser")
    return record


def require_certified(advertiser_id: str) -> AdvertiserRecord:
    """The advertiser, if it may create tasks (rule 1).

    Raises Problem `advertiser_missing` if it never registered, `advertiser_not_certified` if it is not certified."""
    record = AdvertiserRecord.find(advertiser_id, "advertiser")
    if record is None:
        raise Problem("advertiser_missing", "POST /v1/advertisers comes first.")
    if record.status != "approved":
        raise Problem("advertiser_not_certified", f"The certification is {record.status}.")
    return record


def register(advertiser_id: str, particulars: Particulars, attempt: Attempt | None) -> tuple[dict[str, Any], bool]:
    """Registers the caller's enterprise; the document, and whether it repeats an earlier answer.

    Raises Problem `already_exists` if the caller is an advertiser already."""

    def create(keep: receipts.Keep) -> dict[str, Any]:
        now = clock.now()
        moment = clock.stamp(now)
        record = AdvertiserRecord(
            pk=advertiser_id,
            sk="advertiser",
            **vars(particulars),
            status="pending",
            queue=QUEUE,
            due_at=clock.stamp(now + rules().certification_review),
            created_at=moment,
            updated_at=moment,
        )
        answer = document(record)
        try:
            transact([put("advertiser", record, AdvertiserRecord.pk.does_not_exist()), *keep(answer)])
        except Refused as refused:
            if RECEIPT in refused.labels:
                raise
            raise Problem("already_exists", "You are registered already; see /v1/advertisers/me.") from refused
        return answer

    return receipts.once(attempt, create)


def resubmit(advertiser_id: str, particulars: Particulars) -> AdvertiserRecord:
    """Corrects the particulars after a rejection and queues them again. The same particulars again change nothing while
    they wait or once they were approved. Raises Problem `state_conflict` if there is nothing to correct."""

    def change() -> AdvertiserRecord:
        record = find(advertiser_id)
        status = certification.NEXT.get((record.status, "resubmitted"))
        if status is None:
            if Particulars.of(record) == particulars:
                return record
            raise Problem("state_conflict", f"Only a rejection can be corrected; this one is {record.status}.")
        now = clock.now()
        for name, text in vars(particulars).items():
            setattr(record, name, text)
        record.status = status
        record.queue = QUEUE
        record.due_at = clock.stamp(now + rules().certification_review)
        record.updated_at = clock.stamp(now)
        record.reason_code = record.note = record.decided_at = record.decided_by = record.decided_revision = None
        transact([rewritten("advertiser", record)])
        return record

    return until_settled(change)


def certify(advertiser_id: str, decision: Decision) -> AdvertiserRecord:
    """Take the auditor's decision. The same decision again changes nothing.

    Raises Problem `not_found`, `conflict_of_interest`, `already_decided` after another decision, `revision_changed`."""

    def change() -> AdvertiserRecord:
        record, by = find(advertiser_id), decision.by
        by.require_other([record.pk])
        decided = None if record.status == "pending" else record.status
        if is_repeat(decided, record.reason_code, decision):
            by.require_repeat(record.decided_revision, int(record.revision))
            return record
        by.require_read(int(record.revision))
        record.status = certification.NEXT[record.status, decision.outcome]
        record.reason_code = decision.reason_code
        record.note = decision.note
        record.decided_by, record.decided_revision = by.sub, by.revision
        record.decided_at = record.updated_at = clock.stamp(clock.now())
        record.queue = record.due_at = None
        transact([rewritten("advertiser", record)])
        return record

    return until_settled(change)


def document(record: AdvertiserRecord) -> dict[str, Any]:
    """The advertiser for itself and for staff; it holds contact data and must reach nobody else."""
    return {
        "id": record.pk,
        "revision": int(record.revision),
        "name": record.name,
        "licence_no": record.licence_no,
        "contact": {
            "name": record.contact_name,
            "phone": record.contact_phone,
            "email": record.contact_email,
        },
        "certification": {
            "status": record.status,
            "reason_code": record.reason_code,
            "note": record.note,
            "due_at": _moment(record.due_at),
            "decided_at": _moment(record.decided_at),
        },
        "created_at": _moment(record.created_at),
        "updated_at": _moment(record.updated_at),
    }


def _moment(stamp: str | None) -> str | None:
    return None if stamp is None else clock.rfc3339(clock.parse(stamp))
