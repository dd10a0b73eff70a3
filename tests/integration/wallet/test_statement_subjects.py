"""Lines of a statement name their order, its price and its commission."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from chalicelib.core import clock
from testing.markets.stage import NOON, PRICE, Stage, cny

COMMISSION = 92_100


def lines(api: Any) -> dict[str, dict[str, Any]]:
    """Return the newest line of each kind."""
    found = api.get("/v1/wallet/entries?sort=at&limit=100").json_body["data"]
    return {line["kind"]: line for line in found}


def about(line: dict[str, Any]) -> tuple[Any, ...]:
    return line["task_id"], line["order_id"], line["price"], line["commission"]


def test_both_sides_see_the_order_of_a_line(stage: Stage) -> None:
    paid, returned = stage.accepted("an", "bo")
    with clock.at(NOON + timedelta(hours=1)):
        stage.publish("an", paid)
        task_id = stage.order(paid)["task_id"]
        stop = {"reason_code": "other"}
        assert stage.auditor.post(f"/v1/tasks/{task_id}/stop", stop).status_code in (200, 202)
        earned = lines(stage.creator("an"))["settle"]
        spent = lines(stage.advertiser)
    assert about(earned) == (task_id, paid, cny(PRICE), cny(COMMISSION))
    assert earned["amount"] == cny(PRICE - COMMISSION)
    assert about(spent["return"]) == (task_id, returned, cny(PRICE), cny(0))
    assert about(spent["hold"]) == (task_id, None, None, None)
    assert about(spent["topup"]) == (None, None, None, None)


def test_the_csv_has_the_order_of_a_line(stage: Stage) -> None:
    (order_id,) = stage.accepted("an")
    task_id = stage.order(order_id)["task_id"]
    stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", {"reason_code": "plans_changed"})
    answer = stage.creator("an").get("/v1/wallet/entries", headers={"Accept": "text/csv"})
    opening, line, closing = csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig")))
    assert (line["task_id"], line["order_id"], line["price"]) == (task_id, order_id, f"{PRICE / 100:.2f}")
    assert line["commission"] == "92.10"
    assert {opening["order_id"], closing["order_id"]} == {""}
