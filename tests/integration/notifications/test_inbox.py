"""The inbox: what it shows, read marks, counts and preferences."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.notifications import inbox
from testing.api import Api
from testing.markets.published_events import PublishedEvents
from testing.markets.stage import NOON, Stage


@pytest.fixture
def published(stage: Stage) -> PublishedEvents:
    return PublishedEvents()


def read(api: Api, query: str = "") -> dict[str, Any]:
    answer = api.get(f"/v1/notifications?limit=100{query}")
    assert answer.status_code == 200, answer.json_body
    found: dict[str, Any] = answer.json_body
    return found


def types(api: Api) -> list[str]:
    return [one["type"] for one in reversed(read(api)["data"])]


def test_a_creator_sees_an_offer_and_an_advertiser_the_answer(stage: Stage, published: PublishedEvents) -> None:
    stage.accepted("an")
    published.deliver()
    assert types(stage.creator("an")) == ["order.offered", "order.accepted", "account.admitted"]
    assert "order.accepted" in types(stage.advertiser)
    assert "order.offered" not in types(stage.advertiser), "the advertiser's own doing"
    assert types(stage.creator("bo")) == []


def test_staff_see_what_waits_for_them(stage: Stage, published: PublishedEvents) -> None:
    stage.create(stage.bind("an"))
    published.deliver()
    assert set(types(stage.auditor)) == {"account.pending", "task.in_review"}
    assert types(stage.api.as_("finance", "finance")) == []


def test_read_marks_and_the_count(stage: Stage, published: PublishedEvents) -> None:
    stage.accepted("an")
    published.deliver()
    creator = stage.creator("an")
    found = read(creator)
    assert (found["unread"], found["more"], {one["read"] for one in found["data"]}) == (3, False, {False})
    marked = creator.post("/v1/notifications/read", {"ids": [found["data"][0]["id"]]}).json_body
    assert marked == {"unread": 2, "more": False}
    assert [one["read"] for one in read(creator)["data"]] == [True, False, False]
    assert creator.post("/v1/notifications/read", {"ids": [found["data"][0]["id"]]}).json_body["unread"] == 2
    assert creator.post("/v1/notifications/read", {"until": "2026-11-22T12:00:00Z"}).json_body["unread"] == 0
    assert {one["read"] for one in read(creator)["data"]} == {True}
    with clock.at(NOON + timedelta(minutes=5)):
        stage.offered("an")
        published.deliver()
        assert read(creator)["unread"] == 1
    assert creator.post("/v1/notifications/read", {}).status_code == 422


def test_marks_of_others_do_not_count(stage: Stage, published: PublishedEvents) -> None:
    stage.create(stage.bind("an"))
    published.deliver()
    stage.auditor.post("/v1/notifications/read", {"until": "2026-11-23T00:00:00Z"})
    assert read(stage.auditor)["unread"] == 0
    assert read(stage.api.as_("second", "auditor"))["unread"] == 2


def test_a_type_can_be_turned_off(stage: Stage, published: PublishedEvents) -> None:
    stage.accepted("an")
    published.deliver()
    creator = stage.creator("an")
    answer = creator.put("/v1/notifications/preferences", {"off": ["order.offered", "account.admitted"]})
    assert answer.json_body["off"] == ["account.admitted", "order.offered"]
    assert "order.offered" in answer.json_body["types"]
    assert "task.running" not in answer.json_body["types"]
    assert types(creator) == ["order.accepted"]
    assert read(creator)["unread"] == 1
    assert creator.get("/v1/notifications/preferences").json_body == answer.json_body
    assert len(creator.get("/v1/events").json_body["data"]) > 1, "events are listed all the same"
    refused = creator.put("/v1/notifications/preferences", {"off": ["order.eaten"]})
    assert refused.json_body["errors"][0]["pointer"] == "/off/0"


def test_many_single_marks_become_one(
    stage: Stage, published: PublishedEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MARKS_MAX", 2)
    for minutes in range(4):
        with clock.at(NOON + timedelta(minutes=minutes)):
            stage.create(stage.bind("an"))
    published.deliver()
    newest = [one["id"] for one in read(stage.auditor)["data"]]
    assert len(newest) == 5
    for event_id in newest[:2]:
        stage.auditor.post("/v1/notifications/read", {"ids": [event_id]})
    state = inbox.state_of("auditor")
    assert (len(state.read_keys), state.read_until) == (2, "")
    with clock.at(NOON + timedelta(minutes=9)):
        stage.create(stage.bind("an"))
        published.deliver()
        stage.auditor.post("/v1/notifications/read", {"ids": [read(stage.auditor)["data"][0]["id"]]})
    assert read(stage.auditor)["unread"] == 0, "everything up to the oldest mark counts as read"


def test_the_count_ends_at_a_hundred(stage: Stage, published: PublishedEvents, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "UNREAD_MAX", 2)
    stage.accepted("an")
    published.deliver()
    found = read(stage.creator("an"))
    assert (found["unread"], found["more"]) == (2, True)
