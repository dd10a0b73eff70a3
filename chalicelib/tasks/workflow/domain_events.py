"""Domain events of tasks and orders, sent to the event bus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalicelib.core import clock, ids, json_format
from chalicelib.core.aws import client
from chalicelib.core.settings import settings
from chalicelib.tasks.workflow.stream_image import text_of

EVENTS_PER_CALL = 10
SOURCE = "micro-task"


class NotPublished(Exception):
    """The event bus did not take an event."""


def domain_event(kind: str, new: dict[str, Any], old: dict[str, Any] | None) -> dict[str, Any]:
    """The domain event of a change of status; its id is the same however often the record comes."""
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


def publish_events(news: list[dict[str, Any]]) -> None:
    for first in range(0, len(news), EVENTS_PER_CALL):
        answer = client("events").put_events(Entries=news[first : first + EVENTS_PER_CALL])
        if answer.get("FailedEntryCount"):
            raise NotPublished(", ".join(_codes(answer["Entries"])))


def _codes(entries: Iterable[dict[str, Any]]) -> Iterable[str]:
    return (entry["ErrorCode"] for entry in entries if "ErrorCode" in entry)
