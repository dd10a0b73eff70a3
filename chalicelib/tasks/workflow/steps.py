"""The steps of the task and order workflows (infra/task.asl.json, infra/order.asl.json).

A step can run twice, late or never: it reads the item and the clock, and uses the same conditional writes as the API. If a timeout
fires before the deadline, the step changes nothing, and the workflow waits again.
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
from chalicelib.tasks.model.transitions import CALLS, change_if
from chalicelib.tasks.open_calls import calls
from chalicelib.tasks.orders import offer_responses, offers
from chalicelib.tasks.records.order_record import OrderRecord, find_order
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.workflow import task_completion
from chalicelib.tasks.workflow.order_defaults import check_step, dispute_step, publication_step
from chalicelib.tasks.workflow.stuck_workflows import save_stuck

TIMEOUT_MAX = 99_999_999
"""The longest time in seconds that Step Functions waits for a token."""

ENDED_PER_STEP = 200
"""The number of orders that one step ends with their task: a few seconds of work."""

LATE_SECONDS = 60
"""The time that a workflow may wait beyond the deadline of its item, because some time passes between its steps."""

GRACE = timedelta(hours=1)
"""The time that a running task waits for its last orders after all of their timers, before it is checked again."""


DEFAULTS: dict[str, Callable[[str], object]] = {
    "lapsed": offer_responses.lapse,
    "publication_missed": publication_step,
    "check": check_step,
    "ruling_missed": dispute_step,
}
"""The function of each step of the order workflow that follows a timeout; its argument is the id of the order."""


def task_step(payload: dict[str, Any]) -> dict[str, Any]:
    """Run a step `{"step", "id", ...}` of the task workflow, and return `{"id", "status", "revision", "seconds"}` of the task.

    `status` is `winding_up` while orders are still to be ended with a closed task; `seconds` is the time to wait. Steps: `load`;
    `wait` (with `token`, and the `revision` and `seconds` of the wait); `review_missed`; `offer`; `all_settled`; `wind_up`; `park`
    (with `error`). Raises Problem `not_found`."""
    step, task_id = payload["step"], payload["id"]
    if step == "wait":
        _save_token(TaskRecord(task_id, "task"), payload["token"], payload["revision"])
    elif step == "park":
        save_stuck(find_task(task_id), payload)
    elif step == "review_missed":
        review.expire(task_id)
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
        _shorten_wait(task, payload, seconds)
    return {"id": task_id, "status": status, "revision": int(task.revision), "seconds": seconds}


def order_step(payload: dict[str, Any]) -> dict[str, Any]:
    """Run a step `{"step", "id", ...}` of the order workflow, and return `{"id", "status", "revision", "seconds"}` of the order.

    Steps: `load`; `wait`; `lapsed`; `publication_missed`; `check`; `ruling_missed`; `park`. Raises Problem `not_found`."""
    step, order_id = payload["step"], payload["id"]
    if step == "wait":
        _save_token(OrderRecord(order_id, "order"), payload["token"], payload["revision"])
    elif step == "park":
        save_stuck(find_order(order_id), payload)
    elif step in DEFAULTS:
        try:
            DEFAULTS[step](order_id)
        except Illegal:
            pass  # the step is late: the present state of the order is returned
        except TaskClosed:
            winding_up.end_order(order_id)
    elif step != "load":
        raise ValueError(f"the order workflow has no step {step}")
    order = find_order(order_id)
    correlate(order.cause)
    seconds = _seconds_until(order.next_action_at or order.schedule.final_at, clock.now())
    if step == "wait":
        _shorten_wait(order, payload, seconds)
    return {"id": order_id, "status": order.status, "revision": int(order.revision), "seconds": seconds}


def _seconds_until(moment: datetime, now: datetime) -> int:
    """Return whole seconds, at least one, rounded up so that the timeout is not before the moment."""
    return min(max(1, math.ceil((moment - now).total_seconds())), TIMEOUT_MAX)


def _save_token(item: TaskRecord | OrderRecord, token: str, revision: int) -> None:
    """Store the token that resumes the waiting workflow, and the revision that it waits in. If the item has changed meanwhile, the
    stream record of this write makes the outbox resume the workflow at once."""
    record = type(item)
    change_if(item, [record.waiting_token.set(token), record.waiting_revision.set(revision)], record.pk.exists())


def _shorten_wait(item: TaskRecord | OrderRecord, payload: dict[str, Any], seconds: int) -> None:
    """Have the workflow resumed if it waits longer than the remaining `seconds`, because the clock of a sandbox stage was moved
    between its last two steps. The token is stored before the clock is read, so the workflow is resumed here or after the move."""
    if payload.get("seconds", seconds) > seconds + LATE_SECONDS:
        record = type(item)
        change_if(item, [record.waiting_revision.set(-1)], record.waiting_token == payload["token"])
