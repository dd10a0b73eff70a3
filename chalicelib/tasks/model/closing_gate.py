"""The gate of a task: one small item that orders the closing of the task and every event of its orders.

Every event of an order, a pick, an application and an offer passes the gate in its own transaction; the transaction that cancels
or stops the running task closes the gate. DynamoDB serialises the two: the closing sees every event that passed first, and every
later event is refused. A write of the gate costs 2 write units; a condition on the task itself would cost the size of the task.

A task without an event has no gate item; absence means open.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core.errors import Problem
from chalicelib.store import Action, TasksRecord, update
from chalicelib.tasks.model.lifecycle import CLOSINGS, ORDER
from chalicelib.tasks.records.task_attributes import Moment

GATE = "gate"
"""The label of an event's gate action. A refusal with this label means that the task is closed."""
CLOSING = "closing"
"""The label of the closing's gate action. A refusal with this label means that an event has passed the gate since it was read, or
that the gate is closed already."""


class GateRecord(TasksRecord):
    """The gate: pk is the task's id, sk is `gate`. `passed` counts the events that have passed; `closed` is the event that closed
    the task (`cancelled`, `stopped`), at `closed_at`."""

    passed = NumberAttribute(default=0)
    closed = UnicodeAttribute(null=True)
    closed_at = Moment(null=True)


class TaskClosed(Problem):
    """409 `state_conflict`: the order cannot change, because its task was cancelled or stopped (`event`)."""

    def __init__(self, event: str) -> None:
        super().__init__("state_conflict", f"The task was {event}.", task_status=event)
        self.event = event


def gate_actions(task_id: str, status: str = ORDER.first) -> list[Action]:
    """Return the actions of an event of an order in this status (`pending`: it does not exist yet).

    They are refused with the label GATE once a closing that ends such an order has begun. There are none for an order that no
    closing ends: a dispute is ruled in a closed task too."""
    ended_by = [event for event in CLOSINGS if ORDER.allows(status, event)]
    if not ended_by:
        return []
    is_open = GateRecord.closed.does_not_exist()
    for event in CLOSINGS:
        if event not in ended_by:
            is_open |= GateRecord.closed == event
    return [update(GATE, GateRecord(task_id, "gate"), [GateRecord.passed.add(1)], is_open)]


def task_closed_by(gate: dict[str, Any] | None) -> TaskClosed:
    """Return the error for an event that this closed gate has refused (`gate` in DynamoDB's attribute values)."""
    return TaskClosed(str((gate or {}).get("closed", {}).get("S", CLOSINGS[0])))


def find_gate(task_id: str) -> GateRecord:
    """Return the gate of the task, read consistently; an open one if no event has passed yet."""
    return GateRecord.find(task_id, "gate") or GateRecord(task_id, "gate")


def require_open(task_id: str) -> None:
    """Raise TaskClosed if the task is closed; for use before an act outside the market that no transaction can take back."""
    gate = find_gate(task_id)
    if gate.closed is not None:
        raise TaskClosed(gate.closed)


def close_gate(task_id: str, event: str, at: datetime, as_read: GateRecord | None = None) -> Action:
    """Return the action, labelled CLOSING, that closes the gate; with `as_read`, only if no event has passed since it was read."""
    condition = GateRecord.closed.does_not_exist()
    if as_read is not None:
        passed = int(as_read.passed)
        condition &= (GateRecord.passed == passed) if passed else GateRecord.passed.does_not_exist()
    return update(
        CLOSING, GateRecord(task_id, "gate"), [GateRecord.closed.set(event), GateRecord.closed_at.set(at)], condition
    )
