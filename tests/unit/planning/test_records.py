"""Plans as they are stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalicelib.core.money import Money
from chalicelib.planning.records import PlanRecord, packed


def test_a_plan_is_read_as_json() -> None:
    made: dict[str, Any] = {
        "kind": "post",
        "made_at": datetime(2026, 11, 27, tzinfo=UTC),
        "accounts": [{"account_id": "acc_1", "price": Money(500, "CNY")}],
        "totals": {"price": Money(500, "CNY")},
    }
    document = PlanRecord("pln_1", "plan", packed=packed(made)).document
    assert document["accounts"] == [{"account_id": "acc_1", "price": {"amount": 500, "currency": "CNY"}}]
    assert document["totals"]["price"]["amount"] == 500
