"""What is stuck is listed and, when the cause is mended, run again."""

from __future__ import annotations

from chalicelib.core import clock
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.records.task_record import find_task
from chalicelib.tasks.workflow import steps
from testing.doubles.operator_program import Typed
from testing.markets.stage import NOON, Stage

ERROR = {"Error": "RuntimeError", "Cause": "the network is gone"}


def park(stage: Stage) -> tuple[str, str]:
    """An order and a task that are stuck."""
    with clock.at(NOON):
        order = stage.accepted("an")[0]
        task = stage.create(stage.bind("bo"))["id"]
        steps.order_step({"step": "park", "id": order, "error": ERROR})
        steps.task_step({"step": "park", "id": task, "error": ERROR})
    return order, task


def test_nothing_stuck_is_status_0(typed: Typed, stage: Stage) -> None:
    said = typed("stuck", "--json")
    assert (said.status, said.document) == (0, {"stuck": []})
    assert typed("stuck", "--retry", "--yes").out == "nothing is stuck\n"


def test_what_is_stuck_is_listed_with_its_cause_and_run_again(typed: Typed, stage: Stage) -> None:
    order, task = park(stage)
    listed = typed("stuck", "--json")
    assert listed.status == 1
    assert [(one["id"], one["error"], one["cause"]) for one in listed.document["stuck"]] == [
        (task, "RuntimeError", "the network is gone"),
        (order, "RuntimeError", "the network is gone"),
    ]
    asked = typed("stuck", "--retry")
    assert (asked.status, "--yes" in asked.err, find_task(task).run) == (1, True, 0)
    one = typed("stuck", order, "--retry", "--yes", "--json")
    assert (one.status, one.document["retried"]) == (0, [order])
    assert (find_order(order).run, find_task(task).run) == (1, 0)
    assert typed("stuck", order).err == f"ops: not stuck: {order}. `stuck` lists what is.\n"
    assert typed("stuck", "--retry", "--yes", "--json").document["retried"] == [task]
    assert find_task(task).run == 1
    assert typed("stuck").status == 0
