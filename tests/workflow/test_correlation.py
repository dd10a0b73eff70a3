"""The effects of one request have its id: in the stream, the outbox and every step of the workflows."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

import app
from chalicelib.core import observability
from testing.api import Api
from testing.markets.played_market import LogLines
from testing.markets.short_campaign import completed, publish, quick, waits
from testing.markets.stage import PRICE, Stage

if TYPE_CHECKING:
    from testing.doubles.workflow_cloud import Cloud


def lines_of(log: LogLines) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.lines]


def metrics_of(printed: str) -> dict[str, list[float]]:
    """The values of each metric, once per value: of those without further dimensions."""
    found: dict[str, list[float]] = defaultdict(list)
    for line in printed.splitlines():
        if line.startswith('{"_aws"'):
            document = json.loads(line)
            for declared in document["_aws"]["CloudWatchMetrics"]:
                found[declared["Metrics"][0]["Name"]] += document[declared["Metrics"][0]["Name"]]
    return found


@pytest.fixture
def log() -> Any:
    handler, inner = LogLines(), logging.getLogger("micro-task")
    level = observability.logger.log_level
    observability.logger.setLevel("INFO")
    inner.addHandler(handler)
    yield handler
    inner.removeHandler(handler)
    observability.logger.setLevel(level)


def test_each_line_of_a_campaign_names_the_request_behind_it(
    cloud: Cloud, api: Api, log: LogLines, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = Stage(api)
    stage.certify()
    task = quick(stage, ("an",), answer=2, window=3, retention=1)
    cloud.wait_for(lambda: waits(task["id"]), "the task waits for its review")
    stage.approve(task["id"])
    (order,) = stage.orders(task["id"])
    cloud.wait_for(lambda: waits(order["id"]), "the order waits for an answer")
    stage.creator("an").post(f"/v1/orders/{order['id']}/accept")
    publish(cloud, stage, order["id"], "an")
    completed(cloud, task["id"])
    lines = lines_of(log)
    requests = {line["route"]: line["request_id"] for line in lines if line.get("message") == "responded"}
    created, reviewed = requests["POST /v1/tasks"], requests["POST /v1/tasks/{task_id}/review"]
    accepted, published = requests["POST /v1/orders/{order_id}/accept"], requests["POST /v1/orders/{order_id}/publish"]
    assert len({created, reviewed, accepted, published}) == 4

    def caused(item: str, status: str) -> set[str | None]:
        return {
            line.get("correlation_id")
            for line in lines
            if line["message"] == "status changed" and (line["item"], line["status"]) == (item, status)
        }

    assert caused(task["id"], "in_review") == {created}
    assert caused(task["id"], "running") == {reviewed}
    assert caused(order["id"], "offered") == {reviewed}
    assert caused(order["id"], "accepted") == {accepted}
    assert caused(order["id"], "published") == {published}
    assert caused(order["id"], "completed") == {published}, "the workflow's own step goes on with what it waited for"
    steps = [line for line in lines if line["message"] == "done" and line["function"] in ("task_step", "order_step")]
    assert {line["correlation_id"] for line in steps} == {created, reviewed, accepted, published}
    assert all({"step", "id", "milliseconds"} <= line.keys() for line in steps)
    assert [line for line in lines if "request_id" in line and "function" in line] == []
    metrics = metrics_of(capsys.readouterr().out)
    assert metrics["MoneyHeld"] == metrics["MoneySettled"] == [PRICE]
    (seconds,) = metrics["TimeToAccept"]
    assert 0 <= seconds < 60


def test_an_event_knows_nothing_of_the_one_before(log: LogLines) -> None:
    observability.begin("one", request_id="one", route="GET /v1/wallet")
    observability.logger.info("first")
    observability.begin(None, function="outbox")
    observability.logger.info("second")
    observability.correlate("two")
    observability.correlate(None)
    observability.logger.info("third")
    first, second, third = lines_of(log)
    assert (first["correlation_id"], first["route"]) == ("one", "GET /v1/wallet")
    assert {"correlation_id", "route", "request_id"} & second.keys() == set()
    assert (third["correlation_id"], third["function"]) == ("two", "outbox")


def test_each_cron_run_has_its_own_id(aws: None, log: LogLines) -> None:
    tick = {"version": "0", "id": "tick-1", "detail-type": "Scheduled Event", "source": "aws.events", "account": ""}
    app.sweep({**tick, "time": "2026-11-23T10:00:00Z", "region": "ap-east-1", "resources": [], "detail": {}}, None)
    swept, done = lines_of(log)
    assert (swept["message"], swept["correlation_id"]) == ("swept", "tick-1")
    assert (done["message"], done["function"], done["correlation_id"]) == ("done", "sweep", "tick-1")


def test_what_fails_says_so_once_and_is_raised(aws: None, log: LogLines) -> None:
    with pytest.raises(ValueError, match="has no step"):
        app.order_step({"step": "dance", "id": "ord_0000000000000000000000000A"}, None)
    (line,) = lines_of(log)
    assert (line["message"], line["step"], line["function"]) == ("failed", "dance", "order_step")
