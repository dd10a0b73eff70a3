"""The one conditional write behind every change of a task's or an order's status.

What the table does not allow, or what another writer did first, is not written; money moves in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.store import Action, Refused, transact, update
from chalicelib.tasks.lifecycle import PAYMENTS
from chalicelib.tasks.records import OrderRecord, TaskRecord, event, find_order, find_task, happened

Found = TypeVar("Found", TaskRecord, OrderRecord)


class Overtaken(Exception):
    """The item is no longer as it was read; nothing was written. Read again and decide again."""


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

    Raises Illegal if the table does not allow it, Overtaken if the task has changed since it was read."""
    then = TaskRecord.machine.then(task.status, what)
    queue = "review" if then == "in_review" else f"task:{then}"
    due_at = task.due_at if then == "in_review" else task.listed_at
    queued = [TaskRecord.queue.set(queue), TaskRecord.due_at.set(due_at)]
    condition = (TaskRecord.status == task.status) & (TaskRecord.round == task.round)
    _move(task, what, then, at, by, note, [*queued, *changes], condition, actions)
    return find_task(task.pk)


def move_order(
    order: OrderRecord,
    what: str,
    *,
    at: datetime,
    by: str,
    note: str | None = None,
    changes: Iterable[UpdateAction] = (),
    where: Condition | None = None,
    actions: Iterable[Action] = (),
) -> OrderRecord:
    """Applies the event `what` to the order as read, together with `actions`; the order as written. The payment
    follows.

    Raises Illegal if the table does not allow it, Overtaken if the order has changed since it was read."""
    then = OrderRecord.machine.then(order.status, what)
    condition = OrderRecord.status == order.status
    consequences = [OrderRecord.payment.set(PAYMENTS[then])]
    if order.stuck:
        consequences += [OrderRecord.queue.remove(), OrderRecord.due_at.remove()]
    _move(
        order,
        what,
        then,
        at,
        by,
        note,
        [*consequences, *changes],
        condition if where is None else condition & where,
        actions,
    )
    return find_order(order.pk)


def change(item: TaskRecord | OrderRecord, changes: list[UpdateAction], condition: Condition) -> bool:
    """One conditional write that leaves the status alone; whether the condition held."""
    try:
        item.update(changes, condition=condition)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _move(
    item: Found,
    what: str,
    then: str,
    at: datetime,
    by: str,
    note: str | None,
    changes: list[UpdateAction],
    condition: Condition,
    actions: Iterable[Action],
) -> None:
    record: Any = type(item)
    written = [
        record.status.set(then),
        record.updated_at.set(at),
        record.stuck.remove(),
        happened(record, event(what, at, by, note)),
        *changes,
    ]
    if then in record.machine.ends:
        written.append(record.open.remove())
    try:
        transact([update("item", item, written, condition), *actions])
    except Refused as refused:
        if "item" in refused.labels:
            raise Overtaken from refused
        raise
