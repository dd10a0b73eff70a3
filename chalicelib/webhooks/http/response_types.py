"""Response types of webhooks."""

from __future__ import annotations

from chalicelib.core.response_types import Count, Link, Moment, TypedDict
from chalicelib.webhooks.http.requests import Owner
from chalicelib.webhooks.records import DeliveryStatus, DisabledReason


class Webhook(TypedDict):
    """A webhook. `disabled_reason` is set if the market disabled it: its endpoint is `gone` (410), or was `failing` for three days.
    `failing_since` is set while deliveries fail."""

    id: str
    side: Owner
    url: Link
    event_types: list[str]
    description: str | None
    enabled: bool
    disabled_reason: DisabledReason | None
    failing_since: Moment | None
    secret_created_at: Moment
    created_at: Moment


class WebhookWithSecret(Webhook):
    """A webhook with its new secret, which is shown only once. It is null in the response to a repeated request."""

    secret: str | None


class DeliveryAttempt(TypedDict):
    """One attempt: the status of the response, or the code of the failure, and the first characters of the response."""

    at: Moment
    status: int | None
    error: str | None
    latency_ms: Count
    response: str | None


class Delivery(TypedDict):
    """A delivery of an event. `attempts` are the latest 20, `attempts_made` counts all."""

    id: str
    event_id: str
    type: str
    status: DeliveryStatus
    replay: bool
    attempts_made: Count
    attempts: list[DeliveryAttempt]
    next_attempt_at: Moment | None


class QueuedDelivery(TypedDict):
    """A delivery that was queued; it is listed after its first attempt."""

    delivery_id: str


class Replayed(TypedDict):
    """The number of queued events. `next_since` is set if the range has more: replay again from there."""

    replayed: Count
    next_since: Moment | None
