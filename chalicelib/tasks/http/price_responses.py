"""Amounts and prices in the responses about tasks, orders and quotes."""

from __future__ import annotations

from chalicelib.core.money import Money as Amount
from chalicelib.core.response_types import Money, TypedDict
from chalicelib.core.rules import rules
from chalicelib.tasks.model.commission import PriceParts


class PriceSplit(TypedDict):
    """A price and its parts: commission, and net for the creator."""

    price: Money
    commission: Money
    net: Money


def price_response(parts: PriceParts) -> PriceSplit:
    return {"price": money(parts.price), "commission": money(parts.commission), "net": money(parts.net)}


def money(amount: int) -> Money:
    return Amount(amount, rules().currency)
