"""The responses about disputes (api.md): their types, and functions that build them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NotRequired

from chalicelib.core import clock
from chalicelib.core.response_types import Count, Moment, TypedDict
from chalicelib.tasks.http.response_parts import Timer, Why, timers_response
from chalicelib.tasks.model import order_timers
from chalicelib.tasks.model.lifecycle import DISPUTE
from chalicelib.tasks.orders.dispute_statements import statement_counts
from chalicelib.tasks.records import stored_documents as stored
from chalicelib.tasks.records.dispute_record import DisputeRecord, StatementRecord


class Statement(TypedDict):
    """A statement of one side, with URLs of evidence."""

    by: Literal["advertiser", "creator"]
    note: str
    urls: list[str]
    at: Moment


class StatementCounts(TypedDict):
    """The number of statements of each side."""

    advertiser: Count
    creator: Count


class Ruling(TypedDict):
    """The ruling of a dispute. In a split the creator gets `creator_share_bps` / 10,000 of the price. `by` is the user id of the
    auditor for staff, and `auditor` for the two sides."""

    outcome: Literal["pay", "refund", "split"]
    creator_share_bps: int | None
    note: str
    by: str
    revision: NotRequired[Count]
    at: Moment


class DisputeSummary(TypedDict):
    """A dispute without its statements."""

    id: str
    revision: Count
    order_id: str
    task_id: str
    status: Literal["open", "paid", "refunded", "split", "unruled"]
    label: str
    opened_by: Literal["advertiser", "creator", "system"]
    reason: Why
    statement_counts: StatementCounts
    ruling: Ruling | None
    timers: list[Timer]
    opened_at: Moment
    due_at: Moment
    ended_at: Moment | None


class Dispute(DisputeSummary):
    """A dispute with the statements of both sides."""

    statements: list[Statement]


def dispute_summary_response(dispute: DisputeRecord, *, staff: bool) -> DisputeSummary:
    """Return a dispute without its statements; for staff it names the auditor."""
    due = order_timers.Timer("ruling_due", dispute.ruling_due_at, DISPUTE.then("open", "ruling_missed"))
    counts = statement_counts(dispute)
    return {
        "id": dispute.pk,
        "revision": int(dispute.revision),
        "order_id": dispute.order_id,
        "task_id": str(dispute.task_id),
        "status": dispute.status,
        "label": DISPUTE.labels[dispute.status],
        "opened_by": dispute.opened_by,
        "reason": dispute.reason,
        "statement_counts": {"advertiser": counts["advertiser"], "creator": counts["creator"]},
        "ruling": None if dispute.ruling is None else _ruling(dispute.ruling, staff),
        "timers": timers_response([due] if dispute.status == "open" else []),
        "opened_at": dispute.opened_at,
        "due_at": dispute.ruling_due_at,
        "ended_at": dispute.ended_at,
    }


def dispute_response(dispute: DisputeRecord, statements: Iterable[StatementRecord], *, staff: bool) -> Dispute:
    """Return a dispute with the statements of both sides."""
    return {
        **dispute_summary_response(dispute, staff=staff),
        "statements": [
            {"by": statement.stated_by, "note": statement.note, "urls": statement.urls, "at": statement.stated_at}
            for statement in statements
        ],
    }


def _ruling(ruling: stored.Ruling, staff: bool) -> Ruling:
    response: Ruling = {
        "outcome": ruling["outcome"],
        "creator_share_bps": ruling["creator_share_bps"],
        "note": ruling["note"],
        "by": ruling["by"] if staff else "auditor",
        "at": clock.parse(ruling["at"]),
    }
    if (revision := ruling.get("revision")) is not None:
        response["revision"] = revision
    return response
