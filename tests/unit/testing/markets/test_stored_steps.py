"""A market that starts from stored tables is the one that its requests make; what a test changes stays in the test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.core.rules import rules
from testing import fault_injection
from testing.api import Api, served_api
from testing.doubles.mocked_aws import mocked_aws
from testing.in_force import iam_in_force
from testing.markets import stored_steps
from testing.markets.owned_market import Market
from testing.markets.stage import NOON, Stage


@contextmanager
def market(at: Any = NOON) -> Iterator[Stage]:
    with mocked_aws(), served_api() as api, clock.at(at):
        yield Stage(api)


def played(stage: Stage) -> tuple[Any, str]:
    """Play each step, and return the results and all that is stored."""
    stage.certify()
    results = [
        stage.offered("an", "bo"),
        stage.accepted("an", title="第二个"),
        stage.accounts,
        stage.keys,
    ]
    return results, Market.everything()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[Any, Any]]:
    """The stored steps of this test alone."""
    stored: dict[Any, Any] = {}
    monkeypatch.setattr(stored_steps, "_steps", stored)
    monkeypatch.setattr(stored_steps, "_replacing", set())
    yield stored
    rules.cache_clear()


def test_the_stored_market_is_the_one_of_its_requests(steps: dict[Any, Any]) -> None:
    with market() as stage:
        first = played(stage)
    number = len(steps)
    with market() as stage, fault_injection.failing(None, after=False) as requests:
        by_requests = played(stage)
    assert len(requests) > 50
    with market() as stage:
        stored = played(stage)
    assert first == stored
    assert (first[0], len(json.loads(first[1]))) == (by_requests[0], len(json.loads(by_requests[1])))
    assert len(steps) == number > 5


def test_a_step_is_taken_without_requests_once_it_is_stored(steps: dict[Any, Any]) -> None:
    with market() as stage:
        stage.certify()
        url = stage.source()
    with market() as stage:
        Stage(Api(None)).certify()
        assert Stage(Api(None)).source() == url
        assert stage.advertiser.get("/v1/advertisers/me").json_body["id"] == stage.advertiser_id


def test_what_a_test_changes_stays_in_it(steps: dict[Any, Any]) -> None:
    for _ in range(2):
        with market() as stage:
            stage.certify()
            [order_id] = stage.offered("an")
            stage.accounts["bo"] = "another"
            assert stage.order(order_id)["status"] == "offered"
            assert stage.act("an", order_id, "accept").status_code == 200


def test_another_state_is_another_market(steps: dict[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another time, other arguments of this step or an earlier one, and other rules."""
    found = []
    for at, funds, price, title, own_rules in (
        (NOON, 5_000_000, 307_000, "茶", "{}"),
        (NOON + timedelta(hours=1), 5_000_000, 307_000, "茶", "{}"),
        (NOON, 4_000_000, 307_000, "茶", "{}"),
        (NOON, 5_000_000, 200_000, "茶", "{}"),
        (NOON, 5_000_000, 307_000, "酒", "{}"),
        (NOON, 5_000_000, 307_000, "酒", '{"commission_bps": 2000}'),
    ):
        monkeypatch.setenv("RULES", own_rules)
        rules.cache_clear()
        with market(at) as stage:
            stage.certify(funds)
            task = stage.create(stage.bind("an", price=price), title=title)
            stage.approve(task["id"])
            [order] = stage.orders(task["id"])
            shares = [order[name]["amount"] for name in ("price", "commission")]
            found.append((*shares, stage.money()["available"], task["title"], task["created_at"]))
    assert found == [
        (307_000, 92_100, 4_693_000, "茶", "2026-11-22T12:00:00Z"),
        (307_000, 92_100, 4_693_000, "茶", "2026-11-22T13:00:00Z"),
        (307_000, 92_100, 3_693_000, "茶", "2026-11-22T12:00:00Z"),
        (200_000, 60_000, 4_800_000, "茶", "2026-11-22T12:00:00Z"),
        (307_000, 92_100, 4_693_000, "酒", "2026-11-22T12:00:00Z"),
        (307_000, 61_400, 4_693_000, "酒", "2026-11-22T12:00:00Z"),
    ]


def test_a_fault_is_met_within_a_stored_step(steps: dict[Any, Any]) -> None:
    with market() as stage:
        stage.certify()
        stage.bind("an")
    with market() as stage:
        stage.certify()
        with fault_injection.failing(0, after=False) as requests, pytest.raises(KeyError):
            stage.bind("an")  # the response has no id
    assert len(requests) == 1


def test_steps_write_only_to_tables(steps: dict[Any, Any]) -> None:
    with market() as stage, iam_in_force.recorded() as uses:
        played(stage)
    others = {use.action for _, use in uses if not use.action.startswith("dynamodb:")}
    assert others <= {"secretsmanager:GetSecretValue"}
