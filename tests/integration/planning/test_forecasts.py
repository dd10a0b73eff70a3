"""Forecasts and plans over HTTP."""

from __future__ import annotations

import random
from typing import Any

import pytest

from chalicelib.accounts.records import AccountRecord, new_account
from chalicelib.grading.model.methodology import GRADES
from testing.markets.stage import Stage, cny


def _measured(api: Any, figures: dict[str, Any]) -> str:
    stage = Stage(api)
    (account,) = stage.bind("an")
    body = {"as_of": "2026-11-20T00:00:00Z", **figures}
    assert api.as_("admin", "admin").post(f"/v1/accounts/{account}/metrics", body).status_code == 201
    return account


def test_a_forecast_is_shown_to_every_caller(api: Any) -> None:
    account = _measured(api, {"followers": 120_000, "reads_avg_30d": 9_000, "likes_avg_30d": 300})
    answer = api.as_("tea", "advertiser").get(f"/v1/accounts/{account}/forecast?kind=repost")
    assert answer.status_code == 200, answer.json_body
    body = answer.json_body
    assert (body["account_id"], body["kind"], body["confidence"]) == (account, "repost", 0.8)
    assert body["reads"]["low"] < body["reads"]["expected"] < body["reads"]["high"]
    assert body["reads"]["basis"] == "own"
    assert body["clicks"]["basis"] == "assumed"


def test_an_account_without_figures_has_no_forecast(api: Any) -> None:
    (account,) = Stage(api).bind("an")
    refused = api.as_("tea", "advertiser").get(f"/v1/accounts/{account}/forecast")
    assert (refused.status_code, refused.json_body["code"]) == (409, "state_conflict")


def test_a_wrong_kind_is_named(api: Any) -> None:
    (account,) = Stage(api).bind("an")
    refused = api.as_("tea", "advertiser").get(f"/v1/accounts/{account}/forecast?kind=video")
    assert (refused.status_code, refused.json_body["code"]) == (400, "parameter_invalid")


CATEGORIES = ("美食", "旅行")


def _market(aws: None, size: int) -> list[AccountRecord]:
    choose = random.Random(3)
    made = []
    for n in range(size):
        record = new_account("weibo", f"handle{n}", CATEGORIES[n % 2], "admitted", "2026-11-22T10:00:00.000Z")
        record.owner, record.listed_at = f"cre_{n}", f"2026#{n}"
        record.listing = "listed"
        record.paused = n % 10 == 3
        record.grade = GRADES[n % 7]
        record.followers = choose.randrange(1_000, 2_000_000)
        reads = record.followers // choose.randrange(5, 60)
        record.evidence = {"as_of": "2026-11-20T00:00:00Z", "followers": record.followers, "reads_avg_30d": reads}
        record.own_post_price = record.post_price = choose.randrange(10_000, 900_000)
        record.value = reads * 1_000 / record.post_price
        made.append(record)
    with AccountRecord.batch_write() as batch:
        for record in made:
            batch.save(record)
    return made


@pytest.fixture
def market(aws: None) -> list[AccountRecord]:
    return _market(aws, 120)


def _plan(api: Any, body: dict[str, Any], status: int = 201) -> Any:
    answer = api.as_("teahouse", "advertiser").post("/v1/plans", {"budget": cny(2_000_000), **body})
    assert answer.status_code == status, answer.json_body
    return answer.json_body


def test_a_plan_respects_the_budget_and_beats_simple_choices(api: Any, market: list[AccountRecord]) -> None:
    body = _plan(api, {"goal": "reads"})
    totals = body["totals"]
    assert 0 < totals["price"]["amount"] <= 2_000_000
    assert totals["price"]["amount"] + body["left"]["amount"] == 2_000_000
    assert totals["price"]["amount"] == sum(line["price"]["amount"] for line in body["accounts"])
    assert totals["reads"] == sum(line["forecast"]["reads"]["expected"] for line in body["accounts"])
    assert body["share_of_best"] > 0.9
    for simple in body["comparison"].values():
        assert simple["price"]["amount"] <= 2_000_000
        assert simple["plan_brings_more"] == totals["reads"] - simple["reads"] > 0
    assert body["next_tenth"]["adds"] > 0
    assert all(line["reasons"] for line in body["accounts"])
    paused = {record.pk for record in market if record.paused}
    assert paused.isdisjoint(line["account_id"] for line in body["accounts"])
    assert body["candidates"] == len(market) - len(paused)


def test_filters_must_haves_and_exclusions_are_respected(api: Any, market: list[AccountRecord]) -> None:
    first = _plan(api, {})
    excluded = first["accounts"][0]["account_id"]
    wanted = next(
        record.pk
        for record in market
        if not record.paused and record.category == "旅行" and record.post_price < 200_000 and record.pk != excluded
    )
    body = _plan(
        api,
        {
            "filters": {
                "category": "美食",
                "grade_min": "three_star",
                "price_max": cny(400_000),
                "followers_min": 50_000,
            },
            "must_have": [wanted],
            "exclude": [excluded],
            "max_accounts": 4,
        },
    )
    chosen = {line["account_id"]: line for line in body["accounts"]}
    assert len(chosen) == 4
    assert excluded not in chosen
    assert chosen.pop(wanted)["reasons"][0]["code"] == "must_have"
    for line in chosen.values():
        assert line["category"] == "美食"
        assert line["grade"] in GRADES[2:]
        assert line["price"]["amount"] <= 400_000
        assert line["followers"] >= 50_000


def test_must_haves_that_cannot_be_are_named(api: Any, market: list[AccountRecord]) -> None:
    paused = next(record.pk for record in market if record.paused)
    assert _plan(api, {"must_have": [paused]}, 409)["errors"][0]["pointer"] == "/must_have/0"
    dear = max((record for record in market if not record.paused), key=lambda record: int(record.post_price))
    refused = _plan(api, {"budget": cny(50_000), "must_have": [dear.pk]}, 422)
    assert refused["errors"][0]["code"] == "above_budget"
    assert _plan(api, {"must_have": [dear.pk], "exclude": [dear.pk]}, 422)["errors"][0]["code"] == "excluded"


def test_only_advertisers_plan(api: Any) -> None:
    assert api.as_("an", "creator").post("/v1/plans", {"budget": cny(1)}).status_code == 403
