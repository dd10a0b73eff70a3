"""The price of an event, on counts that can be computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from bench.harness import counted
from ops.cloud_costs import event_costs, order_costs
from ops.cloud_costs.event_costs import Part


def _counts(calls: int, read: float = 0, write: float = 0, **others: int) -> dict[str, Any]:
    named = {name.replace("_", " "): number * 10 for name, number in others.items()}
    units = {"read": read * 10, "write": write * 10}
    return {"invocations": 10, "milliseconds": 0, "calls": {"GetItem": calls * 10}, **units, "others": named}


EVENTS: dict[str, Any] = {
    "parts": {
        "event": _counts(3, read=1, write=2, events_PutEvents=1),
        "event with a webhook": _counts(3, read=1, write=2, events_PutEvents=1, sqs_SendMessage=1),
        "event with an e-mail": _counts(5, read=2, write=2, events_PutEvents=1, sqs_SendMessage=1),
        "delivery": _counts(5, read=4, write=1),
        "delivery that fails once": _counts(6, read=4, write=2, sqs_ChangeMessageVisibility=1),
        "delivery while the endpoint is paused": _counts(2, read=2, sqs_ChangeMessageVisibility=1),
        "e-mail": _counts(4, read=3, write=1, ses_SendRawEmail=1, secretsmanager_GetSecretValue=1),
        "reminder": _counts(5, read=2, write=3, events_PutEvents=1),
        "page of the inbox": _counts(3, read=3),
        "page of events": _counts(1, read=1),
    },
    "stored_bytes": {"event": 1_000, "delivery": 500, "sent": 200, "reminder": 300},
}


def _of(name: str) -> Part:
    return next(part for part in event_costs.parts(EVENTS) if part.name.startswith(name))


def test_an_event_is_stored_for_each_recipient_for_three_months() -> None:
    found = _of("event, stored").dollars
    assert found["DynamoDB"] == pytest.approx(0.125 + 2 * 0.625)
    assert found["storage"] == pytest.approx(2 * 1_000 * 3 / 1e9 * 0.45 * 1e6)
    assert found["EventBridge"] == pytest.approx(1)
    assert found["SQS"] == 0


def test_a_delivery_includes_its_message_and_waits_for_the_endpoint() -> None:
    found = _of("webhook delivery")
    assert (found.queue, found.read, found.write) == (3, 4, 1), "sent, received and deleted"
    assert found.dollars["SQS"] == pytest.approx(3 * 0.5)
    assert found.busy_ms == 6 * order_costs.ROUND_TRIP_MS + event_costs.ENDPOINT_MS
    assert found.dollars["Lambda"] == pytest.approx(0.2 + 0.26 * 0.5 * 16.6667)


def test_a_timeout_is_billed_for_fifteen_seconds() -> None:
    fails, ends = _of("attempt that fails"), _of("attempt that times out")
    assert ends.busy_ms - fails.busy_ms == 15_000 - event_costs.ENDPOINT_MS
    assert fails.queue == 2, "hidden, and received again"


def test_an_email_includes_the_search_for_addresses() -> None:
    found = _of("e-mail")
    assert (found.trips, found.read, found.write, found.queue, found.mailed) == (4 + 2 + 1 + 1, 4, 1, 3, 1)
    assert found.dollars["SES"] == pytest.approx(100)
    assert found.dollars["SQS"] == pytest.approx(3 * 0.4)


def test_a_reminder_is_part_of_the_sweep() -> None:
    found = _of("reminder")
    assert found.invocations == 0
    assert found.dollars["logs"] == 0


def test_the_counted_parts_stay_within_the_limits() -> None:
    """The limits are what was counted on 2026-11-28; a higher count needs a reason."""
    found = {part.name: part for part in event_costs.parts(counted.read()["events"])}
    assert found["event, stored for two recipients"].trips <= 3
    assert found["webhook delivery"].trips <= 7
    assert found["delivery put off, because its endpoint is paused"].write == 0
    assert all(part.together < 10 for name, part in found.items() if name not in ("e-mail", "attempt that times out"))
