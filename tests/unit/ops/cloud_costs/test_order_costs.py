"""The price of an order, on counts that can be computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from bench.harness import counted
from ops.cloud_costs import order_costs


def _order(**changes: object) -> dict[str, Any]:
    function = {
        "invocations": 20,
        "milliseconds": 0,
        "calls": {"GetItem": 40},
        "read": 40,
        "write": 100,
        "others": {"events PutEvents": 10},
    }
    return {"orders": 10, "transitions": 160, "stored_bytes": 10**9, "functions": {"api": {**function, **changes}}}


def _of(order: dict[str, Any]) -> dict[str, order_costs.CostLine]:
    return {line.item: line for line in order_costs.cost_lines(order)}


def test_each_line_is_its_count_times_its_price() -> None:
    found = {name: (line.per_order, round(line.thousand, 9)) for name, line in _of(_order()).items()}
    assert found["API Gateway requests"] == (2, 0.007)
    assert found["DynamoDB write units"] == (10, 0.00625)
    assert found["DynamoDB read units"] == (4, 0.0005)
    assert found["Step Functions transitions"] == (16, 0.4)
    assert found["EventBridge events"] == (1, 0.001)
    assert found["DynamoDB storage, a month, GB"] == (0.1, 45)


def test_lambda_time_is_processor_share_and_round_trips() -> None:
    waiting = order_costs.seconds(_order())
    assert waiting == pytest.approx(5 * order_costs.ROUND_TRIP_MS / 1000)  # 40 calls and 10 events of ten orders
    working = order_costs.seconds(_order(milliseconds=1_000)) - waiting
    assert working == pytest.approx(0.1 * 1769 / 512)


def test_lambda_waits_longer_for_the_social_network() -> None:
    order = _order()
    function = next(iter(order["functions"].values()))
    before = order_costs.seconds(order)
    function["others"] = {**function["others"], order_costs.NETWORK_REQUEST: 10}
    assert order_costs.seconds(order) - before == pytest.approx(order_costs.NETWORK_MS / 1000)


def test_counted_order_ends_within_the_limits() -> None:
    """Each of the ten orders waits for an answer, the publication and the retention, and is checked last. The limits are those that
    were counted on 2026-11-28; a higher count needs a reason."""
    order = counted.read()["order"]
    functions = order["functions"].values()
    assert order["orders"] == 10
    assert 40 <= order["transitions"] <= 45
    assert set(order["functions"]) == {"api", "order_step", "outbox", "publisher", "task_step"}
    assert sum(found["write"] for found in functions) <= 790
    assert sum(sum(found["calls"].values()) for found in functions) <= 520
    assert sum(line.thousand for line in order_costs.cost_lines(order)) <= 0.28
