"""The cells of comparable orders, and which orders enter them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.reporting import benchmarks, campaign_costs
from chalicelib.reporting.campaign_costs import Result

RESULT = Result(100, 10, 2, 1)


def order(payment: str = "paid", forecast: dict[str, Any] | None = None) -> Any:
    return SimpleNamespace(
        pk="ord_1", kind="post", payment=payment, forecast=forecast, price=100, snapshots=[], updated_at=None
    )


def test_unknown_grade_and_category_are_a_cell_of_their_own() -> None:
    cells = {benchmarks.cell("post", grade, category) for grade in ("one", None) for category in ("tea", None)}
    assert len(cells) == 4


@pytest.mark.parametrize("kind", ["post", "repost"])
def test_kinds_are_not_compared(kind: str) -> None:
    assert kind in benchmarks.cell(kind, "one", "tea").split("#")


@pytest.mark.parametrize("one", [order("returned", {"grade": "one", "category": "tea"}), order(forecast=None)])
def test_orders_without_payment_or_forecast_are_left_out(one: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks, "save", lambda *_: True)
    assert benchmarks.save_ended_order(one) is False


def test_a_paid_order_is_stored_in_the_cell_of_its_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    cells: list[str] = []
    monkeypatch.setattr(campaign_costs, "latest_result", lambda *_: RESULT)
    monkeypatch.setattr(benchmarks, "save", lambda name, *_: cells.append(name))
    benchmarks.save_ended_order(order(forecast={"grade": "one", "category": None}))
    assert cells == [benchmarks.cell("post", "one", None)]
