"""Rule 32: reminders are sent 24 and 2 hours before a default takes effect, once, to the side that has to act."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import app  # noqa: F401 - the sweep calls the reminders
from chalicelib.core import clock
from chalicelib.core.rules import Rules
from chalicelib.events import publisher, reminders
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.workflow import steps, sweep
from testing.api import Api
from testing.markets.published_events import PublishedEvents
from testing.markets.stage import NOON, Stage, text_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TIMES = {
    "accept_by": text_of(NOON + 3 * DAY),
    "window": {"start_at": text_of(NOON + 3 * DAY), "end_at": text_of(NOON + 9 * DAY)},
}


@pytest.fixture(autouse=True)
def with_running_workflows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The published rules, and a workflow for each order."""
    monkeypatch.setattr(sweep, "execution_state", lambda item_id, run: "RUNNING")
    monkeypatch.setattr(reminders, "rules", Rules)


@pytest.fixture
def published(stage: Stage) -> PublishedEvents:
    return PublishedEvents()


def reminded(api: Api) -> list[tuple[str, str, str]]:
    """Return timer, number and default outcome of each reminder in the inbox, oldest first."""
    listed = api.get("/v1/notifications?limit=100").json_body["data"]
    found = [one["data"] for one in listed if one["type"] == "order.reminder"]
    return [(one["timer"], one["reminder"], one["default_outcome"]) for one in reversed(found)]


def swept(*moments: datetime) -> list[int]:
    """Sweep at each moment, and return the numbers of reminders."""
    found = []
    for moment in moments:
        with clock.at(moment):
            found.append(sweep.resume()["reminded"])
    return found


def test_rule_32_an_offer_is_reminded_twice_and_each_once(stage: Stage) -> None:
    with clock.at(NOON):
        stage.offered("an", **TIMES)
    end = NOON + 3 * DAY
    minute = timedelta(minutes=5)
    moments = [end - DAY - minute, end - DAY, end - DAY + minute, end - 2 * HOUR, end - 2 * HOUR + minute, end]
    assert swept(*moments) == [0, 1, 0, 1, 0, 0]
    with clock.at(end - HOUR):
        assert reminded(stage.creator("an")) == [("accept_by", "first", "lapsed"), ("accept_by", "last", "lapsed")]
        assert reminded(stage.advertiser) == []


def test_rule_32_an_answered_offer_is_not_reminded(stage: Stage) -> None:
    with clock.at(NOON):
        stage.accepted("an", **TIMES)
    assert swept(NOON + 2 * DAY + HOUR, NOON + 3 * DAY - HOUR) == [0, 0]


def test_rule_32_a_publication_and_a_missed_sweep(stage: Stage) -> None:
    with clock.at(NOON):
        stage.accepted("an", **TIMES)
    assert swept(NOON + 9 * DAY - HOUR) == [1]
    with clock.at(NOON + 9 * DAY - HOUR):
        assert reminded(stage.creator("an")) == [("window_end", "last", "failed")]


def test_rule_32_silence_about_a_draft_is_the_advertisers(stage: Stage) -> None:
    with clock.at(NOON):
        (order_id,) = stage.accepted("an", draft_approval=True, **TIMES)
        assert stage.act("an", order_id, "draft", {"text": "真香"}).status_code == 200
        due_at = find_order(order_id).deadline
    assert due_at is not None
    assert swept(due_at - 25 * HOUR, due_at - DAY, due_at - HOUR) == [0, 1, 1]
    with clock.at(due_at - HOUR):
        assert [one[0] for one in reminded(stage.advertiser)] == ["draft_due", "draft_due"]
        assert reminded(stage.creator("an")) == []


def test_rule_32_a_ruling_is_the_auditors(stage: Stage) -> None:
    with clock.at(NOON):
        (order_id,) = stage.accepted("an")
    with clock.at(NOON + HOUR):
        stage.publish("an", order_id)
        stage.advertiser.post(f"/v1/orders/{order_id}/dispute", {"reason_code": "other", "note": "x"})
        due_at = find_order(order_id).ruling_due_at
    assert due_at is not None
    with clock.at(due_at - HOUR):
        steps.order_step({"step": "check", "id": order_id})
    assert swept(due_at - HOUR, due_at - HOUR) == [1, 0]
    with clock.at(due_at - HOUR):
        assert [one[0] for one in reminded(stage.auditor)] == ["ruling_due"]


def test_a_side_with_less_time_than_the_reminder_is_not_reminded(stage: Stage) -> None:
    with clock.at(NOON):
        stage.offered("an")
    assert swept(NOON + timedelta(minutes=59)) == [0], "an hour to answer"


def test_a_reminder_that_was_not_sent_is_sent_again_with_its_id(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.at(NOON):
        (order_id,) = stage.offered("an", **TIMES)
    at = NOON + 2 * DAY + HOUR
    sent: list[str] = []
    store = publisher.save_and_send

    def fail(events: Any) -> None:
        store(events)
        sent.extend(event.id for event in events)
        if len(sent) == 1:
            raise publisher.NotPublished("InternalFailure")

    monkeypatch.setattr(publisher, "save_and_send", fail)
    with clock.at(at), pytest.raises(publisher.NotPublished):
        reminders.remind(find_order(order_id))
    with clock.at(at + timedelta(minutes=5)):
        assert reminders.remind(find_order(order_id)) is True
        assert len(reminded(stage.creator("an"))) == 1
    assert sent[0] == sent[1]
