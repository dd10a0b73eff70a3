"""POST /sandbox/clock: forward only, limited, once per Idempotency-Key; absent where the sandbox is off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock, settings
from chalicelib.core.rules import rules
from chalicelib.social import sandbox_figures
from chalicelib.store import sandbox_clock
from testing.api import Api
from testing.markets.stage import NOON, Stage, text_of

HOUR = timedelta(hours=1)


@pytest.fixture
def sandbox_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SANDBOX", "off")
    settings.settings.cache_clear()
    yield
    settings.settings.cache_clear()


def moved(stage: Stage, body: dict[str, Any], **options: Any) -> Any:
    return stage.api.as_("root", "admin").post("/sandbox/clock", body, **options)


def test_the_clock_moves_by_durations_and_to_moments(stage: Stage) -> None:
    assert stage.api.get("/sandbox/clock").json_body == {"now": text_of(NOON), "offset": "PT0S", "waking": False}
    later = text_of(NOON + 24 * HOUR)
    assert moved(stage, {"advance": "PT24H"}).json_body == {"now": later, "offset": "PT24H", "waking": True}
    later = text_of(NOON + 72 * HOUR)
    assert moved(stage, {"to": later}).json_body == {"now": later, "offset": "P3D", "waking": True}
    assert stage.api.get("/sandbox/clock").json_body["now"] == later


def test_every_request_sees_the_moved_time(stage: Stage) -> None:
    """Offers can be accepted until the clock passes `accept_by`; new tasks begin at the moved time."""
    order_ids = stage.offered("an", "bo")
    moved(stage, {"advance": "PT59M"})
    assert stage.act("an", order_ids[0], "accept").status_code == 200
    moved(stage, {"advance": "PT1M"})
    late = stage.act("bo", order_ids[1], "accept")
    assert (late.status_code, late.json_body["code"]) == (409, "accept_by_passed")
    body = stage.body([stage.accounts["an"]])
    past = stage.advertiser.post("/v1/tasks", body, key=stage.key())
    assert past.status_code == 422, "its window begins in the stage's past"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "one_of"),
        ({"advance": "PT1H", "to": "2026-12-24T00:00:00Z"}, "one_of"),
        ({"advance": "PT0S"}, "clock_not_forward"),
        ({"advance": "-PT1H"}, "duration"),
        ({"advance": "P401D"}, "clock_too_far"),
        ({"to": text_of(NOON)}, "clock_not_forward"),
        ({"to": text_of(NOON - HOUR)}, "clock_not_forward"),
        ({"to": "2029-01-01T00:00:00Z"}, "clock_too_far"),
    ],
)
def test_backward_or_too_far_is_refused(stage: Stage, body: dict[str, Any], code: str) -> None:
    refused = moved(stage, body)
    assert (refused.status_code, refused.json_body["errors"][0]["code"]) == (422, code)
    assert stage.api.get("/sandbox/clock").json_body["offset"] == "PT0S"


def test_the_bound_holds_for_all_moves_together(stage: Stage) -> None:
    assert moved(stage, {"advance": "P399D"}).status_code == 200
    assert moved(stage, {"advance": "P2D"}).status_code == 422
    assert moved(stage, {"advance": "P1D"}).json_body["offset"] == "P400D"


def test_the_same_key_moves_once(stage: Stage) -> None:
    first = moved(stage, {"advance": "PT1H"}, key="k")
    again = moved(stage, {"advance": "PT1H"}, key="k")
    assert again.json_body == first.json_body
    assert again.headers["Idempotency-Replayed"] == "true"
    other = moved(stage, {"advance": "PT2H"}, key="k")
    assert (other.status_code, other.json_body["code"]) == (422, "idempotency_key_reused")
    assert moved(stage, {"advance": "PT1H"}, key="k2").json_body["offset"] == "PT2H"


def test_the_cap_is_tried_at_its_production_values(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two posts in 24 hours, an hour apart (rule 13)."""
    monkeypatch.setenv("RULES", json.dumps({"posts_per_day_max": 2, "posts_gap_min": 3600, "retention_min": 86_400}))
    rules.cache_clear()
    account = stage.bind("an")
    order_ids = []
    for start in (1, 3, 5, 30):
        window = {"start_at": text_of(NOON + start * HOUR), "end_at": text_of(NOON + (start + 2) * HOUR)}
        task = stage.create(account, window=window)
        stage.approve(task["id"])
        order_ids += [order["id"] for order in stage.orders(task["id"])]
    answers = [stage.act("an", order_id, "accept") for order_id in order_ids]
    assert [answer.status_code for answer in answers] == [200, 200, 409, 200]
    assert answers[2].json_body["code"] == "frequency_cap"
    for order_id, hours in ((order_ids[0], 1), (order_ids[1], 3), (order_ids[3], 30)):
        moved(stage, {"to": text_of(NOON + hours * HOUR)})
        stage.publish("an", order_id)
    rules.cache_clear()


def test_without_figures_an_account_has_followers_by_its_id(stage: Stage) -> None:
    (account,) = stage.bind("an")
    profile = stage.api.get(f"/sandbox/accounts/{account}/profile").json_body
    assert profile["followers"] == sandbox_figures.followers(account)


def test_figures_grow_with_the_moved_clock(stage: Stage) -> None:
    """At most a quarter of the followers have read a post after a day."""
    (account,) = stage.bind("an")
    known = {"as_of": text_of(NOON), "followers": 735_896, "reads_avg_30d": 90_000, "posts_30d": 10}
    assert stage.api.as_("root", "admin").post(f"/v1/accounts/{account}/metrics", known).status_code == 201
    url = stage.api.post("/sandbox/posts", {"account_id": account, "text": "茶"}).json_body["post_url"]
    path = f"/sandbox/posts/{url.rpartition('/')[2]}"
    assert stage.api.get(path).json_body["figures"]["reads"] == 0
    moved(stage, {"advance": "PT24H"})
    reads = stage.api.get(path).json_body["figures"]["reads"]
    assert 735_896 * 0.05 * 0.74 < reads < 735_896 * 0.30 * 0.76


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by one with each read of the clock's item."""
    read, made = sandbox_clock.stored, []

    def counted() -> sandbox_clock.ClockRecord:
        made.append(1)
        return read()

    monkeypatch.setattr(sandbox_clock, "stored", counted)
    return made


def test_request_reads_the_clock_at_most_once(stage: Stage, reads: list[int]) -> None:
    order_ids = stage.offered("an")
    for done, expected in (
        (lambda: stage.act("an", order_ids[0], "accept"), 1),
        (lambda: stage.api.get("/openapi.json"), 0),
    ):
        reads.clear()
        assert done().status_code == 200
        assert len(reads) == expected


def test_without_the_sandbox_the_clock_is_not_there(api: Api, sandbox_off: None, reads: list[int]) -> None:
    """The routes are absent, and a stored offset is not read."""
    sandbox_clock.ClockRecord("clock", "clock", offset=86_400, moves=1).save()
    admin = api.as_("root", "admin")
    for answer in (admin.post("/sandbox/clock", {"advance": "PT1H"}), api.get("/sandbox/clock")):
        assert (answer.status_code, answer.json_body["code"]) == (404, "not_found")
    with clock.at(NOON), sandbox_clock.in_stage_time():
        assert clock.now() == NOON
    with clock.at(NOON):
        proof = api.as_("finance", "finance").post("/v1/ledger/proof").json_body
    assert proof["as_of"] == text_of(NOON)
    assert reads == []
