"""GET /v1/accounts/comparison: two to five accounts side by side, with one read."""

from __future__ import annotations

import pytest

from bench.harness.measured_market import metered
from testing.markets.stage import PRICE, Stage, cny

FIGURES = {"as_of": "2026-11-20T00:00:00Z", "followers": 120_000, "reads_avg_30d": 30_000, "posts_30d": 40}


def test_accounts_are_compared_in_the_requested_order(stage: Stage) -> None:
    an, bo = stage.bind("an", "bo")
    admin = stage.api.as_("root", "admin")
    assert admin.post(f"/v1/accounts/{an}/metrics", FIGURES).status_code == 201
    with metered() as meter:
        answer = stage.advertiser.get(f"/v1/accounts/comparison?account_ids={bo},{an}&kind=repost")
    assert answer.status_code == 200, answer.json_body
    assert meter.calls == {"BatchGetItem": 1}
    plain, graded = answer.json_body["data"]
    assert [one["account"]["id"] for one in (plain, graded)] == [bo, an]
    assert (plain["factors"], plain["forecast"], plain["cpm"], plain["price"]) == ([], None, None, cny(PRICE))
    whole = stage.advertiser.get(f"/v1/accounts/{an}/grade").json_body
    assert graded["factors"] == whole["factors"]
    assert graded["commission"] == cny(92_100)
    alone = stage.advertiser.get(f"/v1/accounts/{an}/forecast?kind=repost").json_body
    assert graded["forecast"]["reads"] == alone["reads"]
    assert graded["cpm"] == cny(PRICE * 1_000 // alone["reads"]["expected"])


@pytest.mark.parametrize("number", [0, 1, 6])
def test_other_numbers_of_accounts_are_refused(stage: Stage, number: int) -> None:
    ids = ",".join(["acc_" + "0" * 26] * number)
    assert stage.advertiser.get(f"/v1/accounts/comparison?account_ids={ids}").status_code == 400


def test_unknown_account_is_not_found(stage: Stage) -> None:
    (an,) = stage.bind("an")
    answer = stage.advertiser.get(f"/v1/accounts/comparison?account_ids={an},acc_{'0' * 26}")
    assert (answer.status_code, answer.json_body["code"]) == (404, "not_found")
