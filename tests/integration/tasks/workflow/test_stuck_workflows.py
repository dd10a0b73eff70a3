"""A workflow step that fails for good marks its task or order as stuck; staff run it again."""

from __future__ import annotations

from typing import Any

from chalicelib.core import clock
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.records.task_record import find_task
from chalicelib.tasks.workflow import steps
from testing.markets.stage import NOON, Stage

ERROR = {"Error": "RuntimeError", "Cause": "the network is gone"}


def test_a_stuck_order_is_listed_and_run_again(stage: Stage) -> None:
    with clock.at(NOON):
        order_id = stage.accepted("an")[0]
        for _ in range(2):
            steps.order_step({"step": "park", "id": order_id, "error": ERROR})
    listed = stage.auditor.get("/v1/orders?status=stuck").json_body["data"]
    assert [(order["id"], order["stuck"]["cause"]) for order in listed] == [(order_id, "the network is gone")]
    assert stage.act("an", order_id, "retry").status_code == 403
    again = stage.auditor.post(f"/v1/orders/{order_id}/retry")
    assert (again.status_code, again.json_body["stuck"], again.json_body["status"]) == (200, None, "accepted")
    assert again.json_body["events"][-1]["event"] == "retried"
    assert find_order(order_id).run == 1
    assert stage.auditor.post(f"/v1/orders/{order_id}/retry").json_body == again.json_body
    assert find_order(order_id).run == 1
    assert stage.auditor.get("/v1/orders?status=stuck").json_body["data"] == []


def test_a_stuck_task_is_listed_and_run_again(stage: Stage) -> None:
    with clock.at(NOON):
        account = stage.bind("an")
        task_ids = [stage.create(account)["id"] for _ in range(3)]
        for task_id in task_ids[1:]:
            steps.task_step({"step": "park", "id": task_id, "error": ERROR})
    found: list[Any] = []
    path = "/v1/tasks?status=stuck&limit=1"
    while path:
        page = stage.auditor.get(path).json_body
        found += [task["id"] for task in page["data"]]
        path = page["next_cursor"] and f"/v1/tasks?status=stuck&limit=1&cursor={page['next_cursor']}"
    assert sorted(found) == sorted(task_ids[1:])
    assert stage.advertiser.get("/v1/tasks?status=stuck").status_code == 403
    assert stage.advertiser.post(f"/v1/tasks/{task_ids[1]}/retry").status_code == 403
    again = stage.auditor.post(f"/v1/tasks/{task_ids[1]}/retry").json_body
    assert (again["stuck"], again["status"]) == (None, "in_review")
    assert find_task(task_ids[1]).run == 1


def test_stuck_orders_still_accept_requests(stage: Stage) -> None:
    with clock.at(NOON):
        order_id = stage.offered("an")[0]
        steps.order_step({"step": "park", "id": order_id, "error": ERROR})
        assert stage.act("an", order_id, "accept").json_body["stuck"] is None
    assert stage.auditor.get("/v1/orders?status=stuck").json_body["data"] == []
