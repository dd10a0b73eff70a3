"""The publisher with faults: of records, of the table and of the event bus."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.events import publisher
from chalicelib.events.event import Event
from testing.markets.published_events import PublishedEvents
from testing.markets.stage import Stage


class Bus:
    """An event bus that records entries and can reject them."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.rejects = False

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        assert len(Entries) <= 10
        self.entries += Entries
        codes = [{"ErrorCode": "InternalFailure"}] if self.rejects else []
        return {"FailedEntryCount": len(codes), "Entries": codes}


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Bus:
    bus = Bus()
    monkeypatch.setattr(publisher, "client", lambda service: bus)
    return bus


@pytest.fixture
def records(stage: Stage) -> list[dict[str, Any]]:
    """The records of an offered and accepted order, with sequence numbers from 1."""
    published = PublishedEvents()
    stage.accepted("an")
    found = published.records()
    for number, record in enumerate(found, 1):
        record["dynamodb"]["SequenceNumber"] = str(number)
    return found


def failures(records: list[dict[str, Any]]) -> list[str]:
    return [one["itemIdentifier"] for one in publisher.publish({"Records": records})["batchItemFailures"]]


def test_entries_of_the_bus_have_stable_ids(bus: Bus, records: list[dict[str, Any]]) -> None:
    assert failures(records) == []
    first, bus.entries = bus.entries, []
    assert failures(records) == []
    details = [json.loads(entry["Detail"]) for entry in bus.entries]
    assert [json.loads(entry["Detail"])["id"] for entry in first] == [detail["id"] for detail in details]
    assert "order.accepted" in {entry["DetailType"] for entry in bus.entries}
    assert all({"id", "type", "timestamp", "data"} == detail.keys() for detail in details)


def test_a_bus_that_rejects_makes_the_batch_come_again(bus: Bus, records: list[dict[str, Any]]) -> None:
    bus.rejects = True
    assert failures(records) == ["1"]


def test_an_unreadable_record_stops_the_batch_there(bus: Bus, records: list[dict[str, Any]]) -> None:
    order = next(place for place, one in enumerate(records) if one["dynamodb"]["NewImage"]["sk"]["S"] == "order")
    del records[order]["dynamodb"]["NewImage"]["price"]
    assert failures(records) == [str(order + 1)]
    sent = {entry["DetailType"] for entry in bus.entries}
    assert "task.running" not in sent or "order.accepted" not in sent


def test_a_listener_is_called_for_each_stored_event(
    bus: Bus, records: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    received: list[Event] = []
    monkeypatch.setattr(publisher, "_listeners", [])
    publisher.when_stored(received.extend)
    publisher.when_stored(received.extend)
    assert failures(records) == []
    assert {event.id for event in received} == {json.loads(entry["Detail"])["id"] for entry in bus.entries}
    assert len(received) == len(bus.entries)


def test_removed_and_unknown_items_have_no_event(bus: Bus, aws: None) -> None:
    removed = {"dynamodb": {"SequenceNumber": "1", "OldImage": {"pk": {"S": "ord_1"}, "sk": {"S": "order"}}}}
    unknown = {"dynamodb": {"SequenceNumber": "2", "NewImage": {"pk": {"S": "pst_1"}, "sk": {"S": "post"}}}}
    assert failures([removed, unknown]) == []
    assert bus.entries == []
