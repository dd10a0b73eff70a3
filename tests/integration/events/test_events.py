"""Events of a campaign: stored for their recipients, listed newest first, once for each change."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.events.records import EventRecord
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.workflow import steps
from testing.api import Api
from testing.markets.published_events import PublishedEvents
from testing.markets.stage import NOON, Stage


@pytest.fixture
def published(stage: Stage) -> PublishedEvents:
    return PublishedEvents()


def events(api: Api, query: str = "") -> list[dict[str, Any]]:
    answer = api.get(f"/v1/events?limit=100{query}")
    assert answer.status_code == 200, answer.json_body
    found: list[dict[str, Any]] = answer.json_body["data"]
    return found


def types(api: Api, query: str = "") -> list[str]:
    return [event["type"] for event in reversed(events(api, query))]


def test_an_order_is_seen_by_both_sides(stage: Stage, published: PublishedEvents) -> None:
    (order_id,) = stage.accepted("an")
    with clock.at(NOON + timedelta(hours=1)):
        stage.publish("an", order_id)
    with clock.at(NOON + timedelta(hours=40)):
        steps.order_step({"step": "check", "id": order_id})
        published.deliver()
        expected = ["order.offered", "order.accepted", "order.published", "order.completed"]
        for side in (stage.advertiser, stage.creator("an")):
            assert types(side, f"&object_id={order_id}") == expected
    newest = events(stage.advertiser, f"&object_id={order_id}")[0]
    assert newest["timestamp"] == "2026-11-24T04:00:00Z"
    assert newest["data"] == {
        "order_id": order_id,
        "task_id": stage.order(order_id)["task_id"],
        "account_id": stage.accounts["an"],
        "status": "completed",
        "previous_status": "published",
        "event": "retained",
        "payment": "paid",
        "price": {"amount": 307_000, "currency": "CNY"},
        "commission": {"amount": 92_100, "currency": "CNY"},
        "reason": {"code": "retained"},
        "revision": find_order(order_id).revision,
        "url": f"https://api.micro-task.example/v1/orders/{order_id}",
    }


def test_repeated_stream_records_make_no_second_event(stage: Stage, published: PublishedEvents) -> None:
    stage.accepted("an")
    published.deliver(times=3)
    counts = Counter(event["id"] for event in events(stage.advertiser))
    assert counts
    assert set(counts.values()) == {1}
    assert EventRecord.count(stage.advertiser_id) == len(counts)


def test_only_own_events_are_listed(stage: Stage, published: PublishedEvents) -> None:
    stage.accepted("an")
    published.deliver()
    assert types(stage.creator("bo")) == []
    assert all(name.startswith(("order.", "account.")) for name in types(stage.creator("an")))
    assert stage.api.get("/v1/events").status_code == 401


def test_staff_see_what_enters_their_queue(stage: Stage, published: PublishedEvents) -> None:
    task = stage.create(stage.bind("an"))
    published.deliver()
    assert set(types(stage.auditor)) == {"account.pending", "task.in_review"}
    assert "task.in_review" in types(stage.api.as_("root", "admin"))
    assert types(stage.api.as_("finance", "finance")) == []
    stage.approve(task["id"])
    published.deliver()
    assert "task.running" not in types(stage.auditor)
    assert types(stage.advertiser, "&type=task.running") == ["task.running"]


def test_pages_of_a_user_with_two_roles_are_merged(stage: Stage, published: PublishedEvents) -> None:
    both = stage.api.as_("teahouse", "advertiser", "creator")
    stage.accounts["self"] = ""
    stage.accepted("an", "bo")
    published.deliver()
    whole = [event["id"] for event in events(both)]
    assert len(whole) > 5
    paged: list[str] = []
    path = "/v1/events?limit=2"
    while True:
        page = both.get(path).json_body
        paged += [event["id"] for event in page["data"]]
        if page["next_cursor"] is None:
            break
        path = f"/v1/events?limit=2&cursor={page['next_cursor']}"
    assert paged == whole


def test_an_unknown_type_is_refused(stage: Stage) -> None:
    answer = stage.advertiser.get("/v1/events?type=order.exploded")
    assert (answer.status_code, answer.json_body["code"]) == (400, "parameter_invalid")


def test_events_expire_after_90_days(stage: Stage, published: PublishedEvents) -> None:
    stage.bind("an")
    published.deliver()
    (event, *_) = EventRecord.query("auditors")
    assert event.expires == int((NOON + timedelta(days=90)).timestamp())
    assert rules().events_listed == timedelta(days=90)


def test_events_older_than_90_days_are_not_listed(stage: Stage, published: PublishedEvents) -> None:
    stage.bind("an")
    with clock.at(NOON + timedelta(days=1)):
        stage.bind("bo")
    published.deliver()
    for days, number in ((90, 2), (91, 1), (92, 0)):
        with clock.at(NOON + timedelta(days=days)):
            found = [api.get("/v1/events?limit=1").json_body for api in (stage.creator("an"), stage.creator("bo"))]
            assert sum(len(page["data"]) for page in found) == number, days
            queue = stage.auditor.get("/v1/events?limit=100").json_body
            assert (len(queue["data"]), queue["next_cursor"]) == (number, None), days


def test_people_and_money_have_events(stage: Stage, published: PublishedEvents) -> None:
    answer = stage.advertiser.post("/v1/wallet/withdrawals", {"amount": {"amount": 20_000, "currency": "CNY"}}, key="w")
    stage.api.as_("finance", "finance").post(f"/v1/withdrawals/{answer.json_body['id']}/outcome", {"outcome": "failed"})
    published.deliver()
    assert types(stage.api.as_("finance", "finance")) == ["withdrawal.requested"]
    assert types(stage.advertiser)[-2:] == ["withdrawal.requested", "withdrawal.failed"]


def test_a_plan_that_becomes_a_task_has_an_event(stage: Stage, published: PublishedEvents) -> None:
    (account,) = stage.bind("an")
    figures = {"as_of": "2026-11-20T00:00:00Z", "followers": 12_000, "reads_avg_30d": 3_000, "posts_30d": 10}
    stage.api.as_("root", "admin").post(f"/v1/accounts/{account}/metrics", figures)
    body = {"budget": {"amount": 500_000, "currency": "CNY"}, "goal": "reads"}
    plan = stage.advertiser.post("/v1/plans", body).json_body
    terms = {name: text for name, text in stage.body([]).items() if name not in ("kind", "account_ids")}
    answer = stage.advertiser.post(f"/v1/plans/{plan['id']}/task", terms, key=stage.key())
    assert answer.status_code == 201, answer.json_body
    published.deliver()
    (event,) = events(stage.advertiser, "&type=plan.ordered")
    assert (event["data"]["plan_id"], event["data"]["task_id"]) == (plan["id"], answer.json_body["id"])


def test_the_operator_learns_of_stuck_workflows(stage: Stage, published: PublishedEvents) -> None:
    with clock.at(NOON):
        (order_id,) = stage.accepted("an")
        error = {"Error": "RuntimeError", "Cause": "the network is gone"}
        steps.order_step({"step": "park", "id": order_id, "error": error})
        steps.task_step({"step": "park", "id": find_order(order_id).task_id, "error": error})
        assert stage.auditor.post(f"/v1/orders/{order_id}/retry").status_code == 200
        published.deliver()
    changes = [
        one for one in events(stage.api.as_("root", "admin")) if one["data"].get("event") in ("parked", "retried")
    ]
    found = {one["type"] for one in changes}
    assert found == {"order.stuck", "order.retried", "task.stuck"}
    assert not found.intersection(types(stage.advertiser))
