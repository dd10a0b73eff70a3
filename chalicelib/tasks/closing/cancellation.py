"""Close a task early: its advertiser cancels it (rule 18), or the platform stops it (rule 19).

One transaction writes the status of the task and closes its gate (chalicelib.tasks.model.closing_gate); from then on no other event
of an order that the closing ends is possible. Then the orders are ended, each in its own transaction: a few in the request, the
others by the workflow of the task (chalicelib.tasks.closing.winding_up). Meanwhile `winding_up` is set, and the sweep resumes a
task whose workflow has failed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.observability import logger
from chalicelib.core.response_types import TypedDict
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.decision_log import recorded
from chalicelib.store import Action
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.closing.winding_up import ending_event, wind_up
from chalicelib.tasks.model.closing_gate import GateRecord, close_gate, find_gate
from chalicelib.tasks.model.lifecycle import ORDER, TASK, OrderStatus
from chalicelib.tasks.model.order_standings import Standing, standings
from chalicelib.tasks.model.transition_write import Event, apply_event
from chalicelib.tasks.open_calls.open_calls import release_budget
from chalicelib.tasks.orders import order_payouts
from chalicelib.tasks.records.order_record import order_id, orders_of
from chalicelib.tasks.records.stored_documents import Reason
from chalicelib.tasks.records.task_lines import lines_of, parties_of
from chalicelib.tasks.records.task_record import TaskRecord, find_own_task, find_task
from chalicelib.wallet import ledger, movements

ENDED_IN_REQUEST = 10
"""The number of orders that the request itself ends, in about a quarter of a second. The workflow ends the rest."""


class CancellationLine(TypedDict):
    """The effect of cancelling on one order; amounts in minor units. `compensation` is `net` and `commission` together. `stays`: a
    published order goes on and is settled as agreed."""

    order_id: str
    account_id: str
    status: OrderStatus
    then: OrderStatus
    price: int
    compensation: int
    net: int
    commission: int
    returned: int
    stays: bool


def preview(task: TaskRecord) -> list[CancellationLine]:
    """Return the effect of cancelling on each order now (rule 18). Raises Problem `state_conflict` if the task cannot be
    cancelled."""
    _require(task, "cancelled")
    lines = lines_of([task])
    at = clock.now()
    return [_line(task, standing, at) for standing in standings(task, lines[task.pk], orders_of(lines))]


def revision_of(task: TaskRecord, lines: Sequence[CancellationLine]) -> str:
    """Return the revision of a preview; previews with different contents have different revisions."""
    content = json.dumps([task.pk, task.status, int(task.unallocated), lines], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def cancel(task_id: str, advertiser_id: str, reason: Reason, revision: str | None = None) -> TaskRecord:
    """Cancel the task (rule 18): unanswered orders are free, accepted ones pay the creator a compensation, published ones go on.

    Return the task; `winding_up` is set if the workflow has orders to end. A repetition changes nothing. Raises Problem `not_found`
    for a task of another advertiser; `state_conflict` if it can no longer be cancelled; `revision_changed` if the preview of
    `revision` is out of date."""

    def decide() -> TaskRecord:
        task = find_own_task(task_id, advertiser_id)
        gate = None
        if revision is not None and task.status != "cancelled":
            gate = find_gate(task_id)
            if revision != revision_of(task, preview(task)):
                raise Problem("revision_changed", "Cancelling no longer does what the preview showed: read it again.")
        return _close(task, "cancelled", "advertiser", reason, gate)

    return _wind_up_some(retry_on_conflict(decide))


def stop(task_id: str, reason: Reason, by: Decider) -> TaskRecord:
    """Stop the task for the platform (rule 19): unpublished orders are free, published ones are taken down and paid in full.

    Return the task, like `cancel`. Raises Problem `conflict_of_interest` for a party of the task, `state_conflict` if it has ended
    otherwise."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        by.require_other(parties_of(task))
        logged = recorded("task", task_id, "stopped", reason["code"], reason.get("note"), by, clock.now())
        return _close(task, "stopped", "auditor", reason, logged=[logged])

    return _wind_up_some(retry_on_conflict(decide))


def stop_in_review(task_id: str, reason: Reason) -> TaskRecord:
    """Stop the task of an advertiser who may create none any more, if it is still in review, and return its money."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        return _close(task, "stopped", "auditor", reason) if task.status == "in_review" else task

    return retry_on_conflict(decide)


def _line(task: TaskRecord, standing: Standing, at: datetime) -> CancellationLine:
    is_held, order = standing.payment == "held", standing.order
    stays = order is not None and not order.ends_with("cancelled")
    event = "cancelled" if order is None or stays else ending_event(order, "cancelled", at)
    compensation, returned = None, standing.price if is_held and not stays else 0
    if order is not None and order.status == "accepted" and event == "cancelled":
        compensation, returned = order_payouts.compensation(order)
    return {
        "order_id": order_id(task.pk, standing.line.account_id),
        "account_id": standing.line.account_id,
        "status": standing.status,
        "then": standing.status if stays else cast(OrderStatus, ORDER.then(standing.status, event)),
        "price": standing.price,
        "compensation": compensation.price if compensation else 0,
        "net": compensation.net if compensation else 0,
        "commission": compensation.commission if compensation else 0,
        "returned": returned,
        "stays": stays,
    }


def _close(
    task: TaskRecord,
    event: str,
    by: str,
    reason: Reason,
    gate: GateRecord | None = None,
    logged: Iterable[Action] = (),
) -> TaskRecord:
    """Close the task; with `gate`, only if no event has passed it since it was read. Raises WriteConflict, Problem
    `state_conflict`."""
    if task.status == event:
        return task
    _require(task, event)
    at = clock.now()
    is_running = task.status == "running"
    actions: list[Action] = [*logged]
    changes: list[UpdateAction] = [TaskRecord.reason.set(reason)]
    if task.status == "in_review" and task.total:
        movement = movements.return_hold(task.pk, int(task.round), str(task.owner), int(task.total))
        actions += ledger.actions(movement, at)
        changes.append(TaskRecord.unallocated.set(0))
    elif is_running:
        budget, money = release_budget(task, at)
        changes += budget
        actions += [*money, close_gate(task.pk, event, at, gate)]
        if task.stuck:  # its workflow has failed: a further run ends the orders
            changes.append(TaskRecord.run.set(int(task.run) + 1))
    closed = Event(event, by, at, note=reason["code"], changes=changes, winding_up=is_running)
    return apply_event(task, closed, actions)


def _wind_up_some(task: TaskRecord) -> TaskRecord:
    """End the first orders. The task is closed even if this fails: its workflow goes on."""
    try:
        return wind_up(task.pk, ENDED_IN_REQUEST)
    except Exception as error:
        logger.error("cancellation left to the workflow", extra={"item": task.pk, "error": type(error).__name__})
        return find_task(task.pk)


def _require(task: TaskRecord, event: str) -> None:
    if not TASK.allows(task.status, event):
        raise Problem("state_conflict", f"The task is {task.status}.", status_now=task.status)
