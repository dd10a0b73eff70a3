"""Store the events of changed items, and publish them: a stream of DynamoDB calls `publish`.

A stream record is delivered at least once. Its events have the same ids and keys each time, so a repeat stores nothing new; the bus
and the listeners can receive an event again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chalicelib.core import json_format
from chalicelib.core.aws import BatchResponse, client
from chalicelib.core.observability import begin, count, logger
from chalicelib.core.settings import settings
from chalicelib.events.event import Event
from chalicelib.events.event_envelope import envelope
from chalicelib.events.events_from_changes import events_of
from chalicelib.events.records import EventRecord, stored

SOURCE = "micro-task"
EVENTS_PER_REQUEST = 10
"""The most entries of one PutEvents."""

Listener = Callable[[Sequence[Event]], object]
_listeners: list[Listener] = []


class NotPublished(Exception):
    """The event bus has rejected an event."""


def when_stored(listener: Listener) -> None:
    """Register a listener for the stored events of a batch. It is called again when a stream record is delivered again."""
    if listener not in _listeners:
        _listeners.append(listener)


def publish(event: dict[str, Any]) -> BatchResponse:
    """Handle a batch of stream records.

    `{"batchItemFailures": [{"itemIdentifier": sequence number}]}` names the first record that failed. The stream delivers again
    from there; later records are not touched, so that their order is preserved."""
    records = event.get("Records", [])
    events: list[Event] = []
    failed: str | None = None
    for record in records:
        change = record["dynamodb"]
        begin(change.get("NewImage", {}).get("cause", {}).get("S"), function="publisher")
        try:
            events += events_of(record)
        except Exception:  # the stream delivers the record again, and finally to the dead-letter queue
            failed = _failed("publisher cannot read a record", change)
            break
    try:
        save_and_send(events)
    except Exception:
        failed = _failed("publisher failed", records[0]["dynamodb"])
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}


def _failed(message: str, change: dict[str, Any]) -> str:
    logger.exception(message)
    count("PublisherFailed")
    return str(change["SequenceNumber"])


def save_and_send(events: Sequence[Event]) -> None:
    """Store the events, and send them to the bus and to the listeners. Raises NotPublished, ClientError."""
    if not events:
        return
    items = {(item.pk, item.sk): item for event in events for item in stored(event)}
    with EventRecord.batch_write() as batch:
        for item in items.values():
            batch.save(item)
    _send_to_bus(events)
    for event in events:
        logger.info("event", extra={"event_id": event.id, "type": event.type, "item": event.object_id})
    for listener in _listeners:
        listener(events)


def bus_entry(event: Event) -> dict[str, Any]:
    """Return the event as an entry of PutEvents. Its detail is the envelope with the id of the event."""
    return {
        "Source": SOURCE,
        "DetailType": event.type,
        "Detail": json_format.dumps({"id": event.id, **envelope(event)}),
        "EventBusName": settings().event_bus,
        "Time": event.at,
    }


def _send_to_bus(events: Sequence[Event]) -> None:
    entries = [bus_entry(event) for event in events]
    for first in range(0, len(entries), EVENTS_PER_REQUEST):
        response = client("events").put_events(Entries=entries[first : first + EVENTS_PER_REQUEST])
        if response.get("FailedEntryCount"):
            codes = [entry["ErrorCode"] for entry in response["Entries"] if "ErrorCode" in entry]
            raise NotPublished(", ".join(codes))
