"""Responses of events, from stored events."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from chalicelib.events.event_envelope import envelope
from chalicelib.events.http import response_types
from chalicelib.events.records import EventRecord


def event_response(record: EventRecord, url: Callable[[str], str]) -> response_types.Event:
    """Return the event; `url` makes the path of a resource absolute."""
    return cast(response_types.Event, {"id": record.id, **envelope(record, url)})
