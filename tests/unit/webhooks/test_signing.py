"""Signatures of deliveries, verified by the library of Standard Webhooks."""

from __future__ import annotations

import base64
import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from chalicelib.webhooks import signing

BODY = '{"type":"order.accepted","timestamp":"2026-11-27T10:00:00Z","data":{"name":"秋茶"}}'.encode()


def test_the_library_verifies_a_delivery() -> None:
    secret = signing.new_secret()
    headers = signing.headers([secret], "evt_1", int(time.time()), BODY)
    assert Webhook(secret).verify(BODY.decode(), headers)["type"] == "order.accepted"


def test_both_secrets_verify_during_a_rotation() -> None:
    new, old = signing.new_secret(), signing.new_secret()
    headers = signing.headers([new, old], "evt_1", int(time.time()), BODY)
    for secret in (new, old):
        assert Webhook(secret).verify(BODY.decode(), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(BODY.decode(), headers)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_a_changed_header_breaks_the_signature(name: str) -> None:
    secret = signing.new_secret()
    headers = signing.headers([secret], "evt_1", int(time.time()), BODY)
    headers[name] = {"webhook-id": "evt_2", "webhook-timestamp": str(int(time.time()) - 1)}[name]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY.decode(), headers)


def test_the_example_of_the_specification() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    signature = signing.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secrets_have_the_form_of_the_specification() -> None:
    secret = signing.new_secret()
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret != signing.new_secret()
