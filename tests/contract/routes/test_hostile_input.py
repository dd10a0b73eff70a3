"""Hostile requests as the gateway passes them on: each gets a specific 4xx, and no table is read."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any

import pytest

from chalicelib.api import pagination
from chalicelib.api.problems import SECURITY_HEADERS
from chalicelib.api.routing import ROUTES
from chalicelib.api.validation import text_fields
from chalicelib.core import settings
from testing.api import Api

ADVERTISER = {"sub": "u", "cognito:groups": "advertiser,creator", "token_use": "id"}


def call_app(method: str, path: str, body: Any = None, **changes: Any) -> dict[str, Any]:
    """Return the response to an event of the gateway; path parameters are `{name}` in the path, values in `changes`."""
    import app

    event: dict[str, Any] = {
        "headers": {"Content-Type": "application/json", "Idempotency-Key": "k", **changes.pop("headers", {})},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "isBase64Encoded": False,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": path,
            "path": path,
            "requestId": "r-1",
            "authorizer": {"claims": ADVERTISER},
        },
        "body": body,
        **changes,
    }
    response: dict[str, Any] = app.app(event, None)
    return response


def refused(response: dict[str, Any]) -> tuple[int, str]:
    """Return status and code of a complete problem document."""
    document = json.loads(response["body"])
    assert response["headers"]["Content-Type"] == "application/problem+json"
    assert document["request_id"] == response["headers"]["X-Request-Id"] == "r-1"
    assert SECURITY_HEADERS.items() <= response["headers"].items()
    assert len(response["body"]) < 20_000, "a refusal does not send back what it was sent"
    return response["statusCode"], document["code"]


def nested(depth: int) -> str:
    return '{"kind": "post", "budget": 1, "task": ' + '{"a": ' * depth + "1" + "}" * depth + "}"


BOMB = gzip.compress(b" " * 50_000_000)
TASK = {"kind": "post", "title": "x", "content": {"text": "x"}, "accept_by": "x", "window": {}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (nested(33), (400, "body_unreadable")),
        (nested(900), (400, "body_unreadable")),
        (nested(40_000), (413, "payload_too_large")),
        (nested(20_000), (400, "body_unreadable")),
        ("[" * 200_000, (400, "body_unreadable")),
        ('{"kind": ' + "9" * 5_000 + "}", (400, "body_unreadable")),
        ('{"budget": {"amount": 1e999, "currency": "CNY"}}', (422, "body_invalid")),
        ('{"budget": {"amount": 99999999999999999999, "currency": "CNY"}}', (422, "body_invalid")),
        ('{"budget": {"amount": -0.0, "currency": "CNY"}}', (422, "body_invalid")),
        ('{"kind": "post\\u0000"}', (422, "body_invalid")),
        ('{"kind": "\\ud800"}', (400, "body_unreadable")),
        ('{"\\udfff": 1}', (400, "body_unreadable")),
        ("\ud800", (400, "body_unreadable")),
        ("\x00", (400, "body_unreadable")),
        ("\ufeff{}", (422, "body_invalid")),
        ('{"kind": NaN}', (400, "body_unreadable")),
        ('{"budget": {"amount": 1, "amount": 2, "currency": "CNY"}}', (400, "body_unreadable")),
        ('{"note": "a", "not\\u0065": "b"}', (400, "body_unreadable")),
        ("null", (422, "body_invalid")),
        ("1", (422, "body_invalid")),
        (json.dumps({str(number): 1 for number in range(20_000)}), (422, "body_invalid")),
        (json.dumps({"must_have": ["x"] * 50_000}), (422, "body_invalid")),
        ('"' + "x" * 300_000 + '"', (413, "payload_too_large")),
    ],
    ids=range(23),
)
def test_hostile_body_is_refused(body: str, expected: tuple[int, str]) -> None:
    assert refused(call_app("POST", "/v1/plans", body)) == expected


TEXTS = {
    "\u200b": "text_invisible",
    " \u200b\u2060\u00a0\n": "text_invisible",
    "\u3164\u2800\u115f": "text_invisible",
    "\ufe0f\u0301": "text_invisible",
    "   ": "text_invisible",
    "秋茶\x00": "text_control",
    "秋\x1b[31m茶": "text_control",
    "\x85": "text_control",
    "\uffff": "text_control",
}


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_unreadable_text_is_refused_in_every_body(text: str) -> None:
    """The text is refused before the fields of the body are validated."""
    routes = [route for route in ROUTES if route.request is not None and not route.request_media_type]
    assert len(routes) > 40
    for route in routes:
        for body, pointer in (({"note": text}, "/note"), ({"a/b": {"c": ["ok", text]}}, "/a~1b/c/1")):
            name = next(iter(re.findall(r"{(\w+)}", route.path)), None)
            groups = ",".join(route.roles or ("advertiser",))
            response = call_app(
                route.method,
                route.path,
                json.dumps(body),
                pathParameters={name: "x"} if name else None,
                requestContext={
                    "httpMethod": route.method,
                    "resourcePath": route.path,
                    "path": route.path,
                    "requestId": "r-1",
                    "authorizer": {"claims": {"sub": "u", "cognito:groups": groups, "token_use": "id"}},
                },
            )
            assert refused(response) == (422, "body_invalid"), route
            found = [(fault["pointer"], fault["code"]) for fault in json.loads(response["body"])["errors"]]
            assert found == [(pointer, TEXTS[text])], route


def test_texts_with_joined_emoji_and_new_lines_are_accepted() -> None:
    for text in ("👨\u200d👩\u200d👧", "❤\ufe0f", "一行\n\t二行\r\n", "", "🇨🇳", "é", "१", "\u202bעברית"):
        assert list(text_fields.faults({"text": text})) == [], text


def test_gzip_bomb_is_not_unpacked() -> None:
    packed = base64.b64encode(BOMB).decode()
    assert len(BOMB) < 60_000
    headers = {"Content-Encoding": "gzip"}
    assert refused(call_app("POST", "/v1/plans", packed, isBase64Encoded=True, headers=headers)) == (
        400,
        "body_unreadable",
    )
    assert refused(call_app("POST", "/v1/plans", "abc", isBase64Encoded=True)) == (400, "body_unreadable")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "", "\x00"])
def test_other_media_type_is_refused(media_type: str) -> None:
    response = call_app("POST", "/v1/plans", "{}", headers={"Content-Type": media_type})
    assert refused(response) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"cursor": ["A" * 4_096]}, "cursor_invalid"),
        ({"cursor": ["A" * 100_000]}, "parameter_invalid"),
        ({"cursor": ["\x00"]}, "cursor_invalid"),
        ({"cursor": ["\ud800"]}, "parameter_invalid"),
        ({"limit": ["9" * 10_000]}, "parameter_invalid"),
        ({"limit": ["1e3"]}, "parameter_invalid"),
        ({"q": ["x" * 100_000]}, "parameter_invalid"),
        ({"followers_min": ["-1"]}, "parameter_invalid"),
        ({"x" * 10_000: ["1"]}, "parameter_invalid"),
        ({f"p{number}": ["1"] for number in range(5_000)}, "parameter_invalid"),
    ],
    ids=range(10),
)
def test_hostile_query_is_refused(monkeypatch: pytest.MonkeyPatch, query: dict[str, list[str]], expected: str) -> None:
    monkeypatch.setattr(pagination, "secret", lambda arn: b"key of the cursors")
    response = call_app("GET", "/v1/accounts", multiValueQueryStringParameters=query)
    assert refused(response) == (400, expected)


@pytest.mark.parametrize("key", ["", "x" * 65, "x" * 100_000, "\x00", "a\nb", "键", " "])
def test_hostile_idempotency_key_is_refused(key: str) -> None:
    assert refused(call_app("POST", "/v1/plans", "{}", headers={"Idempotency-Key": key})) == (
        400,
        "idempotency_key_invalid",
    )


def test_repeated_idempotency_key_is_refused_with_its_place() -> None:
    headers = {"idempotency-key": ["one", "two"]}
    response = call_app("POST", "/v1/plans", "{}", headers={"Idempotency-Key": "two"}, multiValueHeaders=headers)
    assert refused(response) == (400, "idempotency_key_invalid")
    assert json.loads(response["body"])["errors"][0]["pointer"] == "/header/Idempotency-Key"


@pytest.mark.parametrize(
    "text", ["", "x", "tsk_", "tsk_" + "0" * 27, "tsk_" + "\x00" * 26, "..", "%2e%2e", "tsk_" + "i" * 26]
)
def test_hostile_id_in_a_path_gets_404(text: str) -> None:
    response = call_app("GET", "/v1/tasks/{task_id}", pathParameters={"task_id": text})
    assert refused(response) == (404, "not_found")


def test_successful_responses_have_the_security_headers(api: Api) -> None:
    for path, status in (("/v1/version", 200), ("/v1/wallet", 401), ("/sandbox/posts/x", 404)):
        response = api.get(path)
        assert response.status_code == status
        assert SECURITY_HEADERS.items() <= response.headers.items(), path


def test_sandbox_paths_do_not_exist_without_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """The response is 404 for any body, and no table is read."""
    import app

    monkeypatch.setenv("SANDBOX", "off")
    settings.settings.cache_clear()
    try:
        found = [
            (method, path) for path in app.app.routes if path.startswith("/sandbox/") for method in app.app.routes[path]
        ]
        assert ("POST", "/sandbox/posts") in found
        for method, path in found:
            names = dict.fromkeys(re.findall(r"\{(\w+)\}", path), f"pay_{'0' * 26}")
            for body in ("", "{}", "nonsense"):
                response = call_app(method, path, body, pathParameters=names)
                assert response["statusCode"] == 404, (method, path)
    finally:
        settings.settings.cache_clear()
