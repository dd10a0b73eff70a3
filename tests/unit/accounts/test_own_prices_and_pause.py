"""The limits of own prices (rule 10)."""

from __future__ import annotations

import pytest

from chalicelib.accounts.own_prices_and_pause import require_within_limits
from chalicelib.core.errors import InvalidBody


@pytest.mark.parametrize("amount", [None, 100, 1_000_000_000])
def test_a_price_within_the_limits_or_none_is_allowed(amount: int | None) -> None:
    require_within_limits({"post": 500, "repost": amount})


@pytest.mark.parametrize("amount", [0, 99, 1_000_000_001])
def test_a_price_outside_of_the_limits_is_refused(amount: int) -> None:
    with pytest.raises(InvalidBody) as refused:
        require_within_limits({"post": 500, "repost": amount})
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/prices/repost/amount", "price_range")]
