"""Every event of a task or an order is in its table, or refused before anything is written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.tasks.model.closing_gate import GATE
from chalicelib.tasks.model.lifecycle import CLOSINGS, ORDER, TASK, Illegal, Machine
from chalicelib.tasks.model.transition_write import Event, event_actions
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORDER_EVENTS = sorted({row.event for row in ORDER.transitions})
TASK_EVENTS = sorted({row.event for row in TASK.transitions})


def order(status: str) -> OrderRecord:
    return OrderRecord("ord_1", "order", task_id="tsk_1", status=status, payment="held")


def task(status: str) -> TaskRecord:
    return TaskRecord("tsk_1", "task", status=status, listed_at="2026")


def pairs(machine: Machine, events: list[str], allowed: bool) -> list[tuple[str, str]]:
    return [(status, name) for status in machine.states for name in events if machine.allows(status, name) is allowed]


@pytest.mark.parametrize(("status", "name"), pairs(ORDER, ORDER_EVENTS, allowed=False))
def test_events_of_orders_outside_the_table_are_refused(status: str, name: str) -> None:
    with pytest.raises(Illegal) as refused:
        event_actions(order(status), Event(name, "system", NOW))
    assert (refused.value.code, refused.value.kind.status) == ("state_conflict", 409)


@pytest.mark.parametrize(("status", "name"), pairs(TASK, TASK_EVENTS, allowed=False))
def test_events_of_tasks_outside_the_table_are_refused(status: str, name: str) -> None:
    with pytest.raises(Illegal):
        event_actions(task(status), Event(name, "system", NOW))


@pytest.mark.parametrize(("status", "name"), pairs(ORDER, ORDER_EVENTS, allowed=True))
def test_events_pass_the_gate_where_a_closing_ends_the_order(status: str, name: str) -> None:
    labels = [action.label for action in event_actions(order(status), Event(name, "system", NOW))]
    gated = any(ORDER.allows(status, closing) for closing in CLOSINGS)
    assert labels == ["order", GATE] if gated else labels == ["order"]


def test_an_event_of_the_closing_ignores_the_gate() -> None:
    event = Event("cancelled", "advertiser", NOW, ignores_gate=True)
    assert [action.label for action in event_actions(order("offered"), event)] == ["order"]


@pytest.mark.parametrize(("status", "name"), pairs(TASK, TASK_EVENTS, allowed=True))
def test_events_of_tasks_are_one_action(status: str, name: str) -> None:
    assert [action.label for action in event_actions(task(status), Event(name, "system", NOW))] == ["task"]
