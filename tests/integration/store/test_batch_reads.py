"""Items of different tables are read in one request, also when DynamoDB leaves keys unread."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bench.harness.measured_market import metered
from chalicelib.click_links.records import ClickCounter
from chalicelib.store import tables, unavailable
from chalicelib.store.batch_reads import read_together, read_together_with
from chalicelib.tasks.frequency.post_calendar import CalendarRecord
from chalicelib.tasks.model.closing_gate import GateRecord
from chalicelib.tasks.records.looks_record import LooksRecord
from chalicelib.webhooks.records import EndpointCount

KEYS = ((GateRecord, "tsk_1", "gate"), (EndpointCount, "adv_1", "endpoints"), (CalendarRecord, "acc_1", "calendar"))


@pytest.fixture(autouse=True)
def stored(aws: None) -> None:
    GateRecord("tsk_1", "gate", passed=3).save()
    EndpointCount("adv_1", "endpoints", endpoints=2).save()


def leave_unread(monkeypatch: pytest.MonkeyPatch, attempts: int) -> None:
    """Leave all keys unread in the first attempts."""
    client = tables.connection().client
    send, answered = client._make_api_call, count()

    def call(operation: str, request: dict[str, Any]) -> Any:
        if next(answered) >= attempts:
            return send(operation, request)
        return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}

    monkeypatch.setattr(client, "_make_api_call", call)
    monkeypatch.setattr("chalicelib.store.batch_reads.time.sleep", lambda seconds: None)


def test_items_of_two_tables_take_one_request() -> None:
    with metered() as meter:
        gate, endpoints, calendar = read_together(*KEYS)
    assert meter.calls == {"BatchGetItem": 1}
    assert gate is not None
    assert endpoints is not None
    assert (gate.passed, endpoints.endpoints, calendar) == (3, 2, None)


def test_only_the_other_items_are_read_eventually_consistently() -> None:
    ClickCounter("ord_1#0#3", "2026-11-20", clicks=5).save()
    with metered() as meter:
        gate, looks, counters = read_together_with(
            (GateRecord, "tsk_1", "gate"),
            (LooksRecord, "ord_1", "looks"),
            ClickCounter,
            [("ord_1#0#3", "2026-11-20"), ("ord_1#0#4", "2026-11-20")],
        )
    assert gate is not None
    assert (gate.passed, looks, [counter.clicks for counter in counters]) == (3, None, [5])
    assert (meter.calls, meter.read) == ({"BatchGetItem": 1}, 1 + 1 + 0.5 + 0.5)


def test_unread_keys_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    leave_unread(monkeypatch, 3)
    assert [item is not None for item in read_together(*KEYS)] == [True, True, False]


def test_a_throttled_table_is_a_temporary_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    leave_unread(monkeypatch, 1_000)
    with pytest.raises(ClientError) as raised:
        read_together(*KEYS)
    assert unavailable(raised.value)
