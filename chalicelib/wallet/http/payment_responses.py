"""What the routes of payments answer."""

from __future__ import annotations

from chalicelib.core.response_types import TypedDict


class NotificationOutcome(TypedDict):
    """What a notification led to: `credited`, `suspended`, `replayed` or `ignored`."""

    outcome: str


class Notification(TypedDict):
    """A notification as the sandbox provider signs it: deliver it again at will."""

    headers: dict[str, str]
    body: str


class SandboxPayment(TypedDict):
    """A payment that the sandbox provider played."""

    payment_id: str
    notification: Notification
    answer: NotificationOutcome
