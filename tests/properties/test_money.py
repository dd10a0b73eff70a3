"""Money in currencies with no, two and three decimals: written, read, split and put into CSV without loss."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import csv_text
from chalicelib.core.money import Money, read_decimal, share
from chalicelib.core.regions.currencies import CURRENCIES, minor_units, per_unit
from chalicelib.core.regions.money_text import formats, money_text
from chalicelib.grading.currency_conversion import converted
from chalicelib.tasks.model.commission import split_price

currencies = st.sampled_from(["JPY", "CNY", "KWD", "USD", "EUR"])
amounts = st.integers(-(10**12), 10**12)
prices = st.integers(0, 10**12)


@given(amounts, currencies)
def test_a_written_amount_is_read_again(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert read_decimal(money.decimal, currency) == money
    assert Decimal(money.decimal) == Decimal(amount) / per_unit(currency)
    assert str(money).replace(",", "") == f"{money.decimal} {currency}"


@given(amounts, currencies)
def test_an_amount_in_csv_has_the_decimals_of_its_currency(amount: int, currency: str) -> None:
    text = csv_text.document(["amount"], [[Money(amount, currency)]])
    (cell,) = list(csv.reader(io.StringIO(text.removeprefix(csv_text.MARK))))[1]
    assert len(cell.partition(".")[2]) == minor_units(currency)
    assert read_decimal(cell, currency) == Money(amount, currency)


@given(prices, st.integers(0, 9_999), currencies)
def test_a_commission_and_its_net_are_the_price(price: int, bps: int, currency: str) -> None:
    parts = split_price(price, bps)
    assert Decimal(Money(parts.net, currency).decimal) + Decimal(Money(parts.commission, currency).decimal) == Decimal(
        Money(price, currency).decimal
    )
    assert 0 <= parts.commission <= price * bps / 10_000
    assert parts.commission == share(price, bps)


@given(amounts, currencies, st.sampled_from(sorted(formats())), st.booleans())
def test_an_amount_on_a_page_has_every_digit(amount: int, currency: str, locale: str, short: bool) -> None:
    shown = money_text(Money(amount, currency), locale=locale, short=short)
    form = formats()[locale]
    symbol = form["symbols"].get(currency, currency)
    assert symbol in shown
    number = shown.replace(symbol, "").strip("\u00a0").replace(form["group"], "").replace(form["decimal"], ".")
    assert Decimal(number.replace("\u00a0", "")) == Decimal(Money(amount, currency).decimal)


@given(st.integers(100, 10**9), st.integers(0, 10**6), st.integers(1, 10**7), currencies)
def test_an_advised_price_never_falls_in_another_currency(fen: int, more: int, ppm: int, currency: str) -> None:
    least, most = converted(fen, ppm, currency), converted(fen + more, ppm, currency)
    assert per_unit(currency) <= least <= most
    assert least % per_unit(currency) == 0


@pytest.mark.parametrize("text", ["", "1,000", "1.2345", "0x1", "1e3", " 1", "1.", ".5", "--1", "١", "1" * 16])
@pytest.mark.parametrize("currency", ["JPY", "CNY", "KWD"])
def test_another_text_is_no_amount(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        read_decimal(text, currency)


@pytest.mark.parametrize(("text", "currency"), [("1.5", "JPY"), ("1.005", "CNY"), ("1.0005", "KWD")])
def test_more_decimals_than_the_currency_has_are_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match="decimals"):
        read_decimal(text, currency)


def test_an_unknown_currency_has_no_minor_units() -> None:
    assert {minor_units(currency) for currency in CURRENCIES} == {0, 2, 3}
    with pytest.raises(ValueError, match="XXX"):
        minor_units("XXX")
