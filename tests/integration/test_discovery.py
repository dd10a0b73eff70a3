"""Forecasts over HTTP."""

from __future__ import annotations

from typing import Any

from tests.stage import Stage


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


def test_an_account_nothing_is_known_of_has_no_forecast(api: Any) -> None:
    (account,) = Stage(api).bind("an")
    refused = api.as_("tea", "advertiser").get(f"/v1/accounts/{account}/forecast")
    assert (refused.status_code, refused.json_body["code"]) == (409, "state_conflict")


def test_a_wrong_kind_is_named(api: Any) -> None:
    (account,) = Stage(api).bind("an")
    refused = api.as_("tea", "advertiser").get(f"/v1/accounts/{account}/forecast?kind=video")
    assert (refused.status_code, refused.json_body["code"]) == (400, "parameter_invalid")
