"""Response types of events."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.core.response_types import Moment, TypedDict
from chalicelib.events import payloads
from chalicelib.events.event_types import EVENT_TYPES

EventName = Annotated[str, Field(json_schema_extra={"enum": sorted(EVENT_TYPES)})]

EventData = (
    payloads.TaskChange
    | payloads.ReviewAppealChange
    | payloads.OrderChange
    | payloads.OrderReminder
    | payloads.DisputeChange
    | payloads.ApplicationChange
    | payloads.AccountChange
    | payloads.GradeChanged
    | payloads.CertificationChange
    | payloads.AppealChange
    | payloads.TopUpPaid
    | payloads.SuspenseChange
    | payloads.WithdrawalChange
    | payloads.PlanOrdered
    | payloads.SearchResults
    | payloads.WebhookChange
    | payloads.MessageSent
)


class Event(TypedDict):
    """An event. `id` is the `webhook-id` of its deliveries; the other members are the body of a webhook."""

    id: str
    type: EventName
    timestamp: Moment
    data: EventData
