"""Money and shares of it: core/money.py."""

from __future__ import annotations

from chalicelib.core.money import Money, share


def test_share_is_rounded_down() -> None:
    assert share(307_000, 3_000) == 92_100
    assert [share(amount, 3_000) for amount in (1, 3, 4, 10)] == [0, 0, 1, 3]


def test_money_is_written_with_two_decimals() -> None:
    assert str(Money(123_456_789)) == "1,234,567.89 CNY"
    assert str(Money(-5)) == "-0.05 CNY"
    assert Money(500_000).as_json() == {"amount": 500_000, "currency": "CNY"}
