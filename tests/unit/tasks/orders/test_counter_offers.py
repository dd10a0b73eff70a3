"""An open counter-offer ends together with its offer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.tasks.orders import counter_offers
from chalicelib.tasks.records.order_record import OrderRecord


@pytest.mark.parametrize("status", ["accepted", "declined", "withdrawn"])
def test_only_an_open_counter_offer_is_closed(status: str) -> None:
    order = OrderRecord("ord_1", "order", counter={"price": 5, "status": status, "at": "2026-11-22T09:00:00Z"})
    assert counter_offers.close(order, "lapsed") == []
    assert counter_offers.close(OrderRecord("ord_1", "order"), "lapsed") == []


def test_a_closed_counter_offer_has_its_price_and_note() -> None:
    counter = {"price": 5, "status": "open", "at": "2026-11-22T09:00:00Z", "note": "more work"}
    [change] = counter_offers.close(OrderRecord("ord_1", "order", counter=counter), "withdrawn")
    placeholders: dict[str, str] = {}
    values: dict[str, Any] = {}
    change.serialize(placeholders, values)
    [value] = values.values()
    assert list(placeholders) == ["counter"]
    assert json.loads(value["S"]) == {**counter, "status": "withdrawn"}
