"""Money and shares of it: core/money.py."""

from __future__ import annotations

import pytest

from chalicelib.core.money import Money, share
from chalicelib.core.regions.money_text import money_text


def test_share_is_rounded_down() -> None:
    assert share(307_000, 3_000) == 92_100
    assert [share(amount, 3_000) for amount in (1, 3, 4, 10)] == [0, 0, 1, 3]


@pytest.mark.parametrize(
    ("money", "text", "decimal"),
    [
        (Money(123_456_789, "CNY"), "1,234,567.89 CNY", "1234567.89"),
        (Money(-5, "CNY"), "-0.05 CNY", "-0.05"),
        (Money(1_234, "JPY"), "1,234 JPY", "1234"),
        (Money(1_234, "KWD"), "1.234 KWD", "1.234"),
        (Money(-7, "KWD"), "-0.007 KWD", "-0.007"),
    ],
)
def test_money_is_written_with_the_decimals_of_its_currency(money: Money, text: str, decimal: str) -> None:
    assert (str(money), money.decimal) == (text, decimal)


def test_money_in_json_is_minor_units() -> None:
    assert Money(500_000, "CNY").as_json() == {"amount": 500_000, "currency": "CNY"}


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text", "short"),
    [
        (307_000, "CNY", "zh_Hans_CN", "¥3,070.00", "¥3,070"),
        (307_050, "CNY", "zh_Hans_CN", "¥3,070.50", "¥3,070.50"),
        (307_000, "USD", "zh_Hans_CN", "US$3,070.00", "US$3,070"),
        (-3_150, "USD", "en_US", "-$31.50", "-$31.50"),
        (123_450, "EUR", "en_IE", "€1,234.50", "€1,234.50"),
        (123_450, "EUR", "de_DE", "1.234,50\u00a0€", "1.234,50\u00a0€"),
        (1_234_500, "JPY", "en", "¥1,234,500", "¥1,234,500"),
        (1_234_500, "KWD", "en", "KWD\u00a01,234.500", "KWD\u00a01,234.500"),
    ],
)
def test_money_on_pages_follows_the_locale(amount: int, currency: str, locale: str, text: str, short: str) -> None:
    money = Money(amount, currency)
    assert money_text(money, locale=locale) == text
    assert money_text(money, locale=locale, short=True) == short
