"""End the orders of a task that was cancelled or stopped, each in its own transaction."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.accounts.publishing_permission import take_down_for
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.observability import logger
from chalicelib.store import update_if
from chalicelib.store.retry import WriteConflict, retry_on_conflict
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.model.closing_gate import close_gate, find_gate
from chalicelib.tasks.model.lifecycle import ORDER
from chalicelib.tasks.model.transition_write import Event, apply_event, commit, task_change
from chalicelib.tasks.orders import counter_offers, order_payouts
from chalicelib.tasks.records.order_record import OrderRecord, find_order, order_id, orders_of
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.wallet import ledger, movements


def wind_up(task_id: str, orders_max: int | None = None) -> TaskRecord:
    """End the orders of a closed task, at most `orders_max` of them, return the prices of those never offered, and return the task.

    All orders are tried; the first error is raised at the end. A repetition does nothing."""
    task = find_task(task_id)
    event = task.winding_up
    if event is None:
        return task
    if find_gate(task_id).closed is None:  # the task was closed by a release that had no gates
        with suppress(WriteConflict):
            commit([close_gate(task_id, event, task.updated_at)])
    lines = lines_of([task])
    orders = orders_of(lines)
    unoffered = [line.price for line in lines[task_id] if order_id(task_id, line.account_id) not in orders]
    if unoffered and not task.unoffered_returned:
        task = retry_on_conflict(lambda: _return_unoffered(task_id, sum(unoffered)))
    open_orders = [order for order in orders.values() if order.ends_with(event)]
    goes_on = any(not order.ended and not order.ends_with(event) for order in orders.values())
    failure: Exception | None = None
    for order in open_orders[:orders_max]:
        try:
            goes_on |= not end_order(order.pk).ended
        except Exception as error:
            failure = failure or error
            logger.error("order not ended", extra={"item": order.pk, "error": type(error).__name__})
    if failure is not None:
        raise failure
    if orders_max is not None and len(open_orders) > orders_max:
        return task
    done: list[UpdateAction] = [TaskRecord.winding_up.remove(), TaskRecord.revision.set(int(task.revision) + 1)]
    if not goes_on:  # the sweep finds open orders by their task
        done.append(TaskRecord.open.remove())
    update_if(task, done, task.as_read)
    return find_task(task_id)


def end_order(order_id: str) -> OrderRecord:
    """End the order if its task was closed and that ends it, with the effect of the preview at that moment. A repetition does
    nothing."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        gate = find_gate(str(order.task_id))
        if gate.closed is None or not order.ends_with(gate.closed):
            return order
        return _end(order, gate.closed, gate.closed_at)

    return retry_on_conflict(decide)


def ending_event(order: OrderRecord, closed_by: str, closed_at: datetime) -> str:
    """Return the event that ends the open order of a task that is closed at this moment.

    An accepted order whose time to publish was over has failed by then (rule 15), so its creator is not compensated."""
    if order.status == "accepted" and closed_at >= order.publish_by:
        return "publication_missed"
    return closed_by


def _return_unoffered(task_id: str, amount: int) -> TaskRecord:
    """Return the prices of the orders that were not offered before the task was closed, once. Raises WriteConflict."""
    task = find_task(task_id)
    if task.unoffered_returned or task.winding_up is None:
        return task
    movement = movements.return_unoffered(task_id, str(task.owner), amount)
    returned = task_change(task, [TaskRecord.unoffered_returned.set(True)], task.updated_at)
    commit([returned, *ledger.actions(movement, clock.now())])
    return find_task(task_id)


def _end(order: OrderRecord, closed_by: str, closed_at: datetime) -> OrderRecord:
    at = clock.now()
    name = ending_event(order, closed_by, closed_at)
    reason = order_payouts.not_published_reason(order) if name == "publication_missed" else None
    note = None
    if order.status == "published":
        changes, actions = order_payouts.pay_price(order, at)
        note = _take_down(order)
    elif order.status == "accepted" and name == "cancelled":
        changes, actions = order_payouts.compensate(order, at)
    else:
        changes, actions = order_payouts.return_price(order, at)
    changes = [*changes, *counter_offers.close(order, "lapsed")]
    if order.status == "accepted":
        actions = [*actions, post_calendar.released(order, at)]
    by = ORDER.row(order.status, name).by
    event = Event(name, by, at, note=note, reason=reason, changes=changes, ignores_gate=True)
    return apply_event(order, event, actions)


def _take_down(order: OrderRecord) -> str:
    """Take the post down if the network permits it, and return a note; otherwise the creator is asked to do it."""
    try:
        removed = take_down_for(order.account_id, str(order.post_url))
    except Problem:
        removed = False
    return "the post was taken down" if removed else "the creator is asked to take the post down"
