"""Events that a transition table does not allow are 409 `state_conflict`, in requests, races and workflow steps."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from chalicelib.api import ROUTES
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.tasks.model.lifecycle import MACHINES, ORDER, TASK, Machine
from chalicelib.tasks.model.transition_write import Event, apply_event
from chalicelib.tasks.orders import disputes
from chalicelib.tasks.records.order_record import OrderRecord, find_order
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.workflow import steps
from testing.fault_injection import interrupted
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, cny

START = NOON + timedelta(hours=1)
RULINGS = (
    {"outcome": "pay", "note": "x"},
    {"outcome": "refund", "note": "x"},
    {"outcome": "split", "creator_share_bps": 5_000, "note": "x"},
)


def disputed(stage: Stage) -> tuple[str, str]:
    (order_id,) = stage.accepted("an")
    with clock.at(START):
        stage.publish("an", order_id)
        opened = stage.act("an", order_id, "dispute", {"reason_code": "other", "note": "x"}).json_body
    return order_id, opened["dispute_id"]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_events_missing_in_the_table_are_conflicts(machine: Machine) -> None:
    events = {row.event for row in machine.transitions}
    for state in machine.states:
        for event in events - {row.event for row in machine.transitions if row.state == state}:
            with pytest.raises(Problem) as refused:
                machine.row(state, event)
            assert (refused.value.kind.status, refused.value.code) == (409, "state_conflict")


@pytest.mark.parametrize(("first", "second"), list(permutations(RULINGS, 2)), ids=lambda ruling: ruling["outcome"])
def test_two_different_rulings_at_once_have_one_winner(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, first: Any, second: Any
) -> None:
    """The first ruling is written between the second one's reading of the dispute and of the order."""
    order_id, dispute_id = disputed(stage)
    path = f"/v1/disputes/{dispute_id}/ruling"

    def overtaken(found_id: str) -> OrderRecord:
        monkeypatch.setattr(disputes, "find_order", find_order)
        assert stage.auditor.post(path, first).status_code == 200
        return find_order(found_id)

    monkeypatch.setattr(disputes, "find_order", overtaken)
    with clock.at(START):
        refused = stage.auditor.post(path, second)
        assert (refused.status_code, refused.json_body["code"]) == (409, "state_conflict"), refused.json_body
        assert stage.auditor.post(path, second).json_body["code"] == "dispute_closed"
    assert stage.auditor.get(f"/v1/disputes/{dispute_id}").json_body["ruling"]["outcome"] == first["outcome"]
    assert stage.order(order_id)["reason"]["code"] == f"ruled_{first['outcome']}"
    stage.proven()


def test_two_rulings_that_meet_in_the_transaction_have_one_winner(stage: Stage) -> None:
    _, dispute_id = disputed(stage)
    path = f"/v1/disputes/{dispute_id}/ruling"
    with clock.at(START), interrupted(lambda: stage.auditor.post(path, RULINGS[0])):
        assert stage.auditor.post(path, RULINGS[1]).status_code == 409
    stage.proven()


ACTS: dict[str, Any] = {
    "accept": {},
    "decline": {"reason_code": "price"},
    "counter": {"price": cny(PRICE + 100)},
    "counter/accept": {},
    "counter/decline": {},
    "draft": {"text": "真香"},
    "draft/approve": {},
    "draft/changes": {"note": "x"},
    "draft/review": {"decision": "approved", "revision": 0},
    "publish": {"post_url": "https://sandbox.example/posts/none"},
    "dispute": {"reason_code": "other", "note": "x"},
}
OF_TASK: dict[str, tuple[str, str, Any]] = {
    "review": ("approved", "auditor", {"decision": "approved", "reasons": []}),
    "appeal": ("appealed", "advertiser", {"note": "x"}),
    "cancel": ("cancelled", "advertiser", {"reason_code": "other"}),
    "stop": ("stopped", "auditor", {"reason_code": "other"}),
    "submit": ("submitted", "advertiser", {}),
}
"""The event of each request, the role of its sender, and the body."""


def routes_under(prefix: str) -> set[str]:
    return {
        route.path.removeprefix(prefix) for route in ROUTES if route.method == "POST" and route.path.startswith(prefix)
    }


def test_every_request_about_an_order_has_a_response(stage: Stage) -> None:
    assert routes_under("/v1/orders/{order_id}/") == set(ACTS) | {"retry", "messages", "messages/read"}, (
        "these change no status"
    )
    (order_id,) = stage.offered("an")
    for status in ORDER.states:
        for path, body in ACTS.items():
            OrderRecord(order_id, "order").update([OrderRecord.status.set(status), OrderRecord.payment.set("held")])
            by = (
                stage.advertiser
                if path in ("counter/accept", "counter/decline", "draft/approve", "draft/changes")
                else None
            )
            by = stage.auditor if path == "draft/review" else by
            answer = (by or stage.creator("an")).post(f"/v1/orders/{order_id}/{path}", body)
            assert answer.status_code < 500, (status, path, answer.json_body)


def test_every_event_of_an_order_is_written(stage: Stage) -> None:
    (order_id,) = stage.offered("an")
    for row in ORDER.transitions:
        OrderRecord(order_id, "order").update([OrderRecord.status.set(row.state), OrderRecord.payment.set("held")])
        assert apply_event(find_order(order_id), Event(row.event, "system", NOON)).status == row.then


def test_an_event_outside_the_table_is_not_written(stage: Stage) -> None:
    (order_id,) = stage.offered("an")
    order = find_order(order_id)
    with pytest.raises(Problem) as refused:
        apply_event(order, Event("retained", "system", NOON))
    assert refused.value.code == "state_conflict"
    assert find_order(order_id).revision == order.revision


def test_every_event_of_a_task_is_written(stage: Stage) -> None:
    task_id = stage.create(stage.bind("an"))["id"]
    for row in TASK.transitions:
        TaskRecord(task_id, "task").update([TaskRecord.status.set(row.state)])
        assert apply_event(find_task(task_id), Event(row.event, "system", NOON)).status == row.then


def test_requests_that_a_task_does_not_allow_are_conflicts(stage: Stage) -> None:
    task_id = stage.create(stage.bind("an"))["id"]
    assert set(OF_TASK) <= routes_under("/v1/tasks/{task_id}/")
    for status in TASK.states:
        for path, (event, role, body) in OF_TASK.items():
            if TASK.allows(status, event):
                continue
            TaskRecord(task_id, "task").update([TaskRecord.status.set(status)])
            who = stage.auditor if role == "auditor" else stage.advertiser
            answer = who.post(f"/v1/tasks/{task_id}/{path}", body)
            same = status in {row.then for row in TASK.transitions if row.event == event}
            assert answer.status_code in ((200, 409) if same else (409,)), (status, path, answer.json_body)


@pytest.mark.parametrize("step", steps.DEFAULTS)
def test_a_workflow_step_that_comes_too_late_changes_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    (order_id,) = stage.offered("an")

    def late(found_id: str) -> None:
        ORDER.row("completed", "accepted")

    monkeypatch.setitem(steps.DEFAULTS, step, late)
    assert steps.order_step({"step": step, "id": order_id})["status"] == "offered"
    assert stage.money(stage.order(order_id)["task_id"])["available"] == FUNDS - PRICE
