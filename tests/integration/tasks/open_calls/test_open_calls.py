"""Open calls: creators apply with a price, the advertiser picks; the budget is held from the start, and the rest is returned."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.tasks.open_calls import applications as call_applications
from chalicelib.tasks.workflow import held_amounts, steps
from testing.markets.stage import FUNDS, NOON, Stage, cny

ACCEPT_BY = NOON + timedelta(hours=1)
BUDGET = 1_000_000


def body(stage: Stage, **call: Any) -> dict[str, Any]:
    request = stage.body([], NOON, call={"budget": cny(BUDGET), **call})
    del request["account_ids"]
    return request


@pytest.fixture
def task_id(stage: Stage) -> str:
    with clock.at(NOON):
        made = stage.advertiser.post("/v1/tasks", body(stage, category="生活", price_max=cny(600_000)), key="call")
        assert made.status_code == 201, made.json_body
        assert made.json_body["totals"]["held"] == cny(BUDGET)
        stage.approve(made.json_body["id"])
    return str(made.json_body["id"])


def apply(stage: Stage, task_id: str, name: str, price: int = 400_000) -> Any:
    with clock.at(NOON):
        account = stage.accounts.get(name) or stage.bind(name)[0]
        body = {"account_id": account, "price": cny(price), "note": "我来"}
        return stage.creator(name).post(f"/v1/tasks/{task_id}/applications", body)


def decide(stage: Stage, application_id: str, action: str) -> Any:
    with clock.at(NOON):
        return stage.advertiser.post(f"/v1/applications/{application_id}/{action}")


def test_creators_see_pictures_of_calls_that_they_can_apply_to(stage: Stage, task_id: str) -> None:
    path = f"/v1/tasks/{task_id}/pictures"
    stage.bind("an")
    with clock.at(NOON):
        assert stage.creator("an").get(path).json_body == {"data": [], "next_cursor": None}
    with clock.at(ACCEPT_BY):
        assert stage.creator("an").get(path).status_code == 404


def test_a_picked_applicant_has_an_accepted_order_at_its_price(stage: Stage, task_id: str) -> None:
    with clock.at(NOON):
        shown = stage.creator("an").get("/v1/calls").json_body["data"]
        assert [(call["task_id"], call["budget"], call["unallocated"]) for call in shown] == [
            (task_id, cny(BUDGET), cny(BUDGET))
        ]
    made = apply(stage, task_id, "an")
    assert (made.status_code, made.json_body["status"]) == (201, "open")
    assert made.json_body == apply(stage, task_id, "an").json_body
    assert apply(stage, task_id, "an", 300_000).json_body["code"] == "already_exists"
    listed = stage.advertiser.get(f"/v1/tasks/{task_id}/applications").json_body["data"]
    assert [application["id"] for application in listed] == [made.json_body["id"]]
    picked = decide(stage, made.json_body["id"], "accept").json_body
    assert picked == decide(stage, made.json_body["id"], "accept").json_body
    order = stage.order(picked["order_id"])
    assert (order["status"], order["price"], order["payment"]) == ("accepted", cny(400_000), "held")
    assert [order["id"] for order in stage.orders(task_id)] == [picked["order_id"]]
    assert stage.creator("an").get("/v1/orders").json_body["data"][0]["id"] == picked["order_id"]
    assert stage.creator("an").get("/v1/applications").json_body["data"][0]["status"] == "accepted"
    assert stage.money(task_id) == {"available": FUNDS - BUDGET, task_id: BUDGET}
    assert held_amounts.held_amounts([task_id]) == {task_id: BUDGET}
    with clock.at(ACCEPT_BY + timedelta(minutes=1)):
        stage.publish("an", picked["order_id"])
    stage.proven()


def test_the_unspent_budget_is_returned_when_the_call_closes(stage: Stage, task_id: str) -> None:
    application = apply(stage, task_id, "an").json_body["id"]
    decide(stage, application, "accept")
    late = apply(stage, task_id, "bo").json_body["id"]
    with clock.at(ACCEPT_BY - timedelta(seconds=1)):
        assert steps.task_step({"step": "all_settled", "id": task_id})["seconds"] == 1
    assert stage.money(task_id)[task_id] == BUDGET
    with clock.at(ACCEPT_BY):
        assert stage.advertiser.post(f"/v1/applications/{late}/accept").json_body["code"] == "call_closed"
        for _ in range(2):
            assert steps.task_step({"step": "all_settled", "id": task_id})["status"] == "running"
        assert stage.creator("bo").get("/v1/applications").json_body["data"][0]["status"] == "expired"
        assert stage.creator("an").get("/v1/calls").json_body["data"] == []
    assert stage.money(task_id) == {"available": FUNDS - 400_000, task_id: 400_000}
    stage.proven()


def test_a_repeated_application_to_a_closed_call_returns_the_first(stage: Stage, task_id: str) -> None:
    made = apply(stage, task_id, "an").json_body
    body = {"account_id": stage.accounts["an"], "price": cny(400_000), "note": "我来"}
    with clock.at(ACCEPT_BY):
        again = stage.creator("an").post(f"/v1/tasks/{task_id}/applications", body)
        other = stage.creator("an").post(f"/v1/tasks/{task_id}/applications", {**body, "price": cny(1_000)})
    assert (again.status_code, again.json_body) == (201, {**made, "status": "expired"})
    assert (other.status_code, other.json_body["code"]) == (409, "call_closed")


def test_a_call_without_picks_completes_and_returns_its_budget(stage: Stage, task_id: str) -> None:
    with clock.at(ACCEPT_BY):
        assert steps.task_step({"step": "all_settled", "id": task_id})["status"] == "completed"
    assert stage.money(task_id) == {"available": FUNDS, task_id: 0}


def test_concurrent_picks_never_spend_more_than_the_budget(stage: Stage, task_id: str) -> None:
    applications = [apply(stage, task_id, f"an{number}").json_body["id"] for number in range(4)]
    outcomes: list[str] = []

    def pick(application_id: str) -> None:
        with clock.at(NOON):
            try:
                outcomes.append(call_applications.pick(application_id, stage.advertiser_id).status)
            except Problem as problem:
                outcomes.append(problem.code)

    threads = [threading.Thread(target=pick, args=(application,)) for application in applications]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["accepted", "accepted", "budget_spent", "budget_spent"]
    assert stage.task(task_id)["call"]["unallocated"] == cny(BUDGET - 800_000)
    stage.proven()


def test_an_application_is_refused_with_each_unmet_condition(stage: Stage) -> None:
    request = body(stage, category="美食", grade_min="three_star", followers_min=1_000, price_max=cny(100_000))
    with clock.at(NOON):
        task = stage.advertiser.post("/v1/tasks", request, key="picky").json_body
        stage.approve(task["id"])
    refused = apply(stage, task["id"], "an")
    assert (refused.status_code, refused.json_body["code"]) == (409, "call_not_met")
    assert [(fault["pointer"], fault["code"]) for fault in refused.json_body["errors"]] == [
        ("/account_id", "category"),
        ("/account_id", "grade_min"),
        ("/account_id", "followers_min"),
        ("/price", "price_max"),
    ]


def test_applications_are_declined_and_withdrawn_by_those_they_belong_to(stage: Stage, task_id: str) -> None:
    first, second = (apply(stage, task_id, name).json_body["id"] for name in ("an", "bo"))
    assert stage.creator("bo").post(f"/v1/applications/{first}/withdraw").status_code == 404
    assert stage.api.as_("other", "advertiser").post(f"/v1/applications/{first}/accept").status_code == 404
    assert stage.api.as_("other", "advertiser").get(f"/v1/tasks/{task_id}/applications").status_code == 404
    assert stage.creator("an").post(f"/v1/applications/{first}/withdraw").json_body["status"] == "withdrawn"
    assert decide(stage, first, "accept").json_body["code"] == "already_decided"
    assert decide(stage, second, "decline").json_body["status"] == "declined"
    assert decide(stage, second, "decline").status_code == 200
    with clock.at(NOON):
        assert (
            stage.creator("chen")
            .post(f"/v1/tasks/{task_id}/applications", {"account_id": stage.accounts["an"], "price": cny(1_000)})
            .status_code
            == 404
        )


def test_a_call_has_a_covered_budget_and_no_accounts(stage: Stage) -> None:
    with clock.at(NOON):
        account = stage.bind("an")
        named = stage.advertiser.post("/v1/tasks", {**body(stage), "account_ids": account}, key="a")
        poor = stage.advertiser.post("/v1/tasks", body(stage, budget=cny(FUNDS + 1)), key="b")
        neither = {name: value for name, value in body(stage).items() if name != "call"}
        without_accounts = stage.advertiser.post("/v1/tasks", neither, key="c")
    assert named.json_body["errors"][0]["pointer"] == "/account_ids"
    assert poor.status_code == 402
    assert (without_accounts.status_code, without_accounts.json_body["errors"][0]["pointer"]) == (422, "/account_ids")


def test_a_cancelled_call_returns_the_rest_of_its_budget(stage: Stage, task_id: str) -> None:
    application = apply(stage, task_id, "an").json_body["id"]
    decide(stage, application, "accept")
    with clock.at(NOON):
        preview = stage.advertiser.get(f"/v1/tasks/{task_id}/cancellation").json_body
        assert (preview["returned"], preview["compensation"]) == (cny(BUDGET - 40_000), cny(40_000))
        done = stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", {"reason_code": "other"}).json_body
    assert (done["status"], done["order_counts"]) == ("cancelled", {"cancelled": 1})
    assert stage.money(task_id, creators=("an",)) == {"available": FUNDS - 40_000, "an": 28_000, task_id: 0}
    stage.proven()


def test_a_call_is_rejected_and_submitted_again_with_its_budget(stage: Stage) -> None:
    with clock.at(NOON):
        task = stage.advertiser.post("/v1/tasks", body(stage), key="call").json_body
        rejected = {"decision": "rejected", "reasons": [{"code": "content"}]}
        stage.auditor.post(f"/v1/tasks/{task['id']}/review", rejected)
        assert stage.money(task["id"]) == {"available": FUNDS, task["id"]: 0}
        again = stage.advertiser.put(f"/v1/tasks/{task['id']}", body(stage, budget=cny(2 * BUDGET))).json_body
    assert (again["status"], again["call"]["unallocated"]) == ("in_review", cny(2 * BUDGET))
    assert stage.money(task["id"]) == {"available": FUNDS - 2 * BUDGET, task["id"]: 2 * BUDGET}
    stage.proven()
