"""Advertisers: enterprises that register, correct their registration after a rejection, and are listed (rule 1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from chalicelib.accounts.records import AdvertiserRecord, rewritten
from chalicelib.accounts.review import certification_rules
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.idempotency import Attempt
from chalicelib.core.rules import rules
from chalicelib.store import Page, PageKey, Refused, put, read_queues, transact
from chalicelib.store.create_once import WithReceipt, respond_once
from chalicelib.store.retry import retry_on_conflict

QUEUE = "certification"
Status = Literal["pending", "approved", "rejected", "revoked"]
STATUSES: tuple[Status, ...] = get_args(Status)
R = TypeVar("R")


@dataclass(frozen=True)
class Particulars:
    """The data that an enterprise registers with."""

    name: str
    licence_no: str
    contact_name: str
    contact_phone: str
    contact_email: str

    @classmethod
    def of(cls, record: AdvertiserRecord) -> Particulars:
        return cls(record.name, record.licence_no, record.contact_name, record.contact_phone, record.contact_email)


def find(advertiser_id: str) -> AdvertiserRecord:
    """Return the advertiser. Raise Problem `not_found`."""
    return AdvertiserRecord.existing(advertiser_id, "advertiser")


def require_certified(advertiser_id: str) -> AdvertiserRecord:
    """Return the advertiser if it may create tasks (rule 1).

    Raise Problem `advertiser_missing` if it never registered, `advertiser_not_certified` if it is not certified."""
    return refuse_uncertified(AdvertiserRecord.find(advertiser_id, "advertiser"))


def refuse_uncertified(record: AdvertiserRecord | None) -> AdvertiserRecord:
    """Return the advertiser, which was read now (None if it does not exist). Raise as `require_certified` does."""
    if record is None:
        raise Problem("advertiser_missing", "Register first with POST /v1/advertisers.")
    if record.status != "approved":
        raise Problem("advertiser_not_certified", f"The certification is {record.status}.")
    return record


def require_not_revoked(advertiser_id: str) -> None:
    """Raise Problem `state_conflict` if the certification of the advertiser was revoked (rule 28)."""
    record = AdvertiserRecord.find(advertiser_id, "advertiser")
    if record is not None:
        refuse_revoked(record.status)


def refuse_revoked(status: str) -> None:
    """Raise Problem `state_conflict` if this is the status of a revoked certification (rule 28)."""
    if status == "revoked":
        raise Problem("state_conflict", "The certification of the advertiser was revoked.")


def register(
    advertiser_id: str, particulars: Particulars, attempt: Attempt | None, respond: Callable[[AdvertiserRecord], R]
) -> tuple[R, bool]:
    """Register the caller's enterprise. Return the response, and whether it repeats an earlier one.

    Raise Problem `already_exists` if the caller is registered."""

    def create(with_receipt: WithReceipt) -> R:
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
        response = respond(record)
        try:
            transact([put("advertiser", record, AdvertiserRecord.pk.does_not_exist()), *with_receipt(response)])
        except Refused as refused:
            raise Problem("already_exists", "You are registered already; see /v1/advertisers/me.") from refused
        return response

    return respond_once(attempt, create)


def resubmit(advertiser_id: str, particulars: Particulars) -> AdvertiserRecord:
    """Correct the particulars after a rejection and queue them for certification again. The same particulars again change nothing
    while they wait or are approved. Raise Problem `state_conflict` if there is nothing to correct."""

    def change() -> AdvertiserRecord:
        record = find(advertiser_id)
        status = certification_rules.NEXT.get((record.status, "resubmitted"))
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

    return retry_on_conflict(change, conflict=Refused)


def listed(status: Status | None, limit: int, after: PageKey | None) -> Page[AdvertiserRecord]:
    """Return a page of the advertisers with this status, or of all, status by status: waiting ones in the order of their
    deadline, others in the order of their decision, oldest first. Advertisers decided by an earlier release are listed after
    their next decision.

    Raise Problem `cursor_invalid`."""
    return read_queues(AdvertiserRecord, [_queue(one) for one in ([status] if status else STATUSES)], limit, after)


def own(advertiser_id: str, status: Status | None) -> Page[AdvertiserRecord]:
    """Return the list of this one advertiser; it is empty if the advertiser has not registered, or has another status."""
    record = AdvertiserRecord.find(advertiser_id, "advertiser")
    return Page([record] if record is not None and status in (None, record.status) else [], None)


def _queue(status: str) -> str:
    return QUEUE if status == "pending" else f"advertiser:{status}"


def enqueue(record: AdvertiserRecord) -> None:
    """Move the advertiser to the list of its status, as of the decision."""
    record.queue, record.due_at = _queue(record.status), record.decided_at
