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
from contextlib import suppress
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.accounts.publishing_permission import take_down_for
from chalicelib.core import clock
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.observability import logger
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.log import recorded
from chalicelib.store import Action, update
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.http.order_views import Standing, standings
from chalicelib.tasks.model import closing_gate
from chalicelib.tasks.model.lifecycle import ORDER, TASK
from chalicelib.tasks.model.records import (
    OrderRecord,
    TaskRecord,
    find_order,
    find_task,
    lines_of,
    order_id,
    orders_of,
    parties_of,
)
from chalicelib.tasks.model.transitions import Overtaken, change, commit, move_order, task_moved, until_settled
from chalicelib.tasks.open_calls.open_calls import released_budget
from chalicelib.tasks.orders import order_payouts
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

    return _wind_up_some(until_settled(decide))


def stop(task_id: str, reason: dict[str, str], by: Decider) -> TaskRecord:
    """Rule 19: the platform stops the task: unpublished orders are free, published ones are taken down and paid in full. The
    task as it is then, like `cancel`.

    Raises Problem `conflict_of_interest` for a party of the task, `state_conflict` if it has ended otherwise."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        by.require_other(parties_of(task))
        logged = recorded("task", task_id, "stopped", reason["code"], reason.get("note"), by, clock.now())
        return _close(task, "stopped", "auditor", reason, logged=[logged])

    return _wind_up_some(until_settled(decide))


def stop_in_review(task_id: str, reason: dict[str, str]) -> TaskRecord:
    """Stop the task of an advertiser who may create none any more, if it is still in review: all is returned. The task as it is."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        return _close(task, "stopped", "auditor", reason) if task.status == "in_review" else task

    return until_settled(decide)


def wind_up(task_id: str, most: int | None = None) -> TaskRecord:
    """Returns what was never offered and ends the orders of a task that was closed, at most `most` of them; the task as it is
    then. Repeated it does nothing.

    An order that cannot be ended does not hold up the others; its error is raised at the end."""
    task = find_task(task_id)
    event = task.winding_up
    if event is None:
        return task
    if closing_gate.find_gate(task_id).closed is None:  # the task was closed by a release that had no gates
        with suppress(Overtaken):
            commit([closing_gate.closed(task_id, event, task.updated_at)])
    lines = lines_of([task])
    orders = orders_of(lines)
    unoffered = [line.price for line in lines[task_id] if order_id(task_id, line.account_id) not in orders]
    if unoffered and not task.unoffered_returned:
        task = until_settled(lambda: _return_unoffered(task_id, sum(unoffered)))
    open_orders = [order for order in orders.values() if order.ends_with(event)]
    failure: Exception | None = None
    for order in open_orders[:most]:
        try:
            end_order(order.pk)
        except Exception as error:
            failure = failure or error
            logger.error("order not ended", extra={"item": order.pk, "error": type(error).__name__})
    if failure is not None:
        raise failure
    if most is not None and len(open_orders) > most:
        return task
    done = [TaskRecord.winding_up.remove(), TaskRecord.open.remove(), TaskRecord.revision.set(int(task.revision) + 1)]
    change(task, done, task.as_read)
    return find_task(task_id)


def end_order(order_id: str) -> OrderRecord:
    """Ends the order with its task, if the task was closed and ends it, as the preview showed at that moment. Repeated it does
    nothing."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        closed = closing_gate.find_gate(str(order.task_id))
        if closed.closed is None or not order.ends_with(closed.closed):
            return order
        return _end(order, closed.closed, closed.closed_at)

    return until_settled(decide)


def _line(task: TaskRecord, standing: Standing, at: datetime) -> dict[str, Any]:
    held, order = standing.payment == "held", standing.order
    stays = order is not None and not order.ends_with("cancelled")
    event = "cancelled" if order is None or stays else _event(order, "cancelled", at)
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
    """The task as closed; with `seen`, only if nothing has passed its gate since that was read. Raises Overtaken, Problem
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


def _return_unoffered(task_id: str, amount: int) -> TaskRecord:
    """Returns the prices of the orders that were not offered before the task was closed, once. Raises Overtaken."""
    task = find_task(task_id)
    if task.unoffered_returned or task.winding_up is None:
        return task
    at = clock.now()
    back = movements.return_unoffered(task_id, str(task.owner), amount)
    changes = [TaskRecord.unoffered_returned.set(True), TaskRecord.revision.set(int(task.revision) + 1)]
    commit([update("task", task, changes, task.as_read), *ledger.actions(back, at)])
    return find_task(task_id)


def _event(order: OrderRecord, event: str, at: datetime) -> str:
    """The event that ends the open order when its task is closed at this moment. An accepted order whose time to publish was over
    has failed by then (rule 15), and nobody is compensated for it."""
    if order.status == "accepted" and at >= order.publish_by:
        return "publication_missed"
    return event


def _end(order: OrderRecord, closed_by: str, closed_at: datetime) -> OrderRecord:
    at = clock.now()
    event = _event(order, closed_by, closed_at)
    by = ORDER.row(order.status, event).by
    note, reason = None, order_payouts.not_published(order) if event == "publication_missed" else None
    if order.status == "published":
        changes, money = order_payouts.paid(order, at)
        note = _taken_down(order)
    elif order.status == "accepted" and event == "cancelled":
        changes, money = order_payouts.compensated(order, at)
    else:
        changes, money = order_payouts.returned(order, at)
    changes = [*changes, *order_payouts.counter_ended(order, "lapsed")]
    if order.status == "accepted":
        money = [*money, post_calendar.released(order, at)]
    return move_order(
        order, event, at=at, by=by, note=note, reason=reason, changes=changes, actions=money, closing=True
    )


def _taken_down(order: OrderRecord) -> str:
    """Takes the post down where the network lets us; otherwise the creator is asked to."""
    try:
        removed = take_down_for(order.account_id, str(order.post_url))
    except Problem:
        removed = False
    return "the post was taken down" if removed else "the creator is asked to take the post down"


def _require(task: TaskRecord, event: str) -> None:
    if not TASK.allows(task.status, event):
        raise Problem("state_conflict", f"The task is {task.status}.", status_now=task.status)
