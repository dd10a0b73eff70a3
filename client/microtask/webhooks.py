"""Webhooks: verify a delivery and return its event with types (https://www.standardwebhooks.com).

event = webhooks.parse(body, headers, secret)
if event["type"] == "order.accepted":
    print(event["data"]["order_id"])
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import cast

from microtask.types import WebhookEvent

TOLERANCE_SECONDS = 300


class InvalidWebhook(Exception):
    """The request is not a delivery of the market: a header is missing, the time is too far away, or no signature fits."""


def parse(
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str | Sequence[str],
    *,
    tolerance_seconds: float = TOLERANCE_SECONDS,
    now: float | None = None,
) -> WebhookEvent:
    """Return the event of a delivery. `body` must be the bytes as received; names of headers may have any case.

    `secret`: that of the webhook, or several while it is replaced. `now`: the time in seconds since 1970. Handle each `event_id`
    once: a delivery can come again. Raise InvalidWebhook."""
    raw = body.encode() if isinstance(body, str) else body
    named = {name.lower(): text for name, text in headers.items()}
    message_id, timestamp = event_id(headers), named.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdecimal()):
        raise InvalidWebhook("The header webhook-timestamp is missing or is no time.")
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance_seconds:
        raise InvalidWebhook("The time of the delivery is too far away.")
    signed = f"{message_id}.{timestamp}.".encode() + raw
    expected = [_signature(one, signed) for one in ([secret] if isinstance(secret, str) else secret)]
    sent = [one.partition(",")[2] for one in named.get("webhook-signature", "").split() if one.startswith("v1,")]
    if not any(hmac.compare_digest(one.encode(), other.encode()) for one in sent for other in expected):
        raise InvalidWebhook("No signature fits.")
    try:
        return cast(WebhookEvent, json.loads(raw))
    except ValueError as error:
        raise InvalidWebhook("The body is not JSON.") from error


def event_id(headers: Mapping[str, str]) -> str:
    """Return the id of the delivered event, which is the same in every attempt. Raise InvalidWebhook without one."""
    found = next((text for name, text in headers.items() if name.lower() == "webhook-id"), "")
    if not found:
        raise InvalidWebhook("The header webhook-id is missing.")
    return found


def _signature(secret: str, signed: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("A secret is `whsec_` and base64.") from error
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
