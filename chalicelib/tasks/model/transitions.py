"""The one conditional write behind every event of a task or an order.

What the table does not allow, or what another writer did first, is not written; money moves in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core.observability import cause
from chalicelib.store import Action, Refused, transact, update
from chalicelib.store.retry import WriteConflict
from chalicelib.tasks.model.closing_gate import CLOSING, GATE, passing, refused_by
from chalicelib.tasks.model.lifecycle import APPEAL, PAYMENT, EndReason, end_reason
from chalicelib.tasks.records.history import append_event, event_line
from chalicelib.tasks.records.order_record import OrderRecord, find_order
from chalicelib.tasks.records.task_record import TaskRecord, find_task

CALLS = "calls"
"""The queue of the open calls; other tasks wait in `review`, or in `task:{status}`."""
READ_BEFORE = frozenset({"task", "order", "calendar", "dispute", "application", CLOSING})
"""Labels of actions whose condition is that the item is as it was read."""


def commit(actions: Iterable[Action]) -> None:
    """Writes the actions together. Raises WriteConflict if an item that was read before has changed since, TaskClosed if the task's
    gate is closed to them, else Refused."""
    try:
        transact(actions)
    except Refused as refused:
        if READ_BEFORE & refused.labels.keys():
            raise WriteConflict from refused
        if GATE in refused.labels:
            raise refused_by(refused.labels[GATE]) from refused
        raise


def move_task(
    task: TaskRecord,
    what: str,
    *,
    at: datetime,
    by: str,
    note: str | None = None,
    changes: Iterable[UpdateAction] = (),
    actions: Iterable[Action] = (),
) -> TaskRecord:
    """Applies the event `what` to the task as read, together with `actions`; the task as written.

    Raises Illegal if the table does not allow it, WriteConflict if the task has changed since it was read."""
    commit([task_moved(task, what, at=at, by=by, note=note, changes=changes), *actions])
    return find_task(task.pk)


def task_moved(
    task: TaskRecord,
    what: str,
    *,
    at: datetime,
    by: str,
    note: str | None = None,
    changes: Iterable[UpdateAction] = (),
    winding_up: bool = False,
) -> Action:
    """The action of `move_task`, labelled `task`, for a transaction of the caller's. `winding_up`: the task's orders are still
    to be ended, so it stays among the open items."""
    then = TaskRecord.machine.then(task.status, what)
    calling = task.call is not None and then == "running" and what != "call_closed"
    queue = "review" if then == "in_review" else CALLS if calling else f"task:{then}"
    written = [TaskRecord.queue.set(queue)]
    if then != "in_review":
        written.append(TaskRecord.due_at.set(str(task.listed_at)))
    if (task.appeal or {}).get("status") == "open" and what in {row.event for row in APPEAL.transitions}:
        written.append(TaskRecord.appeal.set({**(task.appeal or {}), "status": APPEAL.then("open", what)}))
    if winding_up:
        written.append(TaskRecord.winding_up.set(then))
    return _moved("task", task, what, then, at, by, note, [*written, *changes], stays_open=winding_up)


def move_order(
    order: OrderRecord,
    what: str,
    *,
    at: datetime,
    by: str,
    note: str | None = None,
    reason: EndReason | None = None,
    changes: Iterable[UpdateAction] = (),
    actions: Iterable[Action] = (),
    closing: bool = False,
    queue: tuple[str, str] | None = None,
) -> OrderRecord:
    """Applies the event `what` to the order as read, together with `actions`; the order as written. The arguments are those of
    `order_moved`.

    Raises Illegal if the table does not allow it, WriteConflict if the order has changed since it was read, TaskClosed."""
    moved = order_moved(
        order, what, at=at, by=by, note=note, reason=reason, changes=changes, closing=closing, queue=queue
    )
    commit([*moved, *actions])
    return find_order(order.pk)


def order_moved(
    order: OrderRecord,
    what: str,
    *,
    at: datetime,
    by: str,
    note: str | None = None,
    reason: EndReason | None = None,
    changes: Iterable[UpdateAction] = (),
    closing: bool = False,
    queue: tuple[str, str] | None = None,
) -> list[Action]:
    """The actions of `move_order`, for a transaction of the caller's: the order's, labelled `order`, and the one that passes the
    task's gate. `closing`: the event is part of the closing itself, which the closed gate does not refuse.
    `queue`: the staff's queue in which the order waits from now on, and when it is due there; any event takes it out of its queue.

    The payment follows the table, and so does the `reason` of an end where the table has only one."""
    row = OrderRecord.machine.row(order.status, what)
    payment = PAYMENT.then(order.payment, row.money) if row.money else order.payment
    written = [OrderRecord.payment.set(payment)]
    if row.then in OrderRecord.machine.ends:
        written.append(OrderRecord.reason.set(end_reason(row, reason)))
    if queue:
        written += [OrderRecord.queue.set(queue[0]), OrderRecord.due_at.set(queue[1])]
    elif order.queue:
        written += [OrderRecord.queue.remove(), OrderRecord.due_at.remove()]
    moved = _moved("order", order, what, row.then, at, by, note, [*written, *changes])
    return [moved] if closing else [moved, *passing(str(order.task_id), order.status)]


def change(item: TaskRecord | OrderRecord, changes: Sequence[UpdateAction], condition: Condition) -> bool:
    """One conditional write that is no event; whether the condition held."""
    try:
        item.update(list(changes), condition=condition)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _moved(
    label: str,
    item: TaskRecord | OrderRecord,
    what: str,
    then: str,
    at: datetime,
    by: str,
    note: str | None,
    changes: list[UpdateAction],
    *,
    stays_open: bool = False,
) -> Action:
    record: Any = type(item)
    written = [
        record.status.set(then),
        record.updated_at.set(at),
        record.revision.set(int(item.revision) + 1),
        record.stuck.remove(),
        append_event(item, event_line(what, at, by, note)),
        *changes,
    ]
    if because := cause() or item.cause:
        written.append(record.cause.set(because))
    if then in record.machine.ends and not stays_open:
        written.append(record.open.remove())
    return update(label, item, written, item.as_read)
