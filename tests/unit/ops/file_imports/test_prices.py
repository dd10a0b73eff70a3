"""Prices of an imported file in the currency of the market."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from ops.file_imports.account_import import in_market_currency
from ops.file_imports.cells import names_other_money, read_price
from ops.file_imports.column_guessing import guess
from ops.file_imports.column_layout import STANDARD, WEIRENWU


@pytest.mark.parametrize(
    ("cell", "currency", "value"),
    [
        ("¥1,200", "CNY", "1200"),
        ("¥1200元", "CNY", "1200"),
        ("1.2万", "CNY", "12000"),
        ("$1,200.50", "USD", "1200.50"),
        ("US$ 15", "USD", "15"),
        ("15 dollars", "USD", "15"),
        ("15 EUR", "EUR", "15"),
        ("€15", "EUR", "15"),
        ("¥1,200", "JPY", "1200"),
        ("KWD 1.234", "KWD", "1.234"),
    ],
)
def test_a_price_may_name_the_currency_of_the_market(cell: str, currency: str, value: str) -> None:
    assert read_price(cell, currency).value == Decimal(value)


@pytest.mark.parametrize(("cell", "currency"), [("$12", "CNY"), ("12 EUR", "USD"), ("¥12", "USD"), ("12元", "EUR")])
def test_a_price_in_another_currency_is_refused(cell: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        read_price(cell, currency)
    assert names_other_money(cell.lower(), currency)


@pytest.mark.parametrize(
    ("currency", "cell", "amount"), [("CNY", "12.5", 1_250), ("JPY", "12", 12), ("KWD", "1.234", 1_234)]
)
def test_a_price_is_stored_in_minor_units_of_the_currency(currency: str, cell: str, amount: int) -> None:
    layout = replace(STANDARD, currency=currency)
    assert layout.read({"handle": "tea", "followers": "1", "repost_price": cell})["repost_price"] == amount


@pytest.mark.parametrize(("currency", "cell"), [("JPY", "12.5"), ("CNY", "1.234"), ("KWD", "1.2345")])
def test_a_price_with_too_many_decimals_is_refused(currency: str, cell: str) -> None:
    with pytest.raises(ValueError, match="is not a price in"):
        replace(STANDARD, currency=currency).read({"handle": "tea", "followers": "1", "repost_price": cell})


def test_a_column_of_dollars_is_proposed_in_a_market_in_dollars_only() -> None:
    header, rows = ["name", "followers", "post price ($)"], [["tea", "120000", "$20"], ["bar", "130000", "$30"]]
    assert guess(header, rows, "USD").document["columns"]["post_price"] == "post price ($)"
    assert "post_price" not in guess(header, rows).document["columns"]


def test_the_list_in_yuan_is_for_a_market_in_yuan(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_market_currency(WEIRENWU) == WEIRENWU
    monkeypatch.setattr("ops.file_imports.account_import.rules", lambda: type("Rules", (), {"currency": "USD"})())
    assert in_market_currency(STANDARD).currency == "USD"
    with pytest.raises(ValueError, match="CNY"):
        in_market_currency(WEIRENWU)
