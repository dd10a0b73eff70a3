"""The gate of a task: one small item that decides between the closing of the task and every event of its orders.

Every event of an order, a pick, an application and an offer passes the gate in its own transaction; the transaction that cancels
or stops the running task closes the gate. DynamoDB orders the two: what passes first is seen by the closing, what comes later is
refused. A write of the gate costs 2 write units; a condition on the task itself would cost its whole size.

A task that nothing has happened to yet has no gate: absence means open.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core.errors import Problem
from chalicelib.store import Action, TasksRecord, update
from chalicelib.tasks.model.lifecycle import CLOSINGS, ORDER
from chalicelib.tasks.records.workflow_item import Moment

GATE = "gate"
"""The label of an act's action: refused under it, the task is closed."""
CLOSING = "closing"
"""The label of the closing's action: refused under it, something has passed since the gate was read, or the gate is closed."""


class GateRecord(TasksRecord):
    """pk is the task's id, sk is `gate`. `passed` counts what has passed; `closed` is the event that closed the task (`cancelled`,
    `stopped`), at `closed_at`."""

    passed = NumberAttribute(default=0)
    closed = UnicodeAttribute(null=True)
    closed_at = Moment(null=True)


class TaskClosed(Problem):
    """409 `state_conflict`: the task was cancelled or stopped, which ends this order; `event` says which."""

    def __init__(self, event: str) -> None:
        super().__init__("state_conflict", f"The task was {event}.", task_status=event)
        self.event = event


def passing(task_id: str, status: str = ORDER.first) -> list[Action]:
    """The actions of an act about an order in this status (`pending`: it does not exist yet); refused under GATE once a closing
    that ends such an order has begun. None for an order that no closing ends: a dispute is ruled in a closed task too."""
    ending = [event for event in CLOSINGS if ORDER.allows(status, event)]
    if not ending:
        return []
    open_to_it = GateRecord.closed.does_not_exist()
    for event in CLOSINGS:
        if event not in ending:
            open_to_it |= GateRecord.closed == event
    return [update(GATE, GateRecord(task_id, "gate"), [GateRecord.passed.add(1)], open_to_it)]


def refused_by(found: dict[str, Any] | None) -> TaskClosed:
    """The refusal of an act by the closed gate that was found (DynamoDB's attribute values)."""
    return TaskClosed(str((found or {}).get("closed", {}).get("S", CLOSINGS[0])))


def find_gate(task_id: str) -> GateRecord:
    """The task's gate, read consistently; an open one if nothing has passed yet."""
    return GateRecord.find(task_id, "gate") or GateRecord(task_id, "gate")


def require_open(task_id: str) -> None:
    """Raises TaskClosed if the task is closed, before an act outside the market that no transaction can take back."""
    found = find_gate(task_id)
    if found.closed is not None:
        raise TaskClosed(found.closed)


def closed(task_id: str, event: str, at: datetime, seen: GateRecord | None = None) -> Action:
    """The action that closes the gate; with `seen`, only if nothing has passed since that was read. Labelled CLOSING."""
    condition = GateRecord.closed.does_not_exist()
    if seen is not None:
        passed = int(seen.passed)
        condition &= (GateRecord.passed == passed) if passed else GateRecord.passed.does_not_exist()
    return update(
        CLOSING, GateRecord(task_id, "gate"), [GateRecord.closed.set(event), GateRecord.closed_at.set(at)], condition
    )
