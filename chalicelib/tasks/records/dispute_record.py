"""The items of a dispute: the dispute, its entry in the list of each side, and the statements of both sides."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core import clock, ids
from chalicelib.core.errors import not_found
from chalicelib.store import JSONAttribute, TasksRecord
from chalicelib.tasks.model.lifecycle import DISPUTE
from chalicelib.tasks.records.workflow_item import Moment


class DisputeRecord(TasksRecord):
    """A dispute: pk is its id, sk is `dispute`, task_id the task of its order; it waits in the queue `disputes`, the one due
    first at the head. What the sides stated are items of their own (StatementRecord); `stated` counts them by side. `statements`
    are those of disputes from before there were such items."""

    machine = DISPUTE

    status = UnicodeAttribute()
    order_id = UnicodeAttribute()
    advertiser_id = UnicodeAttribute()
    creator_id = UnicodeAttribute()
    opened_by = UnicodeAttribute()
    reason = JSONAttribute()
    statements = JSONAttribute(default=list)
    stated = JSONAttribute(null=True)
    ruling = JSONAttribute(null=True)
    opened_at = Moment()
    ruling_due_at = Moment()
    ended_at = Moment(null=True)
    revision = NumberAttribute(default=0)


class DisputeListing(TasksRecord):
    """A dispute in the list of one of its sides: pk is the dispute's id, sk `listing#` and the side, owner `disputes#` and the
    side's id. Written once with the dispute, whose own item has no owner."""

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
    """What a side stated to a dispute: pk is the dispute's id, sk `statement#` and its number; `stated_by` is the side. Written
    once."""

    stated_by = UnicodeAttribute()
    note = UnicodeAttribute()
    urls = JSONAttribute()
    stated_at = Moment()


def find_dispute(dispute_id: str) -> DisputeRecord:
    """The dispute, read consistently. Raises Problem `not_found`."""
    dispute = DisputeRecord.find(dispute_id, "dispute") if ids.is_id("dsp", dispute_id) else None
    if dispute is None:
        raise not_found("dispute")
    return dispute


def side_of(party_ids: frozenset[str], advertiser_id: str, creator_id: str, what: str) -> str:
    """Which side these ids are. Raises Problem `not_found` if neither."""
    if advertiser_id in party_ids:
        return "advertiser"
    if creator_id in party_ids:
        return "creator"
    raise not_found(what)
