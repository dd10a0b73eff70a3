"""Responses of events, from stored events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from chalicelib.core import clock
from chalicelib.events.http import response_types
from chalicelib.events.records import EventRecord


def event_response(record: EventRecord, url: Callable[[str], str]) -> response_types.Event:
    """Return the event; `url` makes the path of a resource absolute."""
    data: dict[str, Any] = {**record.data, "url": url(record.data["url"])}
    return {
        "id": record.id,
        "type": record.type,
        "timestamp": clock.parse(record.at),
        "data": cast(response_types.EventData, data),
    }
