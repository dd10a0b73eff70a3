"""Domain events of tasks and orders, published on the event bus."""

from __future__ import annotations

from typing import Any

from chalicelib.core import clock, ids, json_format
from chalicelib.core.aws import client
from chalicelib.core.settings import settings
from chalicelib.tasks.workflow.stream_image import text_of

EVENTS_PER_REQUEST = 10
SOURCE = "micro-task"


class NotPublished(Exception):
    """The event bus has rejected an event."""


def domain_event(kind: str, new: dict[str, Any], old: dict[str, Any] | None) -> dict[str, Any]:
    """Return the event of a changed status, as an entry of PutEvents. Its id is the same for every delivery of the stream
    record."""
    pk, status, at = text_of(new, "pk"), text_of(new, "status"), text_of(new, "updated_at")
    detail = {
        "id": ids.derive("evt", pk, status, at),
        "kind": kind,
        f"{kind}_id": pk,
        "status": status,
        "previous_status": text_of(old, "status") or None if old else None,
        "at": at,
    }
    if kind == "order":
        detail["task_id"] = text_of(new, "task_id")
    return {
        "Source": SOURCE,
        "DetailType": f"{kind}.{status}",
        "Detail": json_format.dumps(detail),
        "EventBusName": settings().event_bus,
        "Time": clock.parse(at),
    }


def publish_events(events: list[dict[str, Any]]) -> None:
    """Send the events to the bus. Raises NotPublished, ClientError."""
    for first in range(0, len(events), EVENTS_PER_REQUEST):
        response = client("events").put_events(Entries=events[first : first + EVENTS_PER_REQUEST])
        if response.get("FailedEntryCount"):
            codes = [entry["ErrorCode"] for entry in response["Entries"] if "ErrorCode" in entry]
            raise NotPublished(", ".join(codes))
