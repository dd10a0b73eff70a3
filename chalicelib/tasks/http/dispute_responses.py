"""Build the responses about disputes (api.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalicelib.core import clock
from chalicelib.tasks.http.response_parts import timers_response
from chalicelib.tasks.model.lifecycle import DISPUTE
from chalicelib.tasks.model.timers import Timer
from chalicelib.tasks.orders.dispute_statements import statement_counts
from chalicelib.tasks.records.dispute_record import DisputeRecord, StatementRecord


def dispute_summary_response(dispute: DisputeRecord, *, staff: bool) -> dict[str, Any]:
    """A dispute without its statements; `staff`: also which auditor ruled it."""
    ruling = dispute.ruling
    return {
        "id": dispute.pk,
        "revision": int(dispute.revision),
        "order_id": dispute.order_id,
        "task_id": dispute.task_id,
        "status": dispute.status,
        "label": DISPUTE.labels[dispute.status],
        "opened_by": dispute.opened_by,
        "reason": dispute.reason,
        "statement_counts": statement_counts(dispute),
        "ruling": None if ruling is None else _ruling(ruling, staff),
        "timers": timers_response(
            [Timer("ruling_due", dispute.ruling_due_at, DISPUTE.then("open", "ruling_missed"))]
            if dispute.status == "open"
            else []
        ),
        "opened_at": dispute.opened_at,
        "due_at": dispute.ruling_due_at,
        "ended_at": dispute.ended_at,
    }


def dispute_response(dispute: DisputeRecord, statements: Iterable[StatementRecord], *, staff: bool) -> dict[str, Any]:
    """A dispute with what both sides stated."""
    return {
        **dispute_summary_response(dispute, staff=staff),
        "statements": [
            {"by": one.stated_by, "note": one.note, "urls": one.urls, "at": one.stated_at} for one in statements
        ],
    }


def _ruling(ruling: dict[str, Any], staff: bool) -> dict[str, Any]:
    """The ruling; who the auditor is, is for staff."""
    by = ruling["by"] if staff else "auditor"
    return {**ruling, "by": by, "at": clock.parse(ruling["at"])}
