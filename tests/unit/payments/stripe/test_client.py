"""Requests to Stripe and their outcomes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from urllib3.exceptions import ReadTimeoutError

from chalicelib.payments.stripe import client


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "keys", lambda: {"secret_key": "sk_test_1"})


def respond(monkeypatch: pytest.MonkeyPatch, *replies: Any) -> list[tuple[str, str, dict[str, str]]]:
    """Return the requests, each of which gets the next reply: `(status, document)`, bytes, or an exception."""
    requests: list[tuple[str, str, dict[str, str]]] = []
    remaining = list(replies)

    def send(method: str, url: str, headers: dict[str, str], body: str | None) -> tuple[int, bytes]:
        requests.append((method, url, headers))
        reply = remaining.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return (200, reply) if isinstance(reply, bytes) else (reply[0], json.dumps(reply[1]).encode())

    monkeypatch.setattr(client, "send", send)
    return requests


def test_a_post_has_its_key_and_the_pinned_version(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = respond(monkeypatch, (200, {"id": "tr_1"}))
    assert client.post("/v1/transfers", {"amount": 5}, "key", "acct_1") == {"id": "tr_1"}
    [(method, url, headers)] = requests
    assert (method, url) == ("POST", "https://api.stripe.com/v1/transfers")
    assert headers["Idempotency-Key"] == "key"
    assert headers["Stripe-Account"] == "acct_1"
    assert headers["Stripe-Version"] == client.VERSION


def test_a_list_is_read_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = ({"data": [{"id": "a"}, {"id": "b"}], "has_more": True}, {"data": [{"id": "c"}], "has_more": False})
    requests = respond(monkeypatch, *((200, page) for page in pages))
    assert [one["id"] for one in client.each("/v1/payouts", {"status": "paid"})] == ["a", "b", "c"]
    assert "starting_after=b" in requests[1][1]


@pytest.mark.parametrize("status", [400, 402, 404])
def test_a_refusal_is_declined_with_its_code(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    respond(monkeypatch, (status, {"error": {"code": "account_closed", "type": "x"}}))
    with pytest.raises(client.Declined) as raised:
        client.get("/v1/payouts/po_1", {})
    assert raised.value.code == "account_closed"


@pytest.mark.parametrize(
    "reply",
    [
        (409, {"error": {"code": "lock_timeout"}}),
        (429, {"error": {"code": "rate_limit"}}),
        (500, {"error": {"type": "api_error"}}),
        (400, {"error": {"type": "idempotency_error"}}),
        (302, {}),
        b"no JSON",
        b"[]",
        ReadTimeoutError(None, "url", "slow"),  # type: ignore[arg-type]
        OSError("reset"),
    ],
)
def test_an_unknown_outcome_is_no_refusal(monkeypatch: pytest.MonkeyPatch, reply: Any) -> None:
    respond(monkeypatch, reply)
    with pytest.raises(client.NoResponse):
        client.post("/v1/transfers", {}, "key")
