"""End the orders of a task that was cancelled or stopped, each in its own transaction."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from chalicelib.accounts.publishing_permission import take_down_for
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.observability import logger
from chalicelib.store import update
from chalicelib.store.retry import WriteConflict, retry_on_conflict
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.model import closing_gate
from chalicelib.tasks.model.lifecycle import ORDER
from chalicelib.tasks.model.transitions import change, commit, move_order
from chalicelib.tasks.orders import order_payouts
from chalicelib.tasks.records.order_record import OrderRecord, find_order, order_id, orders_of
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.wallet import ledger, movements


def wind_up(task_id: str, most: int | None = None) -> TaskRecord:
    """Returns what was never offered and ends the orders of a task that was closed, at most `most` of them; the task as it is
    then. Repeated it does nothing.

    An order that cannot be ended does not hold up the others; its error is raised at the end."""
    task = find_task(task_id)
    event = task.winding_up
    if event is None:
        return task
    if closing_gate.find_gate(task_id).closed is None:  # the task was closed by a release that had no gates
        with suppress(WriteConflict):
            commit([closing_gate.closed(task_id, event, task.updated_at)])
    lines = lines_of([task])
    orders = orders_of(lines)
    unoffered = [line.price for line in lines[task_id] if order_id(task_id, line.account_id) not in orders]
    if unoffered and not task.unoffered_returned:
        task = retry_on_conflict(lambda: _return_unoffered(task_id, sum(unoffered)))
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

    return retry_on_conflict(decide)


def _return_unoffered(task_id: str, amount: int) -> TaskRecord:
    """Returns the prices of the orders that were not offered before the task was closed, once. Raises WriteConflict."""
    task = find_task(task_id)
    if task.unoffered_returned or task.winding_up is None:
        return task
    at = clock.now()
    back = movements.return_unoffered(task_id, str(task.owner), amount)
    changes = [TaskRecord.unoffered_returned.set(True), TaskRecord.revision.set(int(task.revision) + 1)]
    commit([update("task", task, changes, task.as_read), *ledger.actions(back, at)])
    return find_task(task_id)


def ending_event(order: OrderRecord, event: str, at: datetime) -> str:
    """The event that ends the open order when its task is closed at this moment. An accepted order whose time to publish was over
    has failed by then (rule 15), and nobody is compensated for it."""
    if order.status == "accepted" and at >= order.publish_by:
        return "publication_missed"
    return event


def _end(order: OrderRecord, closed_by: str, closed_at: datetime) -> OrderRecord:
    at = clock.now()
    event = ending_event(order, closed_by, closed_at)
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
