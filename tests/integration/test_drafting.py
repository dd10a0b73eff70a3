"""Draft approval: the advertiser approves the creator's text or asks for changes, twice; silence approves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.tasks import steps
from tests.stage import NOON, Stage

START = NOON + timedelta(hours=1)
TEXT = "我家的秋茶，真香。"


@pytest.fixture
def order_id(stage: Stage) -> str:
    with clock.at(NOON):
        return stage.accepted("an", draft_approval=True)[0]


def submit(stage: Stage, order_id: str, text: str = TEXT) -> Any:
    with clock.at(NOON):
        return stage.act("an", order_id, "draft", {"text": text})


def say(stage: Stage, order_id: str, what: str, body: Any = None) -> Any:
    with clock.at(NOON):
        return stage.advertiser.post(f"/v1/orders/{order_id}/draft/{what}", body)


def test_an_approved_draft_is_what_is_posted(stage: Stage, order_id: str) -> None:
    with clock.at(START):
        url = stage.post(stage.order(order_id))
        early = stage.act("an", order_id, "publish", {"post_url": url})
        assert (early.status_code, early.json_body["code"]) == (409, "draft_not_approved")
    draft = submit(stage, order_id).json_body
    assert draft["draft"]["text"] == f"{TEXT} 广告"
    assert submit(stage, order_id).json_body == draft
    assert submit(stage, order_id, "别的").json_body["code"] == "state_conflict"
    approved = say(stage, order_id, "approve").json_body
    assert approved == say(stage, order_id, "approve").json_body
    assert approved["content"]["text"] == f"{TEXT} 广告"
    with clock.at(START):
        old = stage.act("an", order_id, "publish", {"post_url": url})
        assert [fault["code"] for fault in old.json_body["errors"]] == ["text_differs"]
        stage.publish("an", order_id)
    assert stage.order(order_id)["status"] == "published"


def test_changes_are_asked_for_twice_at_most(stage: Stage, order_id: str) -> None:
    for note in ("短一点", "再短一点"):
        submit(stage, order_id, TEXT + note)
        changed = say(stage, order_id, "changes", {"note": note}).json_body
        assert (changed["draft"]["status"], changed["draft"]["note"]) == ("changes_requested", note)
        assert say(stage, order_id, "changes", {"note": note}).status_code == 200
        assert say(stage, order_id, "approve").json_body["code"] == "draft_not_waiting"
    submit(stage, order_id)
    assert say(stage, order_id, "changes", {"note": "还要"}).json_body["code"] == "draft_rounds_used"
    assert say(stage, order_id, "approve").status_code == 200


def test_silence_approves_in_time_to_publish(stage: Stage, order_id: str) -> None:
    draft = submit(stage, order_id).json_body
    # Submitted at noon, the window ends at 15:00: half of that is left for publishing.
    assert draft["draft"]["due_at"] == "2026-11-22T13:30:00Z"
    assert {"name": "draft_due", "at": "2026-11-22T13:30:00Z", "default_outcome": "accepted"} in draft["timers"]
    due_at = NOON + timedelta(hours=1, minutes=30)
    for moment, status in ((due_at - timedelta(seconds=1), "submitted"), (due_at, "approved"), (due_at, "approved")):
        with clock.at(moment):
            steps.order_step({"step": "publication_missed", "id": order_id})
        assert stage.order(order_id)["draft"]["status"] == status
    assert stage.order(order_id)["status"] == "accepted"


def test_a_draft_is_linted_and_limited_like_a_task(stage: Stage, order_id: str) -> None:
    forbidden = submit(stage, order_id, "买香烟送打火机")
    assert (forbidden.status_code, forbidden.json_body["code"]) == (422, "content_forbidden")
    assert forbidden.json_body["errors"][0]["pointer"] == "/text"
    assert submit(stage, order_id, " ").json_body["errors"][0]["pointer"] == "/text"
    assert submit(stage, order_id, "长" * 2_001).json_body["errors"][0]["code"] == "text_too_long"
    assert stage.order(order_id)["draft"] is None


def test_only_an_order_whose_task_asks_takes_a_draft(stage: Stage) -> None:
    with clock.at(NOON):
        order_id = stage.accepted("bo")[0]
        refused = stage.act("bo", order_id, "draft", {"text": TEXT})
    assert (refused.status_code, refused.json_body["code"]) == (409, "state_conflict")
    assert say(stage, order_id, "approve").json_body["code"] == "draft_not_waiting"
    other = stage.api.as_("other", "advertiser").post(f"/v1/orders/{order_id}/draft/approve")
    assert other.status_code == 404
