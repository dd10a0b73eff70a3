"""Shortlists: folders of accounts of one advertiser, paged with cards, bounded in number and size."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.core.rules import rules
from testing.markets.stage import NOON, Stage

PATH = "/v1/shortlists"


def made(stage: Stage, name: str, **more: Any) -> dict[str, Any]:
    answer = stage.advertiser.post(PATH, {"name": name, **more})
    assert answer.status_code == 201, answer.json_body
    found: dict[str, Any] = answer.json_body
    return found


def listed(stage: Stage, path: str) -> list[str]:
    return [one["id"] for one in stage.advertiser.get(path).json_body["data"]]


def test_shortlist_is_created_renamed_and_deleted(stage: Stage) -> None:
    first, second = made(stage, " 秋茶 "), made(stage, "咖啡", note="冬天用")
    assert (first["name"], first["note"], first["accounts"], first["revision"]) == ("秋茶", None, 0, 1)
    assert sorted(listed(stage, PATH)) == sorted([first["id"], second["id"]])
    path = f"{PATH}/{second['id']}"
    renamed = stage.advertiser.patch(path, {"name": "红茶"}).json_body
    assert (renamed["name"], renamed["note"], renamed["revision"]) == ("红茶", "冬天用", 2)
    assert stage.advertiser.patch(path, {"note": None}).json_body["note"] is None
    assert stage.advertiser.patch(path, {}).json_body["revision"] == 3
    assert stage.advertiser.request("DELETE", path).json_body["name"] == "红茶"
    assert listed(stage, PATH) == [first["id"]]
    for method in ("GET", "PATCH", "DELETE"):
        assert stage.advertiser.request(method, path, {} if method == "PATCH" else None).status_code == 404


def test_accounts_are_added_once_and_listed_newest_first(stage: Stage) -> None:
    an, bo, chen = stage.bind("an", "bo", "chen")
    shortlist = made(stage, "茶", account_ids=[an, an])
    path = f"{PATH}/{shortlist['id']}/accounts"
    assert shortlist["accounts"] == 1
    with clock.at(NOON + timedelta(minutes=1)):
        grown = stage.advertiser.post(path, {"account_ids": [an, bo]}).json_body
        assert (grown["accounts"], grown["revision"]) == (2, 2)
        assert stage.advertiser.post(path, {"account_ids": [bo]}).json_body["revision"] == 2
    with clock.at(NOON + timedelta(minutes=2)):
        stage.advertiser.post(path, {"account_ids": [chen]})
    cards = stage.advertiser.get(path).json_body["data"]
    assert [card["id"] for card in cards] == [chen, bo, an]
    assert cards[0]["handle"] == "handle-of-chen"
    assert cards[0]["added_at"] == "2026-11-22T12:02:00Z"
    assert cards[0]["effective_prices"]["post"]["amount"] == 307_000
    page = stage.advertiser.get(f"{path}?limit=1").json_body
    assert stage.advertiser.request("DELETE", f"{path}/{chen}").json_body["accounts"] == 2
    following = stage.advertiser.get(f"{path}?limit=1&cursor={page['next_cursor']}").json_body
    assert [card["id"] for card in following["data"]] == [bo], "a removed account hides no other"
    assert stage.advertiser.request("DELETE", f"{path}/{chen}").status_code == 404
    assert listed(stage, f"{PATH}?account_id={an}") == [shortlist["id"]]
    assert listed(stage, f"{PATH}?account_id={chen}") == []


def test_unknown_accounts_are_refused_with_their_place(stage: Stage) -> None:
    (an,) = stage.bind("an")
    unknown = "acc_" + "0" * 26
    for path in (PATH, f"{PATH}/{made(stage, '茶')['id']}/accounts"):
        body = {"account_ids": [an, unknown], **({"name": "x"} if path == PATH else {})}
        answer = stage.advertiser.post(path, body)
        assert answer.status_code == 422
        assert [(one["pointer"], one["code"]) for one in answer.json_body["errors"]] == [
            ("/account_ids/1", "account_unknown")
        ]
    assert stage.advertiser.post(f"{PATH}/{listed(stage, PATH)[0]}/accounts", {"account_ids": []}).status_code == 422


def test_rule_31_number_of_shortlists_and_accounts_is_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    an, bo = stage.bind("an", "bo")
    monkeypatch.setenv("RULES", '{"shortlists_max": 2, "shortlist_accounts_max": 1}')
    rules.cache_clear()
    try:
        first = made(stage, "a", account_ids=[an])
        made(stage, "b")
        answer = stage.advertiser.post(PATH, {"name": "c"})
        assert (answer.status_code, answer.json_body["code"], answer.json_body["most"]) == (409, "list_full", 2)
        full = stage.advertiser.post(f"{PATH}/{first['id']}/accounts", {"account_ids": [bo]})
        assert (full.status_code, full.json_body["code"], full.json_body["most"]) == (409, "list_full", 1)
        stage.advertiser.request("DELETE", f"{PATH}/{first['id']}")
        made(stage, "c")
    finally:
        monkeypatch.delenv("RULES")
        rules.cache_clear()


def test_repeated_request_creates_one_shortlist(stage: Stage) -> None:
    first = stage.advertiser.post(PATH, {"name": "茶"}, key="k")
    again = stage.advertiser.post(PATH, {"name": "茶"}, key="k")
    assert again.json_body == first.json_body
    assert again.headers["Idempotency-Replayed"] == "true"
    other = stage.advertiser.post(PATH, {"name": "咖啡"}, key="k")
    assert (other.status_code, other.json_body["code"]) == (422, "idempotency_key_reused")
    assert listed(stage, PATH) == [first.json_body["id"]]
