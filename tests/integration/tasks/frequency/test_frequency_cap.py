"""Rule 13 over HTTP: an offer that would break it cannot be accepted, and a post that breaks it is refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.rules import rules
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.orders import offer_accept_decline_lapse
from testing.api import Api
from testing.markets.stage import NOON, Stage

START = NOON + timedelta(hours=1)


@pytest.fixture
def stage(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A stage on which the cap is as in production."""
    monkeypatch.setenv("RULES", json.dumps({"posts_per_day_max": 2, "posts_gap_min": 3600}))
    rules.cache_clear()
    stage = Stage(api)
    stage.certify()
    yield stage
    rules.cache_clear()


def orders_of_an(stage: Stage, number: int, **changes: Any) -> list[str]:
    with clock.at(NOON):
        account = stage.bind("an")
        found = []
        for _ in range(number):
            task = stage.create(account, **changes)
            stage.approve(task["id"])
            found += [order["id"] for order in stage.orders(task["id"])]
        return found


def test_rule_13_the_third_order_of_a_day_is_refused(stage: Stage) -> None:
    first, second, third = orders_of_an(stage, 3)
    with clock.at(NOON):
        assert stage.act("an", first, "accept").status_code == 200
        assert stage.act("an", second, "accept").status_code == 200
        refused = stage.act("an", third, "accept")
        assert (refused.status_code, refused.json_body["code"]) == (409, "frequency_cap")
        assert stage.act("an", third, "decline", {"reason_code": "schedule"}).status_code == 200


def test_rule_13_the_refusal_names_when_a_window_fits(stage: Stage) -> None:
    first, second, third = orders_of_an(stage, 3)
    with clock.at(NOON):
        stage.act("an", first, "accept")
        stage.act("an", second, "accept")
        refused = stage.act("an", third, "accept").json_body
        free_at = clock.parse(refused["next_free_at"])
        assert refused["next_free_at"] in refused["detail"]
        assert START < free_at <= START + timedelta(hours=26)
        window = {"start_at": clock.rfc3339(free_at), "end_at": clock.rfc3339(free_at + timedelta(hours=2))}
        task = stage.create([stage.accounts["an"]], window=window)
        stage.approve(task["id"])
        (fourth,) = [order["id"] for order in stage.orders(task["id"])]
        assert stage.act("an", fourth, "accept").status_code == 200


def test_rule_13_a_cancelled_order_makes_room(stage: Stage) -> None:
    first, second, third = orders_of_an(stage, 3)
    with clock.at(NOON):
        stage.act("an", first, "accept")
        stage.act("an", second, "accept")
        task_id = stage.order(first)["task_id"]
        assert stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", {"reason_code": "other"}).status_code == 200
        assert stage.act("an", third, "accept").status_code == 200


def test_rule_13_concurrent_acceptances_share_the_last_place_once(stage: Stage) -> None:
    orders = orders_of_an(stage, 5)
    outcomes: list[str] = []

    def accept(order_id: str) -> None:
        with clock.at(NOON):
            try:
                outcomes.append(offer_accept_decline_lapse.accept(order_id, stage.creator_id("an")).status)
            except Problem as problem:
                outcomes.append(problem.code)

    threads = [threading.Thread(target=accept, args=(order_id,)) for order_id in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["accepted"] * 2 + ["frequency_cap"] * 3


def test_rule_13_posts_within_an_hour_are_refused(stage: Stage) -> None:
    first, second = orders_of_an(stage, 2)
    with clock.at(NOON):
        stage.act("an", first, "accept")
        stage.act("an", second, "accept")
    with clock.at(START):
        stage.publish("an", first)
    with clock.at(START + timedelta(minutes=59)):
        url = stage.post(stage.order(second))
        early = stage.act("an", second, "publish", {"post_url": url})
        assert (early.status_code, early.json_body["errors"][0]["code"]) == (422, "frequency_cap")
    with clock.at(START + timedelta(minutes=60)):
        stage.publish("an", second)
    assert stage.order(second)["status"] == "published"


def test_rule_13_a_full_calendar_takes_no_further_promise(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage may relax the cap; the calendar's item still has room for its posts to be published."""
    monkeypatch.setenv("RULES", json.dumps({"posts_per_day_max": 1_000, "posts_gap_min": 0}))
    rules.cache_clear()
    monkeypatch.setattr(post_calendar, "SLOTS_MAX", 2)
    first, second, third = orders_of_an(stage, 3)
    with clock.at(NOON):
        assert [stage.act("an", order, "accept").status_code for order in (first, second)] == [200, 200]
        assert stage.act("an", third, "accept").json_body["code"] == "frequency_cap"
    with clock.at(START):
        stage.publish("an", first)


def test_rule_13_creator_sees_the_conflict_before_answering(stage: Stage) -> None:
    first, second, third = orders_of_an(stage, 3)
    an, account = stage.creator("an"), stage.accounts["an"]
    with clock.at(NOON):
        assert an.get(f"/v1/orders/{third}/fit").json_body == {"order_id": third, "fits": True, "next_free_at": None}
        stage.act("an", first, "accept")
        stage.act("an", second, "accept")
        assert an.get(f"/v1/orders/{first}/fit").json_body["fits"] is True, "its own place does not count"
        found = an.get(f"/v1/orders/{third}/fit").json_body
        refused = stage.act("an", third, "accept").json_body
        assert (found["fits"], found["next_free_at"]) == (False, refused["next_free_at"])
        posts = an.get(f"/v1/accounts/{account}/calendar").json_body["data"]
        assert sorted(post["order_id"] for post in posts) == sorted([first, second])
        assert posts[0]["window"] == stage.order(first)["window"]
        assert posts[0]["published_at"] is None
    with clock.at(START):
        stage.publish("an", first)
        posts = an.get(f"/v1/accounts/{account}/calendar?limit=100").json_body["data"]
        assert {post["order_id"]: post["published_at"] is not None for post in posts} == {first: True, second: False}
    with clock.at(START + timedelta(hours=25)):
        assert an.get(f"/v1/accounts/{account}/calendar").json_body["data"] == []
