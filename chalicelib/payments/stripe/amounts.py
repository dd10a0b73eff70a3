"""Amounts as Stripe's API takes them (https://docs.stripe.com/currencies): minor units of ISO 4217, with exceptions. Pure."""

from __future__ import annotations

from chalicelib.core.money import Money
from chalicelib.core.regions.currencies import minor_units, per_unit

_HUNDREDTHS = frozenset({"ISK", "UGX"})
"""Currencies without minor units whose amounts are nevertheless in hundredths."""
_WHOLE_UNITS = frozenset({"MGA"})
"""Currencies with minor units whose amounts are nevertheless in whole units."""
_PAID_OUT_IN_WHOLE_UNITS = frozenset({"HUF", "TWD"})
"""Currencies with minor units that can be charged, but not paid out."""


def least_amount(currency: str) -> int:
    """Return the number of minor units of which every amount has to be a multiple, so that it can be charged and paid out."""
    if currency in _WHOLE_UNITS | _PAID_OUT_IN_WHOLE_UNITS:
        return per_unit(currency)
    return 10 if minor_units(currency) == 3 else 1


def amount_fields(amount: Money) -> dict[str, str | int]:
    """Return an amount and its currency as parameters of a request. Raise ValueError for a part of `least_amount`: Stripe would
    move less than the ledger books."""
    value, currency = amount.amount, amount.currency
    if value % least_amount(currency):
        raise ValueError(f"Stripe does not move {amount}")
    if currency in _HUNDREDTHS:
        value *= 100
    elif currency in _WHOLE_UNITS:
        value //= per_unit(currency)
    return {"amount": value, "currency": currency.lower()}


def read_amount(value: int, currency: str) -> int:
    """Return an amount of Stripe, whose currencies are in lower case, in minor units of ISO 4217."""
    code = currency.upper()
    if code in _HUNDREDTHS:
        return value // 100
    return value * per_unit(code) if code in _WHOLE_UNITS else value
