"""Plans are stored, become a task in one call, and respect rules 13 and 13b."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.planning import saved_plans
from testing.api import Api
from testing.markets.stage import NOON, Stage, cny

FIGURES = {"as_of": "2026-11-20T00:00:00Z", "followers": 90_000, "reads_avg_30d": 7_000}


@pytest.fixture
def stage(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A certified advertiser and three measured accounts at 2,000 yuan, under the caps of production."""
    monkeypatch.setenv("RULES", json.dumps({"plan_repeats_max": 2, "posts_per_day_max": 2, "posts_gap_min": 3600}))
    rules.cache_clear()
    stage = Stage(api)
    with clock.at(NOON):
        stage.certify()
        for account in stage.bind("an", "bo", "chen", price=200_000):
            answer = api.as_("admin", "admin").post(f"/v1/accounts/{account}/metrics", FIGURES)
            assert answer.status_code == 201, answer.json_body
        yield stage
    rules.cache_clear()


def _planned(stage: Stage, key: str | None = None, **body: Any) -> Any:
    answer = stage.advertiser.post("/v1/plans", {"budget": cny(700_000), **body}, key=key)
    assert answer.status_code == 201, answer.json_body
    return answer.json_body


def _terms(stage: Stage) -> dict[str, Any]:
    return {name: part for name, part in stage.body([]).items() if name not in ("account_ids", "kind")}


def _ordered(stage: Stage, plan: Any, key: str | None = None) -> Any:
    return stage.advertiser.post(f"/v1/plans/{plan['id']}/task", _terms(stage), key=key or stage.key())


def _ids(plan: Any) -> set[str]:
    return {line["account_id"] for line in plan["accounts"]}


def test_a_plan_becomes_one_task_in_one_call(stage: Stage) -> None:
    plan = _planned(stage)
    assert (plan["status"], plan["task_id"], plan["expires_at"]) == ("open", None, "2026-11-23T12:00:00Z")
    assert plan["rests_on"]["figures_from"] == FIGURES["as_of"]
    path = f"/v1/plans/{plan['id']}"
    assert stage.advertiser.get(path).json_body == plan
    before = stage.money()["available"]
    first = _ordered(stage, plan, key="once")
    assert first.status_code == 201, first.json_body
    task = first.json_body
    assert (task["status"], task["kind"], task["totals"]["held"]) == ("in_review", "post", plan["totals"]["price"])
    again = _ordered(stage, plan, key="once")
    assert (again.json_body, again.headers["Idempotency-Replayed"]) == (task, "true")
    other = _ordered(stage, plan)
    assert (other.status_code, other.json_body["code"], other.json_body["task_id"]) == (
        409,
        "state_conflict",
        task["id"],
    )
    assert before - stage.money()["available"] == 600_000
    empty = _ordered(stage, _planned(stage, budget=cny(100)))
    assert (empty.status_code, empty.json_body["code"]) == (409, "state_conflict")
    shown = stage.advertiser.get(path).json_body
    assert (shown["status"], shown["task_id"]) == ("ordered", task["id"])
    stage.approve(task["id"])
    assert {order["account_id"] for order in stage.orders(task["id"])} == _ids(plan)


def test_concurrent_orders_of_a_plan_create_one_task(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other comes in after this one has found everything in order and before it writes."""
    plan, before = _planned(stage), stage.money()["available"]
    look = saved_plans._changed
    other: list[Any] = []

    def interrupted(*arguments: Any) -> Any:
        found = look(*arguments)
        if not other:
            other.append(None)
            other[0] = _ordered(stage, plan)
        return found

    monkeypatch.setattr(saved_plans, "_changed", interrupted)
    late = _ordered(stage, plan)
    assert (other[0].status_code, late.status_code, late.json_body["code"]) == (201, 409, "state_conflict")
    assert late.json_body["task_id"] == other[0].json_body["id"]
    assert before - stage.money()["available"] == 600_000
    assert len(stage.advertiser.get("/v1/tasks").json_body["data"]) == 1


def test_a_repeated_request_returns_its_plan_to_its_owner(stage: Stage) -> None:
    plan = _planned(stage, key="p")
    assert _planned(stage, key="p") == plan
    reused = stage.advertiser.post("/v1/plans", {"budget": cny(1_000)}, key="p")
    assert (reused.status_code, reused.json_body["code"]) == (422, "idempotency_key_reused")
    stranger = stage.api.as_("other", "advertiser")
    assert stranger.get(f"/v1/plans/{plan['id']}").status_code == 404
    assert stranger.post(f"/v1/plans/{plan['id']}/task", _terms(stage), key="k").status_code == 404


def test_a_stale_plan_names_the_changes(stage: Stage) -> None:
    an, bo, chen = (stage.accounts[name] for name in ("an", "bo", "chen"))
    dearer, gone, cheaper, late = (_planned(stage) for _ in range(4))
    before = stage.money()["available"]
    places = [line["account_id"] for line in dearer["accounts"]]
    stage.creator("an").patch(f"/v1/accounts/{an}", {"prices": {"post": cny(200_100)}})
    stale = _ordered(stage, dearer)
    assert (stale.status_code, stale.json_body["code"]) == (409, "plan_stale")
    (fault,) = stale.json_body["errors"]
    assert (fault["pointer"], fault["code"]) == (f"/accounts/{places.index(an)}", "price_changed")
    stage.creator("an").patch(f"/v1/accounts/{an}", {"prices": {"post": cny(199_000)}})
    stage.creator("bo").patch(f"/v1/accounts/{bo}", {"paused": True})
    stale = _ordered(stage, gone)
    assert stale.json_body["code"] == "plan_stale"
    assert [fault["code"] for fault in stale.json_body["errors"]] == ["account_not_available"]
    stage.creator("bo").patch(f"/v1/accounts/{bo}", {"paused": False})
    with clock.at(NOON + timedelta(hours=24)):
        stale = _ordered(stage, late)
        assert (stale.status_code, stale.json_body["code"]) == (409, "plan_stale")
        assert stage.advertiser.get(f"/v1/plans/{late['id']}").json_body["status"] == "expired"
    assert stage.money()["available"] == before
    task = _ordered(stage, cheaper)
    assert (task.status_code, task.json_body["totals"]["held"]) == (201, cny(599_000))
    assert chen in _ids(cheaper)


def test_rule_13b_accounts_named_too_often_are_left_out(stage: Stage) -> None:
    an = stage.accounts["an"]
    rejected = stage.create([an])
    older = _planned(stage)
    decision = {"decision": "rejected", "reasons": [{"code": "misleading"}]}
    assert stage.auditor.post(f"/v1/tasks/{rejected['id']}/review", decision).status_code == 200
    for _ in range(2):
        assert an in _ids(_planned(stage))
        stage.create([an])
    plan = _planned(stage)
    assert (an in _ids(plan), plan["left_out"], plan["candidates"]) == (False, {"repeats": 1, "frequency_cap": 0}, 2)
    stale = _ordered(stage, older)
    assert [fault["code"] for fault in stale.json_body["errors"]] == ["repeats"]
    refused = stage.advertiser.post("/v1/plans", {"budget": cny(700_000), "must_have": [an]})
    assert (refused.status_code, refused.json_body["code"]) == (409, "frequency_cap")
    assert refused.json_body["errors"][0]["pointer"] == "/must_have/0"
    with clock.at(NOON + timedelta(days=7, seconds=1)):
        assert an in _ids(_planned(stage))


def test_rule_13_accounts_without_free_place_are_left_out(stage: Stage) -> None:
    """Two hours of window hold two posts an hour apart, and no third."""
    for _ in range(2):
        task = stage.create([stage.accounts["bo"]])
        stage.approve(task["id"])
        (order,) = stage.orders(task["id"])
        assert stage.act("bo", order["id"], "accept").status_code == 200
    window = _terms(stage)["window"]
    bo = stage.accounts["bo"]
    other = stage.api.as_("other", "advertiser")
    plan = other.post("/v1/plans", {"budget": cny(700_000), "task": {"window": window}}).json_body
    assert (bo in _ids(plan), plan["left_out"]) == (False, {"repeats": 0, "frequency_cap": 1})
    assert len(plan["accounts"]) == 2
    assert bo in _ids(other.post("/v1/plans", {"budget": cny(700_000)}).json_body)
    wrong = other.post("/v1/plans", {"budget": cny(700_000), "task": {"window": {"start_at": "soon"}}})
    assert (wrong.status_code, wrong.json_body["errors"][0]["pointer"]) == (422, "/task/window")
