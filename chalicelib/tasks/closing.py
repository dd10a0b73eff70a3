"""A task is closed before its time: cancelled by its advertiser (rule 18) or stopped by the platform (rule 19).

The task's status changes first, so that nothing more is offered or picked; then its orders are ended one by one, each in its own
transaction. Whoever dies in between leaves `winding_up` on the task: its workflow, or the sweep, goes on from there.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib import clock
from chalicelib.accounts.publishing import take_down_for
from chalicelib.errors import Problem, not_found
from chalicelib.store import Action
from chalicelib.tasks import calendar, endings
from chalicelib.tasks.calls import released_budget
from chalicelib.tasks.lifecycle import ORDER, TASK
from chalicelib.tasks.offers import offer
from chalicelib.tasks.records import OrderRecord, TaskRecord, find_order, find_task, lines_of, order_id, orders_of
from chalicelib.tasks.transitions import change, commit, move_order, task_moved, until_settled
from chalicelib.tasks.views import standings
from chalicelib.wallet import ledger, movements

AT_ONCE = 100
"""How many orders the call itself ends; the workflow ends the rest."""


def preview(task: TaskRecord) -> list[dict[str, Any]]:
    """What cancelling would do to each order now (rule 18): `{order_id, account_id, status, then, price, compensation,
    returned, stays}`, amounts in minor units. `stays`: a published order goes on and is paid or not as agreed.

    Raises Problem `state_conflict` if the task cannot be cancelled."""
    _require(task, "cancelled")
    lines = lines_of([task])
    found = []
    for standing in standings(task, lines[task.pk], orders_of(lines)):
        held, order = standing.payment == "held", standing.order
        stays = order is not None and not (held and ORDER.allows(order.status, "cancelled"))
        part, back = 0, standing.price if held and not stays else 0
        if order is not None and order.status == "accepted":
            part, back = endings.compensation(order)
        found.append(
            {
                "order_id": order_id(task.pk, standing.line.account_id),
                "account_id": standing.line.account_id,
                "status": standing.status,
                "then": standing.status if stays else "cancelled",
                "price": standing.price,
                "compensation": part,
                "returned": back,
                "stays": stays,
            }
        )
    return found


def cancel(task_id: str, advertiser_id: str, reason: dict[str, str]) -> TaskRecord:
    """Rule 18: unanswered orders are free, accepted ones pay the creator a compensation, published ones go on. The task as it
    is then. The same again changes nothing.

    Raises Problem `not_found` if it is another's; `state_conflict` if it can no longer be cancelled."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        if task.owner != advertiser_id:
            raise not_found("task")
        return _close(task, "cancelled", "advertiser", reason)

    return until_settled(decide)


def stop(task_id: str, reason: dict[str, str]) -> TaskRecord:
    """Rule 19: the platform stops the task: unpublished orders are free, published ones are taken down and paid in full. The
    task as it is then. The same again changes nothing. Raises Problem `state_conflict` if it has ended otherwise."""
    return until_settled(lambda: _close(find_task(task_id), "stopped", "auditor", reason))


def wind_up(task_id: str, most: int | None = None) -> TaskRecord:
    """Ends the orders of a task that was closed, at most `most` of them; the task as it is then. Run twice it does nothing."""
    task = find_task(task_id)
    what = task.winding_up
    if what is None:
        return task
    lines = lines_of([task])
    orders = [
        order for order in orders_of(lines).values() if order.payment == "held" and ORDER.allows(order.status, what)
    ]
    for order in orders[:most]:
        until_settled(partial(_end, order.pk, what))
    if most is not None and len(orders) > most:
        return task
    done = [TaskRecord.winding_up.remove(), TaskRecord.open.remove(), TaskRecord.revision.set(int(task.revision) + 1)]
    change(task, done, task.as_read)
    return find_task(task_id)


def _close(task: TaskRecord, what: str, by: str, reason: dict[str, str]) -> TaskRecord:
    if task.status == what:
        return wind_up(task.pk, AT_ONCE)
    _require(task, what)
    if task.status == "running":
        offer(task, clock.now())  # every line is an order now, and is ended as one
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
    moved = task_moved(task, what, at=at, by=by, note=reason["code"], changes=changes, winding_up=running)
    commit([moved, *money])
    return wind_up(task.pk, AT_ONCE)


def _end(pk: str, what: str) -> OrderRecord:
    order = find_order(pk)
    if order.payment != "held" or not ORDER.allows(order.status, what):
        return order
    at = clock.now()
    by = ORDER.row(order.status, what).by
    if order.status == "published":
        changes, money = endings.paid(order, at)
        note = _taken_down(order)
        return move_order(order, what, at=at, by=by, note=note, changes=changes, actions=money)
    compensate = order.status == "accepted" and what == "cancelled"
    changes, money = (endings.compensated if compensate else endings.returned)(order, at)
    changes = [*changes, *endings.counter_ended(order, "lapsed")]
    if order.status == "accepted":
        money = [*money, calendar.released(order, at)]
    return move_order(order, what, at=at, by=by, changes=changes, actions=money)


def _taken_down(order: OrderRecord) -> str:
    """Takes the post down where the network lets us; otherwise the creator is asked to."""
    try:
        removed = take_down_for(order.account_id, str(order.post_url))
    except Problem:
        removed = False
    return "the post was taken down" if removed else "the creator is asked to take the post down"


def _require(task: TaskRecord, what: str) -> None:
    if not TASK.allows(task.status, what):
        raise Problem("state_conflict", f"The task is {task.status}.", status_now=task.status)
