"""A workflow that failed for good is stuck: staff find it in a list, and it is run again by them or after `stuck_retry`."""

from __future__ import annotations

from typing import Any

from chalicelib.core import clock
from chalicelib.core.observability import cause, correlate, count, logger
from chalicelib.tasks.model.transitions import change
from chalicelib.tasks.orders import creator_drafts
from chalicelib.tasks.records.history import append_event, event_line
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord


def retry(item: TaskRecord | OrderRecord, by: str = "staff") -> bool:
    """Starts a further run of a parked workflow, which begins with the stored status: by staff, who have mended what it failed at,
    or by the system after `stuck_retry`. False if the item is not parked (any more)."""
    record, at = type(item), clock.now()
    changes = [
        record.stuck.remove(),
        record.run.set(int(item.run) + 1),
        record.updated_at.set(at),
        record.cause.set(cause() or item.cause or item.pk),
        append_event(item, event_line("retried", at, by)),
    ]
    if isinstance(item, OrderRecord):
        draft = item.draft or {}
        if draft.get("status") == "in_review":
            changes += [OrderRecord.queue.set(creator_drafts.QUEUE), OrderRecord.due_at.set(draft["due_at"])]
        else:
            changes += [OrderRecord.queue.remove(), OrderRecord.due_at.remove()]
    return change(item, changes, record.stuck.exists() & (record.run == int(item.run)))


def save_stuck(item: TaskRecord | OrderRecord, told: dict[str, Any]) -> None:
    """Leaves the item where staff find it, with what failed; its status stays, and people can still act on it."""
    correlate(item.cause)
    record, at = type(item), clock.now()
    error = told.get("error") or {}
    stuck = {
        "at": clock.stamp(at),
        "status": item.status,
        "error": str(error.get("Error", ""))[:200],
        "cause": str(error.get("Cause", ""))[:1_000],
    }
    changes = [record.stuck.set(stuck), append_event(item, event_line("parked", at, "system", stuck["error"]))]
    if isinstance(item, OrderRecord):
        changes += [OrderRecord.queue.set("stuck"), OrderRecord.due_at.set(stuck["at"])]
    if not change(item, changes, record.stuck.does_not_exist()):
        return
    logger.error("workflow parked", extra={"item": item.pk, "status": item.status, "error": stuck["error"]})
    count("WorkflowParked", kind=item.sk)
