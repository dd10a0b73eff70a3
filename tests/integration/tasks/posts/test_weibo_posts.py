"""Orders on a stage without the sandbox: which accounts can be bound, and which posts of Weibo prove an order (rules 14, 30)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.core import aws, clock, rules, settings
from chalicelib.social import networks
from chalicelib.social.weibo.posts import mid_of
from chalicelib.social.weibo.tokens import Application
from testing.api import Api
from testing.doubles.weibo_platform import NAME, Platform, running
from testing.markets.stage import NOON, Stage, cny

START = NOON + timedelta(hours=1)
SHARE_LINK = "https://mapp.api.weibo.cn/fx/77eaa5c2f741894631a87fc4806a1f05.html"


@pytest.fixture
def stage(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A certified advertiser on a stage whose sandbox is off, and whose operator has not written Weibo's secret yet."""
    with clock.at(NOON):
        stage = Stage(api)
        stage.certify()
    monkeypatch.setenv("SANDBOX", "off")
    forget()
    yield stage
    monkeypatch.undo()
    forget()


def forget() -> None:
    settings.settings.cache_clear()
    rules.rules.cache_clear()
    networks._weibo.cache_clear()
    aws.secret.cache_clear()


@pytest.fixture
def platform(stage: Stage) -> Iterator[Platform]:
    """Weibo, with the secret in place."""
    with running() as platform:
        platform.now = START
        ours = Application("key", "secret", "token", "https://mt.example", "mt.example", "192.0.2.7", platform.url)
        create = boto3.client("secretsmanager").create_secret
        create(Name=os.environ["WEIBO_SECRET_ARN"], SecretString=json.dumps(vars(ours)))
        yield platform


def bind(stage: Stage, network: str) -> Any:
    body = {"network": network, "handle": NAME, "category": "生活", "prices": {"post": cny(1_000)}}
    with clock.at(NOON):
        return stage.creator("tea").post("/v1/accounts", body)


def accept(stage: Stage, account: str) -> str:
    """An accepted order of this account."""
    with clock.at(NOON):
        task = stage.create([account])
        stage.approve(task["id"])
        order_id: str = stage.orders(task["id"])[0]["id"]
        assert stage.act("tea", order_id, "accept").status_code == 200
    return order_id


@pytest.fixture
def orders(stage: Stage, platform: Platform) -> list[str]:
    """Two accepted orders of one account, with the same text."""
    account = bind(stage, "weibo").json_body["id"]
    with clock.at(NOON):
        stage.auditor.post(f"/v1/accounts/{account}/admission", {"decision": "approved"})
    return [accept(stage, account), accept(stage, account)]


def post(stage: Stage, platform: Platform, order_id: str, **more: Any) -> str:
    """The order's post on Weibo; its URL."""
    content = stage.order(order_id)["content"]
    status = platform.add(" ".join([content["text"], *content["urls"]]), START, **more)
    return f"https://weibo.com/detail/{status['idstr']}"


def publish(stage: Stage, order_id: str, url: str, minutes: int = 0) -> Any:
    with clock.at(START + timedelta(minutes=minutes)):
        return stage.act("tea", order_id, "publish", {"post_url": url})


@pytest.mark.parametrize("network", ["wechat", "weibo", "sandbox"])
def test_accounts_of_networks_without_connection_are_not_bound(stage: Stage, network: str) -> None:
    refused = bind(stage, network)
    assert refused.status_code == 422
    (fault,) = refused.json_body["errors"]
    assert (fault["pointer"], fault["code"]) == ("/network", "network_not_connected")
    assert stage.creator("tea").get("/v1/accounts?owner=me").json_body["data"] == []


def test_a_configured_network_can_be_bound(stage: Stage, platform: Platform) -> None:
    assert bind(stage, "weibo").status_code == 201
    assert bind(stage, "wechat").status_code == 422


@pytest.mark.parametrize("kind", [1, 3, 4])
def test_a_post_that_only_some_can_read_is_no_proof(
    stage: Stage, platform: Platform, orders: list[str], kind: int
) -> None:
    refused = publish(stage, orders[0], post(stage, platform, orders[0], visible={"type": kind, "list_id": 0}))
    assert (refused.status_code, [fault["code"] for fault in refused.json_body["errors"]]) == (422, ["post_not_public"])


@pytest.mark.parametrize("url", [SHARE_LINK, "https://weibo.com/n/茶馆", "no link"])
def test_an_unknown_form_of_url_starts_no_time_to_mend(
    stage: Stage, platform: Platform, orders: list[str], url: str
) -> None:
    refused = publish(stage, orders[0], url)
    assert refused.status_code == 422
    assert refused.json_body["errors"][0]["pointer"] == "/post_url"
    order = stage.order(orders[0])
    assert "mend_by" not in {timer["name"] for timer in order["timers"]}
    assert [event["event"] for event in order["events"]] == ["offered", "accepted"]


def test_spaces_and_the_case_of_the_host_do_not_matter(stage: Stage, platform: Platform, orders: list[str]) -> None:
    url = post(stage, platform, orders[0])
    published = publish(stage, orders[0], f" {url.replace('https://weibo.com', 'HTTPS://Weibo.COM')}　")
    assert (published.status_code, published.json_body["status"]) == (200, "published")


ALIAS = "4607741009599999"


@pytest.mark.parametrize("number", ["{mid}", "000{mid}", ALIAS], ids=["same", "zeros", "another number"])
def test_one_post_proves_one_order_however_its_url_is_written(
    stage: Stage, platform: Platform, orders: list[str], number: str
) -> None:
    """Also by another number, under which Weibo returns the same post."""
    url = post(stage, platform, orders[0])
    status = platform.statuses[0]
    platform.statuses.append({**status, "idstr": ALIAS})
    platform.long_texts[ALIAS] = status
    assert publish(stage, orders[0], url).json_body["status"] == "published"
    content = stage.order(orders[1])["content"]
    status["text"] = " ".join([content["text"], *content["urls"]])
    status["created_at"] = "Sun Nov 22 14:30:00 +0000 2026"
    again = publish(stage, orders[1], f"https://m.weibo.cn/status/{number.format(mid=mid_of(url))}?from=page", 95)
    assert [fault["code"] for fault in again.json_body["errors"]] == ["post_already_used"]
