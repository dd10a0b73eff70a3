"""Counter-offers: a creator answers with another price, once; the difference is held or returned with the acceptance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.tasks.orders import offer_accept_decline_lapse
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, cny

ACCEPT_BY = NOON + timedelta(hours=1)


def offered(stage: Stage, *names: str, **changes: Any) -> list[str]:
    with clock.at(NOON):
        return stage.offered(*names, **changes)


def counter(stage: Stage, order_id: str, price: int, name: str = "an") -> Any:
    with clock.at(NOON):
        return stage.act(name, order_id, "counter", {"price": cny(price), "note": "年末"})


def answer(stage: Stage, order_id: str, action: str) -> Any:
    with clock.at(NOON):
        return stage.advertiser.post(f"/v1/orders/{order_id}/counter/{action}")


@pytest.mark.parametrize("price", [PRICE + 50_000, PRICE - 50_000])
def test_an_accepted_counter_offer_moves_the_difference_with_the_acceptance(stage: Stage, price: int) -> None:
    order_id = offered(stage, "an")[0]
    made = counter(stage, order_id, price)
    assert made.status_code == 200
    assert made.json_body == counter(stage, order_id, price).json_body
    assert (made.json_body["status"], made.json_body["counter"]["status"]) == ("offered", "open")
    assert made.json_body["counter"]["commission"] == cny(price * 3 // 10)
    assert {"name": "counter_due", "at": "2026-11-22T13:00:00Z", "default_outcome": "lapsed"} in made.json_body[
        "timers"
    ]
    done = answer(stage, order_id, "accept").json_body
    assert done == answer(stage, order_id, "accept").json_body
    assert (done["status"], done["price"], done["commission"]) == ("accepted", cny(price), cny(price * 3 // 10))
    task_id = done["task_id"]
    assert stage.money(task_id) == {"available": FUNDS - price, task_id: price}
    assert stage.task(task_id)["totals"]["held"] == cny(price)
    stage.proven()


def test_a_declined_counter_offer_keeps_the_offer_open(stage: Stage) -> None:
    order_id = offered(stage, "an")[0]
    counter(stage, order_id, PRICE + 1)
    assert answer(stage, order_id, "decline").json_body["counter"]["status"] == "declined"
    assert answer(stage, order_id, "decline").status_code == 200
    assert answer(stage, order_id, "accept").json_body["code"] == "counter_not_open"
    assert counter(stage, order_id, PRICE + 2).json_body["code"] == "counter_used"
    with clock.at(NOON):
        assert stage.act("an", order_id, "accept").json_body["price"] == cny(PRICE)


def test_an_unanswered_counter_offer_lapses_with_the_offer(stage: Stage) -> None:
    order_id = offered(stage, "an")[0]
    counter(stage, order_id, PRICE + 1)
    with clock.at(ACCEPT_BY):
        late = stage.advertiser.post(f"/v1/orders/{order_id}/counter/accept").json_body
        assert late["code"] == "accept_by_passed"
        assert offer_accept_decline_lapse.lapse(order_id).status == "lapsed"
    assert stage.order(order_id)["counter"]["status"] == "lapsed"
    assert stage.money()["available"] == FUNDS


def test_accepting_the_offer_withdraws_the_counter_offer(stage: Stage) -> None:
    order_id = offered(stage, "an")[0]
    counter(stage, order_id, PRICE + 1)
    with clock.at(NOON):
        assert stage.act("an", order_id, "accept").json_body["counter"]["status"] == "withdrawn"
    assert answer(stage, order_id, "accept").json_body["code"] == "state_conflict"


def test_counter_offers_together_never_exceed_max_total(stage: Stage) -> None:
    first, second = offered(stage, "an", "bo", max_total=cny(2 * PRICE + 1_000))
    counter(stage, first, PRICE + 600)
    counter(stage, second, PRICE + 600, "bo")
    assert answer(stage, first, "accept").json_body["status"] == "accepted"
    refused = answer(stage, second, "accept")
    assert (refused.status_code, refused.json_body["code"]) == (409, "total_above_max")
    assert stage.order(second)["status"] == "offered"


def test_a_difference_that_is_not_there_accepts_nothing(stage: Stage) -> None:
    order_id = offered(stage, "an")[0]
    counter(stage, order_id, FUNDS + 1)
    refused = answer(stage, order_id, "accept")
    assert (refused.status_code, refused.json_body["code"]) == (402, "insufficient_funds")
    assert refused.json_body["needed"] == cny(FUNDS + 1 - PRICE)
    assert stage.order(order_id)["status"] == "offered"


def test_a_counter_offer_has_another_price_and_two_sides(stage: Stage) -> None:
    order_id = offered(stage, "an")[0]
    assert counter(stage, order_id, PRICE).json_body["errors"][0]["pointer"] == "/price"
    assert counter(stage, order_id, 1).json_body["errors"][0]["pointer"] == "/price"
    assert counter(stage, order_id, PRICE + 1, "bo").status_code == 404
    assert answer(stage, order_id, "accept").json_body["code"] == "counter_not_open"
    counter(stage, order_id, PRICE + 1)
    other = stage.api.as_("other", "advertiser").post(f"/v1/orders/{order_id}/counter/accept")
    assert other.status_code == 404
