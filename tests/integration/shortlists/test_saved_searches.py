"""Saved searches: filters with the results that are new since the advertiser viewed them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.shortlists import saved_searches
from testing.in_force import iam_in_force
from testing.markets.stage import NOON, Stage

PATH = "/v1/searches"


def saved(stage: Stage, **body: Any) -> dict[str, Any]:
    answer = stage.advertiser.post(PATH, {"name": "茶", **body})
    assert answer.status_code == 201, answer.json_body
    found: dict[str, Any] = answer.json_body
    return found


def test_new_results_are_those_since_the_last_view(stage: Stage) -> None:
    stage.bind("an")
    search = saved(stage, filters={"kind": "post", "price_max": 400_000}, sort="price")
    path = f"{PATH}/{search['id']}"
    assert (search["new_accounts"], search["filters"]) == (0, {"kind": "post", "price_max": 400_000})
    with clock.at(NOON + timedelta(hours=1)):
        (bo,) = stage.bind("bo")
        stage.bind("chen", price=900_000)
        found = stage.advertiser.get(path).json_body
        assert (found["new_accounts"], found["new_account_ids"]) == (1, [bo])
        assert (found["viewed_at"], found["checked_at"]) == ("2026-11-22T12:00:00Z", "2026-11-22T13:00:00Z")
        assert stage.advertiser.get(PATH).json_body["data"][0]["new_accounts"] == 0, "a read stores nothing"
        viewed = stage.advertiser.post(f"{path}/view").json_body
        assert (viewed["new_accounts"], viewed["viewed_at"]) == (0, "2026-11-22T13:00:00Z")
        assert stage.advertiser.get(path).json_body["new_accounts"] == 0


def test_changed_filters_make_the_present_results_known(stage: Stage) -> None:
    stage.bind("an")
    search = saved(stage, filters={"network": "weibo"})
    path = f"{PATH}/{search['id']}"
    changed = stage.advertiser.patch(path, {"filters": {"network": "sandbox"}, "alerts": True}).json_body
    assert (changed["filters"], changed["alerts"], changed["name"]) == ({"network": "sandbox"}, True, "茶")
    assert changed["new_accounts"] == 0
    with clock.at(NOON + timedelta(hours=1)):
        (bo,) = stage.bind("bo")
        assert stage.advertiser.patch(path, {"name": "新茶"}).json_body["name"] == "新茶"
        assert stage.advertiser.get(path).json_body["new_account_ids"] == [bo]
        assert stage.advertiser.request("DELETE", path).status_code == 200
        assert stage.advertiser.get(path).status_code == 404
        assert stage.advertiser.get(PATH).json_body["data"] == []


@pytest.mark.parametrize(
    ("filters", "pointer"),
    [
        ({"grade_min": "seven_star"}, "/filters/grade_min"),
        ({"price_min": 2, "price_max": 1}, "/filters/price_min"),
        ({"limit": 3}, "/filters/limit"),
        ({"price_max": "400000"}, "/filters/price_max"),
        ({"followers_min": "1"}, "/filters/followers_min"),
        ({"q": 1}, "/filters/q"),
    ],
)
def test_wrong_filter_is_refused_with_its_place(stage: Stage, filters: dict[str, Any], pointer: str) -> None:
    answer = stage.advertiser.post(PATH, {"name": "茶", "filters": filters})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json_body["errors"]] == [pointer]


def test_rule_31_number_of_saved_searches_is_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RULES", '{"saved_searches_max": 1}')
    rules.cache_clear()
    try:
        saved(stage)
        answer = stage.advertiser.post(PATH, {"name": "b"})
        assert (answer.status_code, answer.json_body["code"]) == (409, "list_full")
    finally:
        monkeypatch.delenv("RULES")
        rules.cache_clear()


def test_search_and_facets_filter_by_network(stage: Stage) -> None:
    stage.bind("an", "bo")
    assert len(stage.advertiser.get("/v1/accounts?network=sandbox").json_body["data"]) == 2
    assert stage.advertiser.get("/v1/accounts?network=weibo").json_body["data"] == []
    facets = stage.advertiser.get("/v1/accounts/facets?network=weibo").json_body
    assert (facets["total"], facets["networks"]) == (0, [{"network": "sandbox", "accounts": 2}])


def test_search_with_alerts_is_checked_once_a_day(stage: Stage) -> None:
    stage.bind("an")
    alert, silent = saved(stage, alerts=True), saved(stage)
    with clock.at(NOON + timedelta(hours=1)):
        (bo,) = stage.bind("bo")
        assert saved_searches.check_due() == 0, "it is not due yet"
    with clock.at(NOON + timedelta(hours=24)):
        assert saved_searches.check_due(lambda: 0) == 0, "there is no time left"
        assert saved_searches.check_due() == 1
        assert saved_searches.check_due() == 0, "it is due again a day later"
        listed = {one["id"]: one for one in stage.advertiser.get(PATH).json_body["data"]}
        assert (listed[alert["id"]]["new_account_ids"], listed[alert["id"]]["revision"]) == ([bo], 1)
        assert listed[alert["id"]]["checked_at"] == "2026-11-23T12:00:00Z"
        assert listed[silent["id"]]["new_accounts"] == 0
        assert stage.advertiser.patch(f"{PATH}/{alert['id']}", {"alerts": False}).status_code == 200
    with clock.at(NOON + timedelta(hours=72)):
        stage.bind("chen")
        assert saved_searches.check_due() == 0


def test_changed_or_deleted_search_is_left_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.bind("an")
    path = f"{PATH}/{saved(stage, alerts=True)['id']}"
    compare = saved_searches.compare

    def meanwhile(record: Any) -> None:
        compare(record)
        with iam_in_force.elsewhere():
            stage.advertiser.request("DELETE", path)

    monkeypatch.setattr(saved_searches, "compare", meanwhile)
    with clock.at(NOON + timedelta(hours=24)):
        stage.bind("bo")
        assert saved_searches.check_due() == 0
        assert stage.advertiser.get(path).status_code == 404
