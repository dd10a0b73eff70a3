"""A workflow that reaches a wait after its deadline goes on at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core import clock
from chalicelib.tasks.workflow import steps
from chalicelib.tasks.workflow.wait_tokens import WaitInput
from testing.markets.stage import NOON, Stage, cny

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ACCEPT_BY = NOON + HOUR


def step(name: str, task_id: str) -> WaitInput:
    return steps.task_step({"step": name, "id": task_id})


@pytest.fixture
def task_id(stage: Stage) -> str:
    """A running task with an open call."""
    task_id = str(stage.create([], call={"budget": cny(500_000)})["id"])
    stage.approve(task_id)
    return task_id


def test_an_open_call_is_closed_at_once_by_a_late_workflow(stage: Stage, task_id: str) -> None:
    with clock.at(ACCEPT_BY - MINUTE):
        assert step("offer", task_id)["seconds"] == 60
    with clock.at(ACCEPT_BY + MINUTE):
        assert step("offer", task_id)["seconds"] == 1
        assert step("all_settled", task_id)["status"] == "completed"
        assert stage.task(task_id)["status"] == "completed"


def test_a_task_whose_orders_are_late_is_checked_again_after_an_hour(stage: Stage) -> None:
    (order_id,) = stage.accepted("an")
    task_id = stage.order(order_id)["task_id"]
    with clock.at(NOON + timedelta(days=30)):
        assert step("all_settled", task_id)["seconds"] == 3_600
