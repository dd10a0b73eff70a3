"""The envelope of an event: `{type, timestamp, data}`, the body of a webhook's delivery.

The event bus (publisher.py) and `GET /v1/events` (http/event_responses.py) add the event's `id`, which a delivery has in its header
`webhook-id`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypedDict

from chalicelib.core import clock, json_format
from chalicelib.events.event import Event
from chalicelib.events.records import EventRecord


class Envelope(TypedDict):
    """The members that all receivers of an event get. `data["url"]` is a path on the event bus, and absolute elsewhere."""

    type: str
    timestamp: datetime
    data: Mapping[str, Any]


def envelope(event: Event | EventRecord, absolute: Callable[[str], str] | None = None) -> Envelope:
    """Return the envelope of the event; `absolute` makes the path of its resource an absolute URL."""
    at = clock.parse(event.at) if isinstance(event, EventRecord) else event.at
    data = event.data if absolute is None else {**event.data, "url": absolute(str(event.data["url"]))}
    return {"type": event.type, "timestamp": at, "data": data}


def webhook_body(event: EventRecord, base_url: str) -> bytes:
    """Return the body of a delivery. It is the same for every attempt."""

    def absolute(path: str) -> str:
        return path if "://" in path else base_url + path

    return json_format.dumps(envelope(event, absolute)).encode()
