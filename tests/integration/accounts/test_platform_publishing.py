"""Publishing by the market with the creator's permission, and by the creator after a refusal of the network."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.social import sandbox
from chalicelib.social.port import Account, NotPermitted, Unavailable
from chalicelib.tasks.workflow import steps
from testing.api import Api
from testing.markets.stage import NOON, Stage, text_of

START, END = NOON + timedelta(hours=1), NOON + timedelta(hours=3)
AT = NOON + timedelta(hours=2)
PLATFORM = {"mode": "platform", "at": text_of(AT)}


@pytest.fixture
def stage(api: Api) -> Stage:
    stage = Stage(api)
    stage.certify()
    with clock.at(NOON):
        account = stage.bind("an")[0]
        given = stage.creator("an").put(f"/v1/accounts/{account}/publishing", {"allowed": True})
    assert given.status_code == 200, given.json_body
    return stage


def accepted(stage: Stage, **changes: Any) -> str:
    with clock.at(NOON):
        task = stage.create([stage.accounts["an"]], **{"publishing": PLATFORM, **changes})
        stage.approve(task["id"])
        order_id = str(stage.orders(task["id"])[0]["id"])
        assert stage.act("an", order_id, "accept").status_code == 200
    return order_id


def due(order_id: str) -> Any:
    return steps.order_step({"step": "publication_missed", "id": order_id})


def posts(stage: Stage) -> int:
    return len(sandbox.SandboxNetwork().recent_posts(Account(stage.accounts["an"], "an")))


@pytest.mark.parametrize("repost", [False, True])
def test_the_market_publishes_once_at_the_agreed_time(stage: Stage, repost: bool) -> None:
    source = {"kind": "repost", "source_url": stage.source()} if repost else {}
    order_id = accepted(stage, **source)
    timer = {"name": "publish_at", "at": text_of(AT), "default_outcome": "published"}
    assert timer in stage.order(order_id)["timers"]
    with clock.at(AT - timedelta(seconds=1)):
        waits = {"id": order_id, "status": "accepted", "until": clock.stamp(AT), "revision": 1, "seconds": 1}
        assert waits.items() <= due(order_id).items()
    with clock.at(AT):
        for _ in range(3):
            assert due(order_id)["status"] == "published"
    order = stage.order(order_id)
    assert (order["events"][-1]["event"], order["events"][-1]["by"]) == ("published", "system")
    assert posts(stage) == 1
    for hours in (12, 24):
        with clock.at(AT + timedelta(hours=hours)):
            steps.order_step({"step": "check", "id": order_id})
    assert stage.order(order_id)["status"] == "completed"
    stage.proven()


def test_without_a_time_the_market_publishes_when_the_window_opens(stage: Stage) -> None:
    order_id = accepted(stage, publishing={"mode": "platform"})
    with clock.at(START):
        assert due(order_id)["status"] == "published"


def test_refused_posts_are_left_to_the_creator(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = accepted(stage)

    def refuse(*_: Any) -> None:
        raise NotPermitted("The permission has run out.")

    monkeypatch.setattr(sandbox.SandboxNetwork, "publish", refuse)
    with clock.at(AT):
        assert due(order_id)["status"] == "accepted"
        order = stage.order(order_id)
        assert (order["events"][-1]["event"], order["events"][-1]["note"]) == (
            "platform_refused",
            "network_not_permitted",
        )
        assert order["publishing"] == {"mode": "platform", "at": None}
        assert due(order_id)["seconds"] == 3_600
        stage.publish("an", order_id)
    assert stage.order(order_id)["status"] == "published"


def test_an_unavailable_network_is_retried_and_posts_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = accepted(stage)
    publish = sandbox.SandboxNetwork.publish

    def lose(*arguments: Any) -> None:
        publish(*arguments)
        raise Unavailable("The answer was lost.")

    with monkeypatch.context() as patched:
        patched.setattr(sandbox.SandboxNetwork, "publish", lose)
        with clock.at(AT):
            assert due(order_id)["seconds"] == 60
        with clock.at(AT + timedelta(minutes=1)):
            assert due(order_id)["status"] == "accepted"
    events = stage.order(order_id)["events"]
    assert [(one["event"], one["note"]) for one in events[-1:]] == [("platform_delayed", "upstream_unavailable")]
    with clock.at(AT + timedelta(minutes=2)):
        assert due(order_id)["status"] == "published"
    assert posts(stage) == 1


def test_a_revoked_permission_leaves_publishing_to_the_creator(stage: Stage) -> None:
    order_id = accepted(stage)
    stage.creator("an").put(f"/v1/accounts/{stage.accounts['an']}/publishing", {"allowed": False})
    with clock.at(AT):
        assert due(order_id)["status"] == "accepted"
    assert posts(stage) == 0


def test_a_draft_that_is_not_approved_is_not_published(stage: Stage) -> None:
    order_id = accepted(stage, draft_approval=True)
    with clock.at(AT):
        assert due(order_id)["status"] == "accepted"
    assert stage.order(order_id)["events"][-1]["note"] == "draft_not_approved"


def test_platform_publishing_requires_permission_and_a_valid_time(stage: Stage) -> None:
    with clock.at(NOON):
        bo = stage.bind("bo")
        refused = stage.advertiser.post("/v1/tasks", stage.body(bo, publishing=PLATFORM), key="a")
        late = {"mode": "platform", "at": text_of(END)}
        outside = stage.advertiser.post("/v1/tasks", stage.body([stage.accounts["an"]], publishing=late), key="b")
        creators = {"mode": "creator", "at": text_of(AT)}
        pointless = stage.advertiser.post("/v1/tasks", stage.body([stage.accounts["an"]], publishing=creators), key="c")
    assert (refused.status_code, refused.json_body["code"]) == (409, "account_not_available")
    assert refused.json_body["errors"][0]["code"] == "no_publishing_permission"
    assert outside.json_body["errors"][0]["code"] == "outside_window"
    assert pointless.json_body["errors"][0]["pointer"] == "/publishing/at"
