"""Workflows that failed for good: an item is marked as stuck, and its workflow is run again by staff or after `stuck_retry`.

The stored event, the ASL step and the metric are still named `park`."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core import clock
from chalicelib.core.observability import cause, correlate, count, logger
from chalicelib.store import update_if
from chalicelib.tasks.orders import creator_drafts
from chalicelib.tasks.records.event_history import append_event, event_line
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.stored_documents import StuckWorkflow
from chalicelib.tasks.records.task_record import TaskRecord

QUEUE = "stuck"
"""The queue of the orders whose workflows are stuck."""


def save_stuck(item: TaskRecord | OrderRecord, error: Mapping[str, str]) -> None:
    """Mark the item as stuck, with the error of its workflow. Its status stays, and users can still act on it."""
    correlate(item.cause)
    record, at = type(item), clock.now()
    stuck: StuckWorkflow = {
        "at": clock.stamp(at),
        "status": item.status,
        "error": str(error.get("Error", ""))[:200],
        "cause": str(error.get("Cause", ""))[:1_000],
    }
    changes = [record.stuck.set(stuck), append_event(item, event_line("parked", at, "system", stuck["error"]))]
    if isinstance(item, OrderRecord):
        changes += [OrderRecord.queue.set(QUEUE), OrderRecord.due_at.set(stuck["at"])]
    if not update_if(item, changes, record.stuck.does_not_exist()):
        return
    logger.error("workflow stuck", extra={"item": item.pk, "status": item.status, "error": stuck["error"]})
    count("WorkflowParked", kind=item.sk)


def retry(item: TaskRecord | OrderRecord, by: str = "staff") -> bool:
    """Start a further run of a stuck workflow, which begins with the stored status; return False if the item is not stuck (any
    more).

    Staff do it once the cause is repaired, the system after `stuck_retry`."""
    record, at = type(item), clock.now()
    changes = [
        record.stuck.remove(),
        record.run.set(int(item.run) + 1),
        record.updated_at.set(at),
        record.cause.set(cause() or item.cause or item.pk),
        append_event(item, event_line("retried", at, by)),
    ]
    if isinstance(item, OrderRecord):
        if item.draft and item.draft["status"] == "in_review":
            changes += [OrderRecord.queue.set(creator_drafts.QUEUE), OrderRecord.due_at.set(item.draft["due_at"])]
        else:
            changes += [OrderRecord.queue.remove(), OrderRecord.due_at.remove()]
    return update_if(item, changes, record.stuck.exists() & (record.run == int(item.run)))
