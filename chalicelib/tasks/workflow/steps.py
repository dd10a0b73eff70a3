"""The steps of the task and order workflows (infra/task.asl.json, infra/order.asl.json).

A step can run twice, late or never: it reads the item and the clock, and uses the same conditional writes as the API. If a timeout
fires before the deadline, the step changes nothing, and the workflow waits again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.core import clock
from chalicelib.core.observability import correlate
from chalicelib.tasks import review
from chalicelib.tasks.closing import winding_up
from chalicelib.tasks.model.closing_gate import TaskClosed
from chalicelib.tasks.model.lifecycle import Illegal
from chalicelib.tasks.open_calls import open_calls
from chalicelib.tasks.orders import offer_accept_decline_lapse, offers
from chalicelib.tasks.records.order_record import CountedLinks, OrderRecord, find_order, find_order_with_looks
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.workflow import task_completion
from chalicelib.tasks.workflow.look_schedule import schedule_look
from chalicelib.tasks.workflow.resume_workflows import answer_last_check, resume_record
from chalicelib.tasks.workflow.stuck_workflows import save_stuck
from chalicelib.tasks.workflow.timeout_dispatch import check_step, dispute_step, publication_step
from chalicelib.tasks.workflow.wait_tokens import KEY, Wait, WaitInput, WaitRecord, wait_of

ENDED_PER_STEP = 200
"""The number of orders that one step ends with their task: a few seconds of work."""

LOOKED_AT = ("published", "disputed")
"""The statuses of an order in which the step that stores a wait reads the order, to schedule the next look at its post."""

LATE_SECONDS = 60
"""The time that a workflow may wait beyond the deadline of its item, because some time passes between its steps."""


DEFAULTS: dict[str, Callable[[str], OrderRecord]] = {
    "lapsed": offer_accept_decline_lapse.lapse,
    "publication_missed": publication_step,
    "check": check_step,
    "ruling_missed": dispute_step,
}
"""The function of each step of the order workflow that follows a timeout, from the id of the order to the order as it is then."""


def task_step(payload: dict[str, Any]) -> WaitInput:
    """Run a step `{"step", "id", ...}` of the task workflow, and return the state of the task.

    `status` is `winding_up` while orders are still to be ended with a closed task; `until` and `seconds` are the time to wait.
    Steps: `load`; `wait` (with the `token`, `status`, `until` and `seconds` of the wait, and the `input` of its state);
    `review_missed`; `offer`; `all_settled`; `wind_up`; `park` (with `error`). Raises Problem `not_found`."""
    step, task_id = payload["step"], payload["id"]
    saved = _save_wait(payload, find_task) if step == "wait" else None
    if saved and _is_as_known(payload, saved):
        return _known(payload)
    if step == "park":
        save_stuck(find_task(task_id), payload.get("error") or {})
    elif step == "review_missed":
        review.expire(task_id)
    elif step == "offer":
        offers.offer(find_task(task_id), clock.now())
    elif step == "all_settled":
        open_calls.close(task_id)
        task_completion.complete_if_settled(task_id)
    elif step == "wind_up":
        winding_up.wind_up(task_id, ENDED_PER_STEP)
    elif step not in ("load", "wait"):
        raise ValueError(f"the task workflow has no step {step}")
    task = find_task(task_id)
    correlate(task.cause)
    return _result(task, payload, saved)


def order_step(payload: dict[str, Any]) -> WaitInput:
    """Run a step `{"step", "id", ...}` of the order workflow, and return the state of the order.

    Steps: `load`; `wait`; `lapsed`; `publication_missed`; `check` (the last one has a `token`, which it answers, and the `input`
    of its state); `ruling_missed`; `park`. Raises Problem `not_found`."""
    step, order_id = payload["step"], payload["id"]
    saved = _save_wait(payload, find_order) if step == "wait" else None
    if saved and saved.status not in LOOKED_AT and _is_as_known(payload, saved):
        return _known(payload)
    order: OrderRecord | None = None
    if step == "park":
        save_stuck(find_order(order_id), payload.get("error") or {})
    elif step in DEFAULTS:
        try:
            order = check_step(order_id, _counted(payload)) if step == "check" else DEFAULTS[step](order_id)
        except Illegal:
            pass  # the step is late: the present state of the order is returned
        except TaskClosed:
            order = winding_up.end_order(order_id)
    elif step not in ("load", "wait"):
        raise ValueError(f"the order workflow has no step {step}")
    order = order or (find_order_with_looks if step == "wait" else find_order)(order_id)
    correlate(order.cause)
    if step in ("wait", "check"):
        schedule_look(order)
    return _result(order, payload, saved)


def _counted(payload: dict[str, Any]) -> CountedLinks | None:
    """Return the links whose clicks the look counts, if the schedule or the input of the last check has them."""
    found: CountedLinks | None = payload.get("input", payload).get("counted")
    return found


def _result(item: TaskRecord | OrderRecord, payload: dict[str, Any], saved: WaitRecord | None) -> WaitInput:
    """Return what the workflow waits for next; resume it after the step `wait` if it does not wait for that."""
    wait = wait_of(item)
    found = wait.as_input(item.pk, clock.now())
    # The clock of a sandbox stage can have moved since the last step. The token is stored before the clock is read, so the
    # workflow is resumed here or after the move.
    if payload["step"] == "check" and "token" in payload:
        answer_last_check(payload["token"], item.pk, wait)
    if saved and (saved.wait != wait or payload.get("seconds", 0) > found["seconds"] + LATE_SECONDS):
        resume_record(saved, wait)
    return found


def _is_as_known(payload: dict[str, Any], saved: WaitRecord) -> bool:
    """Return True if the item need not be read after its wait was stored: the outbox has handled no later change than the one in
    the input of the state, and the clock of a sandbox stage was not moved over the deadline."""
    revision = payload.get("input", {}).get("revision")
    if revision is None or (saved.changed_in is not None and saved.changed_in > revision):
        return False
    return bool(payload["seconds"] <= saved.wait.seconds(clock.now()) + LATE_SECONDS)


def _known(payload: dict[str, Any]) -> WaitInput:
    """Return the input of the state, which is the state of the item."""
    known: WaitInput = payload["input"]
    correlate(known.get("cause"))
    return known


def _save_wait(payload: dict[str, Any], find: Callable[[str], TaskRecord | OrderRecord]) -> WaitRecord:
    """Store the token that resumes the waiting workflow, with what it waits for, and return the stored item.

    A change of the item that the outbox handles later finds the token. One that it has handled before has left `changed_in`, unless
    the input of the state has it."""
    if "until" in payload:
        wait, is_plain = Wait(payload["status"], payload["until"]), None
    else:  # a definition from before 2026-11-27
        item = find(payload["id"])
        wait = wait_of(item) if int(item.revision) == payload["revision"] else Wait("", "")
        is_plain = True
    record = WaitRecord(payload["id"], KEY)
    record.update(
        [
            WaitRecord.token.set(payload["token"]),
            WaitRecord.status.set(wait.status),
            WaitRecord.until.set(wait.until),
            WaitRecord.is_plain.set(True) if is_plain else WaitRecord.is_plain.remove(),
        ]
    )
    return record
