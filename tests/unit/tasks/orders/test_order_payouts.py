"""Every settlement adds up to the price of the order, for any price and share (rules 11, 17, 18, 20)."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import ids
from chalicelib.tasks.model.commission import split_price
from chalicelib.tasks.orders import order_payouts
from chalicelib.tasks.orders.order_payouts import Payout
from chalicelib.tasks.records.order_record import OrderRecord
from testing.markets.stage import NOON

ADVERTISER, CREATOR, TASK = ids.derive("adv", "a"), ids.derive("cre", "c"), ids.derive("tsk", "t")
PRICES = st.integers(100, 10**9)


def order(price: int) -> OrderRecord:
    commission = split_price(price, 3_000).commission
    return OrderRecord(
        ids.derive("ord", "o"),
        "order",
        task_id=TASK,
        owner=CREATOR,
        advertiser_id=ADVERTISER,
        price=price,
        commission=commission,
    )


def settled(payout: Payout) -> dict[str, int]:
    """Return the settlement that the change writes."""
    ((change,), actions) = payout
    assert actions
    values: Any = change.values
    found: dict[str, int] = json.loads(values[1].value["S"])
    return found


def test_rule_17_pays_net_and_commission() -> None:
    assert settled(order_payouts.pay_price(order(3_070), NOON)) == {"net": 2_149, "commission": 921, "returned": 0}


def test_a_returned_price_goes_back_whole() -> None:
    assert settled(order_payouts.return_price(order(3_070), NOON)) == {"net": 0, "commission": 0, "returned": 3_070}


def test_rule_18_compensates_a_tenth_with_the_commission_in_it() -> None:
    found = settled(order_payouts.compensate(order(3_070), NOON))
    assert found == {"net": 215, "commission": 92, "returned": 2_763}


@given(PRICES)
def test_a_compensation_adds_up_to_the_price(price: int) -> None:
    assert sum(settled(order_payouts.compensate(order(price), NOON)).values()) == price


@given(PRICES, st.integers(1, 9_999))
def test_rule_20_a_split_adds_up_to_the_price(price: int, share_bps: int) -> None:
    found = settled(order_payouts.divide_price(order(price), share_bps, NOON))
    assert sum(found.values()) == price
    assert min(found.values()) >= 0
    assert abs(found["net"] + found["commission"] - price * share_bps / 10_000) <= 1


def test_an_order_without_post_ends_by_its_time_to_mend() -> None:
    late = order(3_070)
    assert order_payouts.not_published_reason(late) == {"code": "not_published"}
    late.mend_by = NOON
    assert order_payouts.not_published_reason(late) == {"code": "not_mended"}
