"""Signatures of Stripe's webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.payments.stripe import client, notices

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
BODY = json.dumps({"livemode": False, "type": "customer.created", "data": {"object": {}}}).encode()
SECRETS = ["whsec_new", "whsec_old"]


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "keys", lambda: {"secret_key": "sk_test_1", "webhook_secrets": SECRETS})
    monkeypatch.setattr(clock, "now", lambda: NOW)


def signed(secret: str, at: datetime = NOW, body: bytes = BODY) -> str:
    time = str(int(at.timestamp()))
    return f"t={time},v1={hmac.digest(secret.encode(), f'{time}.'.encode() + body, hashlib.sha256).hex()}"


def verify(header: str, body: bytes = BODY) -> None:
    """Verify an event that is about nothing that concerns the market."""
    assert notices.verify({"stripe-signature": header}, body) is None


def refuse(header: str, body: bytes = BODY) -> None:
    with pytest.raises(Problem) as raised:
        notices.verify({"stripe-signature": header}, body)
    assert raised.value.code == "signature_invalid"


@pytest.mark.parametrize("secret", SECRETS)
def test_each_secret_is_valid_while_one_is_rotated(secret: str) -> None:
    verify(signed(secret))


def test_one_valid_signature_of_several_is_enough() -> None:
    verify(f"{signed('whsec_new')},v1={'0' * 64},v0=ff")


def test_another_body_or_secret_is_refused() -> None:
    refuse(signed("whsec_new"), BODY + b" ")
    refuse(signed("whsec_other"))


@pytest.mark.parametrize(("seconds", "check"), [(-300, verify), (-301, refuse), (300, verify), (301, refuse)])
def test_a_signature_is_valid_for_five_minutes(seconds: int, check: Callable[[str], None]) -> None:
    check(signed("whsec_new", NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize("header", ["", "v1=00", "t=,v1=00", "t=١٢,v1=00", "t=9999999999999,v1=00", "t=1"])
def test_a_header_without_time_or_signature_is_refused(header: str) -> None:
    refuse(header)


def test_an_event_of_the_other_mode_is_ignored() -> None:
    live = BODY.replace(b"false", b"true")
    verify(signed("whsec_new", body=live), live)


def test_a_signed_body_that_cannot_be_read_is_a_bad_request() -> None:
    with pytest.raises(Problem) as raised:
        notices.verify({"stripe-signature": signed("whsec_new", body=b"{}")}, b"{}")
    assert raised.value.code == "bad_request"
