"""The one conditional write behind every event of a task or an order.

An event that the transition table does not allow, or that was overtaken by another write, is not written. Money moves in the same
transaction as the status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core.observability import cause
from chalicelib.store import Action, Refused, changed, transact, update, update_if
from chalicelib.store.retry import WriteConflict
from chalicelib.tasks.model.closing_gate import CLOSING, GATE, gate_actions, task_closed_by
from chalicelib.tasks.model.lifecycle import APPEAL, PAYMENT, end_reason
from chalicelib.tasks.model.reason_codes import EndReason
from chalicelib.tasks.records.event_history import append_event, event_line
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord

CALLS = "calls"
"""The queue of open calls among the running tasks. Other tasks are in the queue `review` or `task:{status}`."""
READ_BEFORE = frozenset({"task", "order", "calendar", "dispute", "application", CLOSING})
"""Labels of actions on the condition that the item has not changed since it was read."""

Item = TypeVar("Item", TaskRecord, OrderRecord)


def task_queues(*statuses: str) -> tuple[str, ...]:
    """Return the queues of the tasks in these statuses."""
    several = {"in_review": ("review",), "running": ("task:running", CALLS)}
    return tuple(queue for status in statuses for queue in several.get(status, (f"task:{status}",)))


def commit(actions: Iterable[Action]) -> None:
    """Write the actions in one transaction. Raises WriteConflict if an item has changed since it was read, TaskClosed if the gate
    of the task is closed, otherwise Refused."""
    try:
        transact(actions)
    except Refused as refused:
        if READ_BEFORE & refused.labels.keys():
            raise WriteConflict from refused
        if GATE in refused.labels:
            raise task_closed_by(refused.labels[GATE]) from refused
        raise


@dataclass(frozen=True)
class Event:
    """An event of a task or an order, and the changes of the item that are written with it.

    `by` is the cause: advertiser, creator, auditor or system. `reason`: why an order ended, if its event has several reasons.
    `queue`: the staff's queue that the order enters, and the time at which it is due there; any event takes an order out of its
    queue. `winding_up`: orders of the task are still to be ended, so the task stays among the open items. `ignores_gate`: the
    event is part of the closing of the task, or a report from before it, so the closed gate does not refuse it."""

    name: str
    by: str
    at: datetime
    note: str | None = None
    changes: Sequence[UpdateAction] = ()
    reason: EndReason | None = None
    queue: tuple[str, str] | None = None
    winding_up: bool = False
    ignores_gate: bool = False


def apply_event(item: Item, event: Event, actions: Iterable[Action] = ()) -> Item:
    """Write the event of the item as it was read, together with `actions`, and return the item as written.

    Raises Illegal if the transition table does not allow it, WriteConflict if the item has changed since it was read, TaskClosed if
    the task of the order was closed."""
    own: list[Action] = event_actions(item, event)
    written = changed(item, own[0].changes)
    commit([*own, *actions])
    return written


def apply_alone(item: Item, event: Event) -> Item:
    """Write an event that moves no money and that no closed gate refuses, and return the item as written.

    It is one conditional update, half as dear as a transaction of one action. Unlike a transaction, the SDK's repetition after a
    lost reply finds the item changed by itself: only steps of workflows use it, which read the item again then.

    Raises Illegal, WriteConflict."""
    changes = _task_changes(item, event) if isinstance(item, TaskRecord) else _order_changes(item, event)
    action = _event_action(item, event, changes)
    if not update_if(item, action.changes, item.as_read):
        raise WriteConflict
    return item


def event_actions(item: TaskRecord | OrderRecord, event: Event) -> list[Action]:
    """Return the actions of `apply_event` for a larger transaction: first that of the item, labelled `task` or `order`, then GATE.
    Raises Illegal."""
    if isinstance(item, TaskRecord):
        return [_event_action(item, event, _task_changes(item, event))]
    gate = [] if event.ignores_gate else gate_actions(str(item.task_id), item.status)
    return [_event_action(item, event, _order_changes(item, event)), *gate]


def task_change(task: TaskRecord, changes: Iterable[UpdateAction], at: datetime) -> Action:
    """Return the action, labelled `task`, that changes the task as it was read without an event."""
    revision = TaskRecord.revision.set(int(task.revision) + 1)
    return update("task", task, [*changes, revision, TaskRecord.updated_at.set(at)], task.as_read)


def _task_changes(task: TaskRecord, event: Event) -> list[UpdateAction]:
    """Return the changes that follow from the table: the queue of the task, and the outcome of the appeal of its review."""
    then = task.machine.then(task.status, event.name)
    is_open_call = task.call is not None and then == "running" and event.name != "call_closed"
    queue = "review" if then == "in_review" else CALLS if is_open_call else f"task:{then}"
    changes: list[UpdateAction] = [TaskRecord.queue.set(queue)]
    if then != "in_review":
        changes.append(TaskRecord.due_at.set(str(task.listed_at)))
    if task.appeal is not None and task.has_open_appeal and event.name in {row.event for row in APPEAL.transitions}:
        changes.append(TaskRecord.appeal.set({**task.appeal, "status": APPEAL.then("open", event.name)}))
    if event.winding_up:
        changes.append(TaskRecord.winding_up.set(then))
    return changes


def _order_changes(order: OrderRecord, event: Event) -> list[UpdateAction]:
    """Return the changes that follow from the table: the payment, the reason of an end, and the queue of the order."""
    row = order.machine.row(order.status, event.name)
    payment = PAYMENT.then(order.payment, row.money) if row.money else order.payment
    changes: list[UpdateAction] = [OrderRecord.payment.set(payment)]
    if row.then in order.machine.ends:
        changes.append(OrderRecord.reason.set(end_reason(row, event.reason)))
    if event.queue:
        changes += [OrderRecord.queue.set(event.queue[0]), OrderRecord.due_at.set(event.queue[1])]
    elif order.queue:
        changes += [OrderRecord.queue.remove(), OrderRecord.due_at.remove()]
    return changes


def _event_action(item: TaskRecord | OrderRecord, event: Event, changes: Sequence[UpdateAction]) -> Action:
    record = type(item)
    then = item.machine.then(item.status, event.name)
    written = [
        record.status.set(then),
        record.updated_at.set(event.at),
        record.revision.set(int(item.revision) + 1),
        record.stuck.remove(),
        append_event(item, event_line(event.name, event.at, event.by, event.note)),
        *changes,
        *event.changes,
    ]
    if cause_id := cause() or item.cause:
        written.append(record.cause.set(cause_id))
    if then in item.machine.ends and not event.winding_up:
        written.append(record.open.remove())
    return update(item.sk, item, written, item.as_read)
