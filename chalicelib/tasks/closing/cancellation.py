"""A task is closed before its time: cancelled by its advertiser (rule 18) or stopped by the platform (rule 19).

One transaction writes the task's status and closes its gate (chalicelib.tasks.model.closing_gate): from then on nothing else
can happen to an order that the closing ends. Then the orders are ended one by one, each in its own transaction: a few in the
request, the others by the task's workflow. While that lasts `winding_up` is set, and the sweep resumes a task whose workflow
died.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.observability import logger
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.log import recorded
from chalicelib.store import Action
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.closing.winding_up import ending_event, wind_up
from chalicelib.tasks.model import closing_gate
from chalicelib.tasks.model.lifecycle import ORDER, TASK
from chalicelib.tasks.model.standings import Standing, standings
from chalicelib.tasks.model.transitions import commit, task_moved
from chalicelib.tasks.open_calls.calls import released_budget
from chalicelib.tasks.orders import order_payouts
from chalicelib.tasks.records.order_record import order_id, orders_of
from chalicelib.tasks.records.task_lines import lines_of, parties_of
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.wallet import ledger, movements

ENDED_IN_REQUEST = 10
"""How many orders the request itself ends: about a quarter of a second. The workflow ends the rest."""


def preview(task: TaskRecord) -> list[dict[str, Any]]:
    """What cancelling does to each order now (rule 18): `{order_id, account_id, status, then, price, compensation, net, commission,
    returned, stays}`, amounts in minor units; `compensation` is `net` and `commission` together. `stays`: a published order goes
    on and is paid or not as agreed.

    Raises Problem `state_conflict` if the task cannot be cancelled."""
    _require(task, "cancelled")
    lines = lines_of([task])
    at = clock.now()
    return [_line(task, standing, at) for standing in standings(task, lines[task.pk], orders_of(lines))]


def revision_of(task: TaskRecord, lines: list[dict[str, Any]]) -> str:
    """Names this preview: another one has another revision, unless it shows the same."""
    shown = json.dumps([task.pk, task.status, int(task.unallocated), lines], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


def cancel(task_id: str, advertiser_id: str, reason: dict[str, str], revision: str | None = None) -> TaskRecord:
    """Rule 18: unanswered orders are free, accepted ones pay the creator a compensation, published ones go on. The task as it
    is then: `winding_up` is set if the workflow has orders to end. The same again changes nothing.

    Raises Problem `not_found` if it is another's; `state_conflict` if it can no longer be cancelled; `revision_changed` if the
    preview of this `revision` is no longer what cancelling does."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        if task.owner != advertiser_id:
            raise not_found("task")
        seen = None
        if revision is not None and task.status != "cancelled":
            seen = closing_gate.find_gate(task_id)
            if revision != revision_of(task, preview(task)):
                raise Problem("revision_changed", "Cancelling no longer does what the preview showed: read it again.")
        return _close(task, "cancelled", "advertiser", reason, seen)

    return _wind_up_some(retry_on_conflict(decide))


def stop(task_id: str, reason: dict[str, str], by: Decider) -> TaskRecord:
    """Rule 19: the platform stops the task: unpublished orders are free, published ones are taken down and paid in full. The
    task as it is then, like `cancel`.

    Raises Problem `conflict_of_interest` for a party of the task, `state_conflict` if it has ended otherwise."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        by.require_other(parties_of(task))
        logged = recorded("task", task_id, "stopped", reason["code"], reason.get("note"), by, clock.now())
        return _close(task, "stopped", "auditor", reason, logged=[logged])

    return _wind_up_some(retry_on_conflict(decide))


def stop_in_review(task_id: str, reason: dict[str, str]) -> TaskRecord:
    """Stop the task of an advertiser who may create none any more, if it is still in review: all is returned. The task as it is."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        return _close(task, "stopped", "auditor", reason) if task.status == "in_review" else task

    return retry_on_conflict(decide)


def _line(task: TaskRecord, standing: Standing, at: datetime) -> dict[str, Any]:
    held, order = standing.payment == "held", standing.order
    stays = order is not None and not order.ends_with("cancelled")
    event = "cancelled" if order is None or stays else ending_event(order, "cancelled", at)
    compensated, back = None, standing.price if held and not stays else 0
    if order is not None and order.status == "accepted" and event == "cancelled":
        compensated, back = order_payouts.compensation(order)
    return {
        "order_id": order_id(task.pk, standing.line.account_id),
        "account_id": standing.line.account_id,
        "status": standing.status,
        "then": standing.status if stays else ORDER.then(standing.status, event),
        "price": standing.price,
        "compensation": compensated.price if compensated else 0,
        "net": compensated.net if compensated else 0,
        "commission": compensated.commission if compensated else 0,
        "returned": back,
        "stays": stays,
    }


def _close(
    task: TaskRecord,
    event: str,
    by: str,
    reason: dict[str, str],
    seen: closing_gate.GateRecord | None = None,
    logged: Iterable[Action] = (),
) -> TaskRecord:
    """The task as closed; with `seen`, only if nothing has passed its gate since that was read. Raises WriteConflict, Problem
    `state_conflict`."""
    if task.status == event:
        return task
    _require(task, event)
    at = clock.now()
    running = task.status == "running"
    money: list[Action] = []
    changes: list[UpdateAction] = [TaskRecord.reason.set(reason)]
    if task.status == "in_review" and task.total:
        back = movements.return_hold(task.pk, int(task.round), str(task.owner), int(task.total))
        money = ledger.actions(back, at)
        changes.append(TaskRecord.unallocated.set(0))
    elif running:
        budget, money = released_budget(task, at)
        changes += budget
        if task.stuck:  # its workflow has failed: a further run ends the orders
            changes.append(TaskRecord.run.set(int(task.run) + 1))
    moved = task_moved(task, event, at=at, by=by, note=reason["code"], changes=changes, winding_up=running)
    commit([moved, *money, *logged, *([closing_gate.closed(task.pk, event, at, seen)] if running else ())])
    return find_task(task.pk)


def _wind_up_some(task: TaskRecord) -> TaskRecord:
    """Begins to end the orders. The task is closed whatever becomes of this: its workflow goes on."""
    try:
        return wind_up(task.pk, ENDED_IN_REQUEST)
    except Exception as error:
        logger.error("left to the workflow", extra={"item": task.pk, "error": type(error).__name__})
        return find_task(task.pk)


def _require(task: TaskRecord, event: str) -> None:
    if not TASK.allows(task.status, event):
        raise Problem("state_conflict", f"The task is {task.status}.", status_now=task.status)
