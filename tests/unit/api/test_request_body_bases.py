"""Base classes of request bodies."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.api.request_body_bases import DecisionBody, MoneyIn
from chalicelib.core.errors import InvalidBody
from chalicelib.core.money import Money
from chalicelib.core.rules import rules


def test_money_of_the_market_is_read() -> None:
    currency = rules().currency
    assert MoneyIn(amount=5, currency=currency).money("/price") == Money(5, currency)


def test_another_currency_is_a_fault_at_its_pointer() -> None:
    with pytest.raises(InvalidBody) as refused:
        MoneyIn(amount=5, currency="XTS").money("/price")
    assert [fault.pointer for fault in refused.value.faults] == ["/price/currency"]


@pytest.mark.parametrize(
    "body", [{"amount": "5", "currency": "CNY"}, {"amount": -1, "currency": "CNY"}, {"amount": 1.0, "currency": "CNY"}]
)
def test_an_amount_is_a_whole_number_from_0_on(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MoneyIn.model_validate(body)


@pytest.mark.parametrize("body", [{}, {"revision": True}, {"revision": "1"}, {"revision": 1, "rivision": 2}])
def test_a_decision_needs_a_revision_and_nothing_unknown(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DecisionBody.model_validate(body)
