"""Deliveries that are put off, are over without a request, or crash."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.events.records import EventRecord
from chalicelib.webhooks import delivery_attempts, retry_schedule
from chalicelib.webhooks.delivery_attempts import CRASH_DELAY, attempt, deliver
from chalicelib.webhooks.delivery_queue import QueuedDelivery
from chalicelib.webhooks.records import DeliveryRecord, EndpointRecord

QUEUED = QueuedDelivery("adv_1", "whk_1", "adv_1", "2026-11-22T10:00:00.000Z#000001#evt_1", "dlv_1")
NOW = clock.parse("2026-11-22T10:00:00Z")


def stored(monkeypatch: pytest.MonkeyPatch, **found: Any) -> None:
    """Set the endpoint, the delivery and the event that are stored; sending fails the test."""
    monkeypatch.setattr(EndpointRecord, "find", lambda *_: found.get("endpoint"))
    monkeypatch.setattr(DeliveryRecord, "find", lambda *_: found.get("delivery"))
    monkeypatch.setattr(EventRecord, "find", lambda *_: found.get("event"))
    monkeypatch.setattr(delivery_attempts, "post", lambda *_, **__: pytest.fail("a request was sent"))


def endpoint(**attributes: Any) -> EndpointRecord:
    return EndpointRecord("adv_1", "endpoint#whk_1", enabled=True, **attributes)


@pytest.mark.parametrize("gone", ["endpoint", "event"])
def test_a_deleted_endpoint_or_event_ends_the_delivery(monkeypatch: pytest.MonkeyPatch, gone: str) -> None:
    stored(monkeypatch, **{"endpoint": endpoint(), "event": EventRecord("adv_1", QUEUED.event_sk), gone: None})
    with clock.at(NOW):
        assert attempt(QUEUED) is None


def test_a_disabled_endpoint_or_a_finished_delivery_gets_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    stored(monkeypatch, endpoint=EndpointRecord("adv_1", "endpoint#whk_1", enabled=False))
    assert attempt(QUEUED) is None
    for status in ("delivered", "failed"):
        stored(monkeypatch, endpoint=endpoint(), delivery=DeliveryRecord("whk_1", "dlv_1", status=status))
        assert attempt(QUEUED) is None


@pytest.mark.parametrize("seconds", [1, 600, 86_400])
def test_a_paused_endpoint_puts_deliveries_off_until_after_its_pause(
    monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    until = clock.stamp(NOW + timedelta(seconds=seconds))
    stored(monkeypatch, endpoint=endpoint(failing_since=clock.stamp(NOW), paused_until=until))
    least = min(seconds, retry_schedule.PAUSE_MAX)
    with clock.at(NOW):
        delays = {attempt(QUEUED) for _ in range(50)}
    assert all(
        delay is not None and least < delay <= min(least * 1.5 + 1, retry_schedule.DELAY_MAX) for delay in delays
    )
    assert len(delays) > 1 or seconds == 1


def test_a_batch_names_the_messages_that_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    delays: dict[str, int | Exception | None] = {"m1": None, "m2": 30, "m3": RuntimeError("crash"), "m4": None}
    hidden: dict[str, int] = {}

    def made(queued: QueuedDelivery) -> int | None:
        found = delays[queued.delivery_id]
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(delivery_attempts, "attempt", made)
    monkeypatch.setattr(delivery_attempts, "hide", hidden.__setitem__)
    records = [
        {"messageId": name, "receiptHandle": f"r-{name}", "body": json.dumps({**asdict(QUEUED), "delivery_id": name})}
        for name in delays
    ]
    failed = deliver({"Records": records})["batchItemFailures"]
    assert failed == [{"itemIdentifier": "m2"}, {"itemIdentifier": "m3"}]
    assert hidden == {"r-m2": 30, "r-m3": CRASH_DELAY}


def test_a_message_that_cannot_be_read_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden: dict[str, int] = {}
    monkeypatch.setattr(delivery_attempts, "hide", hidden.__setitem__)
    event = {"Records": [{"messageId": "m1", "receiptHandle": "r1", "body": "no JSON"}]}
    assert deliver(event) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert hidden == {"r1": CRASH_DELAY}
