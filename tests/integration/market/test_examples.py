"""The programs of examples/ run against the market."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from microtask import Market
from microtask.transport import Transport

from chalicelib.core import clock
from examples import accept_and_publish, create_task, recompute_grade
from testing.api import Api
from testing.markets.stage import NOON, Stage, cny

METRICS = {"as_of": "2026-11-20T00:00:00Z", "followers": 400_000, "reads_avg_30d": 50_000, "posts_30d": 12}


@dataclass
class InProcess:
    """The client's connections, to the API in this process."""

    api: Api

    def request(self, method: str, url: str, *, body: bytes | None, headers: dict[str, str], **_: Any) -> Any:
        response = self.api.request(method, url, body or b"", headers=headers)
        return SimpleNamespace(status=response.status_code, headers=response.headers, data=response.body)


def market_of(user: Api) -> Market:
    return Market("", transport=Transport("", http=InProcess(user)))  # type: ignore[arg-type]


def test_create_task_holds_the_quote_and_prints_orders(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.bind("an", "bo", "chen", price=50_000)
    market = market_of(stage.advertiser)
    begin = NOON + timedelta(days=1)
    task = create_task.create(market, begin, count=2)
    assert task["totals"]["held"] == cny(100_000)
    assert create_task.create(market, begin, count=2)["id"] == task["id"]
    assert create_task.print_orders(market, task["id"])["status"] == "in_review"
    assert "review_due" in capsys.readouterr().out


def test_accept_and_publish_leaves_a_published_order(stage: Stage) -> None:
    stage.offered("an")
    market = market_of(stage.creator("an"))
    assert [order["status"] for order in accept_and_publish.respond(market)] == ["accepted"]
    with clock.at(NOON + timedelta(hours=2)):
        assert [order["status"] for order in accept_and_publish.publish(market)] == ["published"]


def test_accept_and_publish_declines_low_prices(stage: Stage) -> None:
    stage.offered("an")
    declined = accept_and_publish.respond(market_of(stage.creator("an")), least_net=10_000_000)
    assert [order["status"] for order in declined] == ["declined"]


def test_recompute_grade_agrees_with_the_market(api: Api, stage: Stage) -> None:
    [account_id] = stage.bind("an")
    assert api.as_("admin", "admin").post(f"/v1/accounts/{account_id}/metrics", METRICS).status_code == 201
    assert recompute_grade.main(market_of(stage.creator("an")), account_id)
