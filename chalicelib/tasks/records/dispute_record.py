"""The items of a dispute: the dispute, its entry in the list of each side, and the statements of both sides."""

from __future__ import annotations

from typing import Literal

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core import clock
from chalicelib.core.errors import not_found
from chalicelib.store import TasksRecord
from chalicelib.tasks.model.lifecycle import DISPUTE, DisputeStatus
from chalicelib.tasks.records.stored_documents import Reason, Ruling, StoredStatement
from chalicelib.tasks.records.task_attributes import Choice, Document, Moment

Side = Literal["advertiser", "creator"]


class DisputeRecord(TasksRecord):
    """A dispute: pk is its id, sk is `dispute`, task_id the task of its order. While it is open it is in the queue `disputes`, the
    one that is due first at the head. Statements are items of their own (StatementRecord); `stated` counts them by side.
    `statements` are the statements of disputes from before there were such items."""

    machine = DISPUTE

    status = Choice[DisputeStatus]()
    order_id = UnicodeAttribute()
    advertiser_id = UnicodeAttribute()
    creator_id = UnicodeAttribute()
    opened_by = Choice[Literal["advertiser", "creator", "system"]]()
    reason = Document[Reason]()
    statements = Document[list[StoredStatement]](default=list)
    stated = Document[dict[str, int] | None](null=True)
    ruling = Document[Ruling | None](null=True)
    opened_at = Moment()
    ruling_due_at = Moment()
    ended_at = Moment(null=True)
    revision = NumberAttribute(default=0)


class DisputeListing(TasksRecord):
    """A dispute in the list of one of its sides: pk is the dispute's id, sk `listing#` and the side, owner `disputes#` and the
    side's id. It is written once, with the dispute, whose own item has no owner."""

    @classmethod
    def of(cls, dispute: DisputeRecord, side: str, party_id: str) -> DisputeListing:
        return cls(
            dispute.pk,
            f"listing#{side}",
            owner=cls.owned(party_id),
            listed_at=f"{clock.stamp(dispute.opened_at)}#{dispute.pk}",
        )

    @staticmethod
    def owned(party_id: str) -> str:
        return f"disputes#{party_id}"


class StatementRecord(TasksRecord):
    """A statement of one side: pk is the dispute's id, sk `statement#` and its number; `stated_by` is the side. It is written once
    and never changed."""

    stated_by = Choice[Side]()
    note = UnicodeAttribute()
    urls = Document[list[str]]()
    stated_at = Moment()


def find_dispute(dispute_id: str) -> DisputeRecord:
    """Return the dispute, read consistently. Raises Problem `not_found`."""
    return DisputeRecord.existing(dispute_id, "dispute", prefix="dsp")


def side_of(party_ids: frozenset[str], advertiser_id: str, creator_id: str, kind: str) -> Side:
    """Return the side of an order or a dispute (`kind`) that these ids belong to. Raises Problem `not_found` if they belong to
    neither."""
    if advertiser_id in party_ids:
        return "advertiser"
    if creator_id in party_ids:
        return "creator"
    raise not_found(kind)
