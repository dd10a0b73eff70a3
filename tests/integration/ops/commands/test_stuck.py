"""`microtask stuck` lists stuck tasks and orders and retries them."""

from __future__ import annotations

from chalicelib.core import clock
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.records.task_record import find_task
from chalicelib.tasks.workflow import steps
from testing.doubles.operator_program import RunCommand
from testing.markets.stage import NOON, Stage

ERROR = {"Error": "RuntimeError", "Cause": "the network is gone"}


def make_stuck(stage: Stage) -> tuple[str, str]:
    """Return the ids of a stuck order and a stuck task."""
    with clock.at(NOON):
        order = stage.accepted("an")[0]
        task = stage.create(stage.bind("bo"))["id"]
        steps.order_step({"step": "park", "id": order, "error": ERROR})
        steps.task_step({"step": "park", "id": task, "error": ERROR})
    return order, task


def test_nothing_stuck_is_status_0(microtask: RunCommand, stage: Stage) -> None:
    output = microtask("stuck", "--json")
    assert (output.status, output.document) == (0, {"stuck": []})
    assert microtask("stuck", "--retry", "--yes").out == "nothing is stuck\n"


def test_stuck_workflows_are_listed_and_retried(microtask: RunCommand, stage: Stage) -> None:
    order, task = make_stuck(stage)
    listed = microtask("stuck", "--json")
    assert listed.status == 1
    assert [(one["id"], one["error"], one["cause"]) for one in listed.document["stuck"]] == [
        (task, "RuntimeError", "the network is gone"),
        (order, "RuntimeError", "the network is gone"),
    ]
    unconfirmed = microtask("stuck", "--retry")
    assert (unconfirmed.status, "--yes" in unconfirmed.err, find_task(task).run) == (1, True, 0)
    one = microtask("stuck", order, "--retry", "--yes", "--json")
    assert (one.status, one.document["retried"]) == (0, [order])
    assert (find_order(order).run, find_task(task).run) == (1, 0)
    assert microtask("stuck", order).err == f"microtask: not stuck: {order}. `stuck` lists the ids.\n"
    assert microtask("stuck", "--retry", "--yes", "--json").document["retried"] == [task]
    assert find_task(task).run == 1
    assert microtask("stuck").status == 0
