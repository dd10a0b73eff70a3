"""Methods, origins and links of the deployed market, as API Gateway handles them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from email.message import Message
from typing import Any

import pytest

from demo import campaign
from demo.stack import Stack

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time
ORIGIN = "https://shop.example"


def send(method: str, url: str, token: str | None = None, **headers: str) -> tuple[int, Message, bytes]:
    sent = {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(url, headers=sent, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read()


def test_head_answers_wherever_get_does(stack: Stack) -> None:
    base = stack.api_url.rstrip("/")
    for path in ("/v1/health", "/openapi.json", "/docs", "/v1/grading/methodology"):
        status, headers, body = send("HEAD", base + path)
        assert (status, body) == (200, b""), path
        assert headers["Content-Type"] == send("GET", base + path)[1]["Content-Type"]
    assert send("HEAD", base + "/v1/wallet")[0] == 401, "the token is preflight for as with GET"


def test_options_and_refusals_answer_pages_of_allowed_origins(stack: Stack) -> None:
    url = stack.api_url.rstrip("/") + "/v1/tasks"
    preflight = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    status, headers, _ = send("OPTIONS", url, **preflight)
    assert (status, headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS, POST"
    status, headers, _ = send("GET", url, Origin=ORIGIN)
    assert (status, headers["Access-Control-Allow-Origin"]) == (401, "*"), "the gateway's own refusals can be read too"


def test_unknown_methods_are_405_and_unknown_paths_404(stack: Stack) -> None:
    base = stack.api_url.rstrip("/")
    for method, path, status, code in (
        ("DELETE", "/v1/wallet", 405, "method_not_allowed"),
        ("PATCH", "/v1/health", 405, "method_not_allowed"),
        ("TRACE", "/v1/health", 405, "method_not_allowed"),
        ("GET", "/v1/nothing", 404, "not_found"),
    ):
        found, headers, body = send(method, base + path)
        assert (found, json.loads(body)["code"], headers["Content-Type"]) == (status, code, "application/problem+json")
    assert send("DELETE", base + "/v1/wallet")[1]["Allow"] == "GET, HEAD, OPTIONS"


def test_links_can_be_followed_as_they_are(stack: Stack) -> None:
    people = campaign.cast(stack)
    campaign.certify(people, lambda topic, text: None)
    body = {"amount": campaign.cny(600_000)}
    topup: dict[str, Any] = people.advertiser.post("/v1/wallet/topups", body)
    assert topup["pay_url"].startswith(stack.api_url.rstrip("/") + "/sandbox/payments/")
    status, _, answer = send("POST", topup["pay_url"])
    assert (status, json.loads(answer)["answer"]) == (200, {"outcome": "credited"})
