"""Rule 31: quotas per user, answered by 429 with the time when it works again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.core import clock
from chalicelib.core.rules import Rules, rules
from testing.api import Api
from testing.markets.stage import NOON, Stage

FEW = {"accounts_per_day_max": 2, "drafts_max": 2, "pictures_per_hour_max": 2, "searches_per_hour_max": 3}
PICTURE = {"content_type": "image/png", "bytes": 68}


@pytest.fixture
def stage(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("RULES", json.dumps(FEW))
    rules.cache_clear()
    with clock.at(NOON):
        stage = Stage(api)
        stage.certify()
        yield stage
    monkeypatch.undo()
    rules.cache_clear()


def bind(api: Api, handle: str) -> int:
    body = {"network": "sandbox", "handle": handle, "category": "food", "prices": {}}
    return api.post("/v1/accounts", body).status_code


def test_rule_31_the_published_numbers() -> None:
    published = Rules()
    assert (published.accounts_per_day_max, published.drafts_max) == (20, 50)
    assert (published.pictures_per_hour_max, published.searches_per_hour_max) == (200, 600)


def test_rule_31_only_some_accounts_are_bound_a_day(stage: Stage) -> None:
    assert [bind(stage.creator("an"), f"account-{number}") for number in range(3)] == [201, 201, 429]
    assert bind(stage.creator("bo"), "another") == 201, "the quota is each user's own"
    with clock.at(NOON + timedelta(hours=12)):
        assert bind(stage.creator("an"), "account-3") == 201, "a new day by UTC"


def test_rule_31_a_refusal_names_when_it_works_again(stage: Stage) -> None:
    for _ in range(2):
        assert stage.advertiser.post("/v1/pictures", PICTURE).status_code == 201
    with clock.at(NOON + timedelta(minutes=20)):
        refused = stage.advertiser.post("/v1/pictures", PICTURE)
    assert (refused.status_code, refused.json_body["code"]) == (429, "rate_limited")
    assert refused.headers["Retry-After"] == "2400"
    assert refused.json_body["works_again_at"] == "2026-11-22T13:00:00Z"
    with clock.at(NOON + timedelta(hours=1)):
        assert stage.advertiser.post("/v1/pictures", PICTURE).status_code == 201


def test_rule_31_searches_and_plans_share_a_quota(stage: Stage) -> None:
    paths = ["/v1/accounts", "/v1/accounts/facets", "/v1/accounts?limit=1", "/v1/accounts"]
    assert [stage.advertiser.get(path).status_code for path in paths] == [200, 200, 200, 429]
    plan = {"kind": "post", "goal": "reads", "budget": {"amount": 100_000, "currency": "CNY"}}
    assert stage.advertiser.post("/v1/plans", plan).status_code == 429


def test_rule_31_open_drafts_are_limited_until_one_ends(stage: Stage) -> None:
    def draft() -> int:
        return stage.advertiser.post("/v1/tasks", {**stage.body([]), "draft": True}, key=stage.key()).status_code

    assert [draft() for _ in range(3)] == [201, 201, 429]
    task_id = stage.advertiser.get("/v1/tasks?status=draft").json_body["data"][0]["id"]
    cancelled = stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", {"reason_code": "plans_changed"})
    assert cancelled.status_code == 200
    assert draft() == 201
