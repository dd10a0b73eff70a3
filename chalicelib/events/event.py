"""An event that the market publishes about a change. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.events.event_types import EVENT_TYPES, Side


@dataclass(frozen=True)
class Event:
    """An event: its type, the object that has changed, the payload, and the ids of the recipients by side.

    `revision` orders the events of one moment. `data["url"]` is the path of the resource. `related` is another object by which the
    event can be found: the task of an order."""

    id: str
    type: str
    at: datetime
    revision: int
    object_id: str
    data: Mapping[str, Any]
    recipients: Mapping[Side, str]
    related: str | None = None

    def is_in_inbox_of(self, side: Side) -> bool:
        return side in EVENT_TYPES[self.type].inbox
