"""The client verifies deliveries as the library of Standard Webhooks signs them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from microtask import webhooks
from microtask.webhooks import InvalidWebhook, parse
from standardwebhooks.webhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = '{"type":"order.accepted","timestamp":"2026-11-27T10:00:00Z","data":{"order_id":"ord_1"}}'
NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)


def headers(secret: str = SECRET, **changes: str) -> dict[str, str]:
    signed = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": Webhook(secret).sign("evt_1", NOW, BODY),
    }
    return {**signed, **{name.replace("_", "-"): text for name, text in changes.items()}}


def test_a_delivery_is_verified_and_parsed() -> None:
    event = parse(BODY.encode(), headers(), SECRET, now=NOW.timestamp())
    assert event["type"] == "order.accepted"
    assert event["data"]["order_id"] == "ord_1"
    assert webhooks.event_id(headers()) == "evt_1"


def test_one_of_several_secrets_or_signatures_suffices() -> None:
    both = " ".join([headers(OTHER)["webhook-signature"], headers()["webhook-signature"], "v2,abc"])
    assert parse(BODY, headers(webhook_signature=both), SECRET, now=NOW.timestamp())
    assert parse(BODY, headers(), [OTHER, SECRET], now=NOW.timestamp())


def test_names_of_headers_have_any_case() -> None:
    named = {name.title(): text for name, text in headers().items()}
    assert parse(BODY, named, SECRET, now=NOW.timestamp())


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": ""},
        {"webhook_id": "evt_2"},
        {"webhook_timestamp": "soon"},
        {"webhook_timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook_id": ""},
    ],
)
def test_changed_headers_are_refused(changes: dict[str, str]) -> None:
    with pytest.raises(InvalidWebhook):
        parse(BODY, headers(**changes), SECRET, now=NOW.timestamp())


def test_a_changed_body_and_another_secret_are_refused() -> None:
    for body, secret in ((BODY + " ", SECRET), (BODY, OTHER)):
        with pytest.raises(InvalidWebhook):
            parse(body, headers(), secret, now=NOW.timestamp())


@pytest.mark.parametrize("seconds", [-301, 301])
def test_old_and_future_deliveries_are_refused(seconds: int) -> None:
    with pytest.raises(InvalidWebhook, match="time"):
        parse(BODY, headers(), SECRET, now=NOW.timestamp() + seconds)


def test_secret_of_another_form_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        parse(BODY, headers(), "whsec_not base64", now=NOW.timestamp())
