"""Rule 14: a failed check leaves two hours to mend the post, inside the window; then the order fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.tasks.workflow import steps
from testing.markets.stage import FUNDS, NOON, Stage, text_of

START = NOON + timedelta(hours=1)
END = START + timedelta(hours=10)
WINDOW = {"start_at": text_of(START), "end_at": text_of(END)}


@pytest.fixture
def order_id(stage: Stage) -> str:
    with clock.at(NOON):
        return stage.accepted("an", window=WINDOW)[0]


def attempt(stage: Stage, order_id: str, **changes: Any) -> Any:
    return stage.act("an", order_id, "publish", {"post_url": stage.post(stage.order(order_id), **changes)})


def due(order_id: str) -> str:
    return str(steps.order_step({"step": "publication_missed", "id": order_id})["status"])


def test_rule_14_time_to_mend_starts_at_the_first_failure(stage: Stage, order_id: str) -> None:
    with clock.at(START):
        refused = attempt(stage, order_id, text="别的 广告")
        assert (refused.status_code, refused.json_body["mend_by"]) == (422, "2026-11-22T15:00:00Z")
    with clock.at(START + timedelta(hours=1)):
        assert attempt(stage, order_id, text="又是别的 广告").json_body["mend_by"] == "2026-11-22T15:00:00Z"
        mend = {"name": "mend_by", "at": "2026-11-22T15:00:00Z", "default_outcome": "failed"}
        assert mend in stage.order(order_id)["timers"]
        assert due(order_id) == "accepted"
        assert steps.order_step({"step": "load", "id": order_id})["seconds"] == 3_600
    with clock.at(START + timedelta(hours=2) - timedelta(seconds=1)):
        assert attempt(stage, order_id).json_body["status"] == "published"
    assert "mend_by" not in {timer["name"] for timer in stage.order(order_id)["timers"]}


def test_rule_14_not_mended_in_time_fails_and_returns(stage: Stage, order_id: str) -> None:
    with clock.at(START):
        attempt(stage, order_id, text="别的 广告")
    with clock.at(START + timedelta(hours=2)):
        late = attempt(stage, order_id)
        assert (late.status_code, late.json_body["code"]) == (409, "mend_by_passed")
        assert due(order_id) == "failed"
        assert due(order_id) == "failed"
    assert stage.money()["available"] == FUNDS
    stage.proven()


def test_rule_14_the_time_to_mend_ends_with_the_window(stage: Stage, order_id: str) -> None:
    with clock.at(END - timedelta(minutes=30)):
        assert attempt(stage, order_id, text="别的 广告").json_body["mend_by"] == text_of(END)


def test_rule_14_a_post_before_the_window_is_refused(stage: Stage, order_id: str) -> None:
    with clock.at(START - timedelta(minutes=11)):
        early = stage.post(stage.order(order_id))
    with clock.at(START - timedelta(minutes=9)):
        just_before = stage.post(stage.order(order_id))
    with clock.at(START):
        refused = stage.act("an", order_id, "publish", {"post_url": early})
        assert [fault["code"] for fault in refused.json_body["errors"]] == ["posted_too_early"]
        assert stage.act("an", order_id, "publish", {"post_url": just_before}).status_code == 200


def test_rules_14_and_16_store_evidence_of_checks(stage: Stage, order_id: str) -> None:
    with clock.at(START):
        attempt(stage, order_id)
    with clock.at(START + timedelta(hours=12)):
        steps.order_step({"step": "check", "id": order_id})
    evidence = stage.order(order_id)["evidence"]
    assert [(entry["at"], entry["found"]) for entry in evidence] == [
        ("2026-11-22T13:00:00Z", True),
        ("2026-11-23T01:00:00Z", True),
    ]
    assert len({entry["text_sha256"] for entry in evidence}) == 1
    assert len(evidence[0]["text_sha256"]) == 64
