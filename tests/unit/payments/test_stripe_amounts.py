"""Amounts of Stripe in currencies with other decimals: payments/stripe/amounts.py."""

from __future__ import annotations

import pytest

from chalicelib.core.money import Money
from chalicelib.payments.stripe.amounts import amount_fields, least_amount, read_amount


@pytest.mark.parametrize(
    ("amount", "currency", "sent"),
    [
        (1_050, "USD", 1_050),
        (500, "JPY", 500),  # no minor units
        (5_120, "KWD", 5_120),  # three decimals
        (5, "ISK", 500),  # no minor units, in hundredths at Stripe
        (5, "UGX", 500),
        (50_000, "MGA", 500),  # two decimals, in whole units at Stripe
        (1_000, "HUF", 1_000),
    ],
)
def test_an_amount_is_sent_as_stripe_reads_it_and_read_back(amount: int, currency: str, sent: int) -> None:
    assert amount_fields(Money(amount, currency)) == {"amount": sent, "currency": currency.lower()}
    assert read_amount(sent, currency.lower()) == amount


@pytest.mark.parametrize(("amount", "currency"), [(50_050, "MGA"), (1_050, "HUF"), (5_121, "KWD")])
def test_a_part_of_the_least_amount_is_not_sent(amount: int, currency: str) -> None:
    with pytest.raises(ValueError, match="does not move"):
        amount_fields(Money(amount, currency))


@pytest.mark.parametrize(
    ("currency", "least"),
    [
        ("USD", 1),
        ("CNY", 1),
        ("JPY", 1),
        ("ISK", 1),
        ("KWD", 10),
        ("BHD", 10),
        ("MGA", 100),
        ("HUF", 100),
        ("TWD", 100),
    ],
)
def test_amounts_are_multiples_of_what_stripe_charges_and_pays_out(currency: str, least: int) -> None:
    assert least_amount(currency) == least
