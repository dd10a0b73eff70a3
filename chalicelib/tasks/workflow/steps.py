"""What the steps of the two workflows do (infra/task.asl.json, infra/order.asl.json).

Every step may come twice, late or never: it reads the item, asks the clock, and goes through the same conditional
writes as the API. A timeout that fires early finds its deadline ahead and changes nothing; the workflow then waits
again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import clock
from chalicelib.core.observability import cause, correlate, count, logger
from chalicelib.tasks import review
from chalicelib.tasks.model.closing_gate import TaskClosed
from chalicelib.tasks.model.lifecycle import Illegal
from chalicelib.tasks.model.records import OrderRecord, TaskRecord, event, find_order, find_task, happened
from chalicelib.tasks.model.transitions import CALLS, change
from chalicelib.tasks.open_calls import open_calls
from chalicelib.tasks.orders import cancellation, creator_drafts, disputes, offer_responses, offers, publication
from chalicelib.tasks.workflow import task_completion

TIMEOUT_MAX = 99_999_999
"""Seconds; the most that Step Functions waits for a token."""

ENDED_PER_STEP = 200
"""How many orders one step ends with their task: a few seconds' work."""

LATE_SECONDS = 60
"""How much longer than the item's deadline a workflow may wait: between its steps some time passes."""

GRACE = timedelta(hours=1)
"""How long a running task waits for its last orders once all their timers are over, before it looks again."""


def _checked(order_id: str) -> None:
    """The look that is due; then the order goes to an auditor if checks cannot decide it (rules 29, 30)."""
    order = publication.recheck(order_id)
    if order.status == "published" and (order.delay or order.absences):
        disputes.refer(order_id)


def _publication_due(order_id: str) -> None:
    """What is due for an accepted order; then it goes to an auditor if its report cannot be checked (rule 30)."""
    if publication.become_due(order_id).is_reported:
        disputes.refer(order_id)


def _dispute_due(order_id: str) -> None:
    """The look that is due during a dispute, so also the last one before its default; then the default, if that is due."""
    publication.recheck(order_id)
    disputes.miss(order_id)


DEFAULTS: dict[str, Callable[[str], object]] = {
    "lapsed": offer_responses.lapse,
    "publication_missed": _publication_due,
    "check": _checked,
    "ruling_missed": _dispute_due,
}
"""What the steps of the order workflow do once a time has run out, by the order's id."""


def task_step(told: dict[str, Any]) -> dict[str, Any]:
    """`{"step", "id", ...}` -> `{"id", "status", "revision", "seconds"}` of the task after the step; `status` is `winding_up`
    while orders are still to be ended with a task that was closed.

    Steps: `load`; `wait` (with `token`, and the `revision` and `seconds` it waits in); `review_missed`; `offer`; `all_settled`;
    `wind_up`; `park` (with `error`). Raises Problem `not_found`."""
    step, task_id = told["step"], told["id"]
    if step == "wait":
        _keep_token(TaskRecord(task_id, "task"), told["token"], told["revision"])
    elif step == "park":
        _park(find_task(task_id), told)
    elif step == "review_missed":
        review.miss(task_id)
    elif step == "offer":
        offers.offer(find_task(task_id), clock.now())
    elif step == "all_settled":
        open_calls.close(task_id)
        task_completion.close_if_settled(task_id)
    elif step == "wind_up":
        cancellation.wind_up(task_id, ENDED_PER_STEP)
    elif step != "load":
        raise ValueError(f"the task workflow has no step {step}")
    task = find_task(task_id)
    correlate(task.cause)
    now = clock.now()
    end = task.accept_by
    if task.status == "running" and task.queue != CALLS:
        end = task.schedule.final_at if now < task.schedule.final_at else now + GRACE
    status = "winding_up" if task.winding_up else task.status
    seconds = _seconds_until(end, now)
    if step == "wait":
        _require_time(task, told, seconds)
    return {"id": task_id, "status": status, "revision": int(task.revision), "seconds": seconds}


def order_step(told: dict[str, Any]) -> dict[str, Any]:
    """`{"step", "id", ...}` -> `{"id", "status", "revision", "seconds"}` of the order after the step.

    Steps: `load`; `wait`; `lapsed`; `publication_missed`; `check`; `ruling_missed`; `park`. Raises Problem `not_found`."""
    step, order_id = told["step"], told["id"]
    if step == "wait":
        _keep_token(OrderRecord(order_id, "order"), told["token"], told["revision"])
    elif step == "park":
        _park(find_order(order_id), told)
    elif step in DEFAULTS:
        try:
            DEFAULTS[step](order_id)
        except Illegal:
            pass  # the step came too late: the order is shown as it is
        except TaskClosed:
            cancellation.end_order(order_id)
    elif step != "load":
        raise ValueError(f"the order workflow has no step {step}")
    order = find_order(order_id)
    correlate(order.cause)
    seconds = _seconds_until(order.wakes_at or order.schedule.final_at, clock.now())
    if step == "wait":
        _require_time(order, told, seconds)
    return {"id": order_id, "status": order.status, "revision": int(order.revision), "seconds": seconds}


def _seconds_until(moment: datetime, now: datetime) -> int:
    """Whole seconds, rounded up, so that the timeout does not come before the moment; at least one."""
    return min(max(1, math.ceil((moment - now).total_seconds())), TIMEOUT_MAX)


def _keep_token(item: TaskRecord | OrderRecord, token: str, revision: int) -> None:
    """The token that resumes the waiting workflow, and the revision it waits in. If something has happened meanwhile, this
    write is what the outbox sees, and it resumes the workflow at once."""
    record = type(item)
    change(item, [record.waiting_token.set(token), record.waiting_revision.set(revision)], record.pk.exists())


def _require_time(item: TaskRecord | OrderRecord, told: dict[str, Any], seconds: int) -> None:
    """Have the workflow woken if it waits longer than the `seconds` that are left: the clock of a sandbox stage was moved between
    its last two steps. The token is stored before the clock is read, so the workflow is woken here or after the move."""
    if told.get("seconds", seconds) > seconds + LATE_SECONDS:
        record = type(item)
        change(item, [record.waiting_revision.set(-1)], record.waiting_token == told["token"])


def retry(item: TaskRecord | OrderRecord, by: str = "staff") -> bool:
    """Starts a further run of a parked workflow, which begins with the stored status: by staff, who have mended what it failed at,
    or by the system after `stuck_retry`. False if the item is not parked (any more)."""
    record, at = type(item), clock.now()
    changes = [
        record.stuck.remove(),
        record.run.set(int(item.run) + 1),
        record.updated_at.set(at),
        record.cause.set(cause() or item.cause or item.pk),
        happened(item, event("retried", at, by)),
    ]
    if isinstance(item, OrderRecord):
        draft = item.draft or {}
        if draft.get("status") == "in_review":
            changes += [OrderRecord.queue.set(creator_drafts.QUEUE), OrderRecord.due_at.set(draft["due_at"])]
        else:
            changes += [OrderRecord.queue.remove(), OrderRecord.due_at.remove()]
    return change(item, changes, record.stuck.exists() & (record.run == int(item.run)))


def _park(item: TaskRecord | OrderRecord, told: dict[str, Any]) -> None:
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
    changes = [record.stuck.set(stuck), happened(item, event("parked", at, "system", stuck["error"]))]
    if isinstance(item, OrderRecord):
        changes += [OrderRecord.queue.set("stuck"), OrderRecord.due_at.set(stuck["at"])]
    if not change(item, changes, record.stuck.does_not_exist()):
        return
    logger.error("workflow parked", extra={"item": item.pk, "status": item.status, "error": stuck["error"]})
    count("WorkflowParked", kind=item.sk)
