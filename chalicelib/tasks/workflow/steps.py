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
from chalicelib.core.observability import correlate
from chalicelib.tasks import review
from chalicelib.tasks.closing import winding_up
from chalicelib.tasks.model.closing_gate import TaskClosed
from chalicelib.tasks.model.lifecycle import Illegal
from chalicelib.tasks.model.transitions import CALLS, change
from chalicelib.tasks.open_calls import calls
from chalicelib.tasks.orders import offer_responses, offers
from chalicelib.tasks.records.order_record import OrderRecord, find_order
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.workflow import task_completion
from chalicelib.tasks.workflow.order_defaults import check_due, dispute_due, publication_due
from chalicelib.tasks.workflow.stuck_workflows import save_stuck

TIMEOUT_MAX = 99_999_999
"""Seconds; the most that Step Functions waits for a token."""

ENDED_PER_STEP = 200
"""How many orders one step ends with their task: a few seconds' work."""

LATE_SECONDS = 60
"""How much longer than the item's deadline a workflow may wait: between its steps some time passes."""

GRACE = timedelta(hours=1)
"""How long a running task waits for its last orders once all their timers are over, before it looks again."""


DEFAULTS: dict[str, Callable[[str], object]] = {
    "lapsed": offer_responses.lapse,
    "publication_missed": publication_due,
    "check": check_due,
    "ruling_missed": dispute_due,
}
"""What the steps of the order workflow do once a time has run out, by the order's id."""


def task_step(told: dict[str, Any]) -> dict[str, Any]:
    """`{"step", "id", ...}` -> `{"id", "status", "revision", "seconds"}` of the task after the step; `status` is `winding_up`
    while orders are still to be ended with a task that was closed.

    Steps: `load`; `wait` (with `token`, and the `revision` and `seconds` it waits in); `review_missed`; `offer`; `all_settled`;
    `wind_up`; `park` (with `error`). Raises Problem `not_found`."""
    step, task_id = told["step"], told["id"]
    if step == "wait":
        _save_token(TaskRecord(task_id, "task"), told["token"], told["revision"])
    elif step == "park":
        save_stuck(find_task(task_id), told)
    elif step == "review_missed":
        review.miss(task_id)
    elif step == "offer":
        offers.offer(find_task(task_id), clock.now())
    elif step == "all_settled":
        calls.close(task_id)
        task_completion.complete_if_settled(task_id)
    elif step == "wind_up":
        winding_up.wind_up(task_id, ENDED_PER_STEP)
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
        _save_token(OrderRecord(order_id, "order"), told["token"], told["revision"])
    elif step == "park":
        save_stuck(find_order(order_id), told)
    elif step in DEFAULTS:
        try:
            DEFAULTS[step](order_id)
        except Illegal:
            pass  # the step came too late: the order is shown as it is
        except TaskClosed:
            winding_up.end_order(order_id)
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


def _save_token(item: TaskRecord | OrderRecord, token: str, revision: int) -> None:
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
