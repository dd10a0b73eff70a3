"""The application: HEAD, OPTIONS, 405, CORS, repeated parameters and absolute links."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chalice.app import Blueprint

from chalicelib.api import ApiRequest, ApiResponse, Paging, route, routing
from chalicelib.api.application import Market
from chalicelib.core import settings
from chalicelib.store import Page

ORIGIN = "https://shop.example"
Send = Callable[..., dict[str, Any]]


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Iterator[Send]:
    monkeypatch.setattr(routing, "ROUTES", [])
    blueprint = Blueprint(__name__)

    @route(blueprint, "GET", "/v1/things/{name}", roles=None, query=Paging)
    def show(request: ApiRequest[None, Paging], name: str) -> dict[str, Any]:
        """Return a thing."""
        return {"url": request.url(f"/v1/things/{name}"), "limit": request.query.limit}

    @route(blueprint, "PUT", "/v1/things/{name}", roles=())
    def change(request: ApiRequest, name: str) -> dict[str, Any]:
        """Change a thing."""
        return {}

    @route(blueprint, "GET", "/r/{name}", roles=None, free_query=True)
    def follow(request: ApiRequest, name: str) -> dict[str, Any]:
        """Redirect."""
        return {}

    @route(blueprint, "GET", "/split/{name}", roles=None)
    def split(request: ApiRequest, name: str) -> ApiResponse[Any]:
        """Return a header of two lines."""
        return ApiResponse({}, headers={"Content-Disposition": "a\nSet-Cookie: b"})

    @route(blueprint, "GET", "/pages/{name}", roles=None)
    def page(request: ApiRequest, name: str) -> dict[str, Any]:
        """Return a page with a further member, as views do that copy it."""
        return {**request.page_response(Page([1, 2], None), lambda number: {"é": number}), "unread": 3}

    market = Market(app_name="small")
    market.register_blueprint(blueprint)

    def sent(method: str, path: str = "/v1/things/{name}", **changes: Any) -> dict[str, Any]:
        context = {"httpMethod": method, "resourcePath": path, "requestId": "r", **changes.pop("context", {})}
        event: dict[str, Any] = {
            "headers": {},
            "multiValueQueryStringParameters": None,
            "pathParameters": {"name": "tea"},
            "body": None,
            "stageVariables": None,
            "requestContext": context,
            **changes,
        }
        answer: dict[str, Any] = market(event, None)
        return answer

    yield sent
    settings.settings.cache_clear()


def allowing(monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    monkeypatch.setenv("ALLOW_ORIGINS", origins)
    settings.settings.cache_clear()


def test_head_responds_as_get_without_a_body(send: Send) -> None:
    shown, head = send("GET"), send("HEAD")
    assert json.loads(shown["body"])["limit"] == 20
    assert {**head, "body": shown["body"]} == shown
    assert head["body"] == ""
    refused = send("HEAD", multiValueQueryStringParameters={"limit": ["0"]})
    assert (refused["statusCode"], refused["body"]) == (400, "")


def test_unknown_method_gets_405_with_allow(send: Send) -> None:
    answer = send("DELETE")
    assert (answer["statusCode"], answer["headers"]["Allow"]) == (405, "GET, HEAD, OPTIONS, PUT")
    assert json.loads(answer["body"])["code"] == "method_not_allowed"


def test_unknown_path_gets_a_problem_document(send: Send) -> None:
    for method in ("GET", "OPTIONS"):
        answer = send(method, "/v2")
        assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (404, "not_found")


def test_header_of_several_lines_is_not_sent(send: Send) -> None:
    answer = send("GET", "/split/{name}")
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (500, "internal_error")
    assert "Content-Disposition" not in answer["headers"]


def test_page_with_further_members_has_its_items_once(send: Send) -> None:
    body = send("GET", "/pages/{name}")["body"]
    assert body == '{"data":[{"é":1},{"é":2}],"next_cursor":null,"unread":3}'


def test_options_needs_no_token_and_lists_the_methods(send: Send) -> None:
    answer = send("OPTIONS", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"})
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert answer["headers"]["Allow"] == "GET, HEAD, OPTIONS, PUT"
    assert not [name for name in answer["headers"] if name.startswith("Access-Control")], "no origin is allowed"


def test_without_allowed_origins_there_are_no_cors_headers(send: Send) -> None:
    headers = send("GET", headers={"Origin": ORIGIN})["headers"]
    assert not [name for name in headers if name.startswith("Access-Control")]


def test_allowed_origin_gets_cors_headers_also_on_errors(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    allowing(monkeypatch, f"https://other.example, {ORIGIN}")
    for answer in (send("GET", headers={"origin": ORIGIN}), send("PUT", headers={"origin": ORIGIN})):
        assert answer["headers"]["Access-Control-Allow-Origin"] == ORIGIN
        assert answer["headers"]["Vary"] == "Origin"
        assert "X-Request-Id" in answer["headers"]["Access-Control-Expose-Headers"]
    preflight = send("OPTIONS", headers={"origin": ORIGIN, "access-control-request-method": "PUT"})["headers"]
    assert preflight["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS, PUT"
    assert {"Authorization", "Content-Type", "Idempotency-Key"} <= {
        *preflight["Access-Control-Allow-Headers"].split(", ")
    }
    assert preflight["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in preflight


@pytest.mark.parametrize("origin", ["https://shop.example.evil.example", "http://shop.example", "null", None])
def test_other_origin_gets_no_cors_headers(send: Send, monkeypatch: pytest.MonkeyPatch, origin: str | None) -> None:
    allowing(monkeypatch, ORIGIN)
    for method in ("GET", "OPTIONS"):
        headers = send(method, headers={"origin": origin} if origin else {})["headers"]
        assert "Access-Control-Allow-Origin" not in headers
        assert headers["Vary"] == "Origin"


def test_every_origin_can_be_allowed(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    allowing(monkeypatch, "*")
    assert send("GET", headers={"origin": ORIGIN})["headers"]["Access-Control-Allow-Origin"] == "*"


def test_repeated_parameter_is_refused_by_name(send: Send) -> None:
    answer = send("GET", multiValueQueryStringParameters={"limit": ["1", "2"]})
    document = json.loads(answer["body"])
    assert (answer["statusCode"], document["code"]) == (400, "parameter_invalid")
    assert [(fault["pointer"], fault["code"]) for fault in document["errors"]] == [("/query/limit", "repeated")]
    assert send("GET", "/r/{name}", multiValueQueryStringParameters={"utm": ["1", "2"]})["statusCode"] == 200


@pytest.mark.parametrize(
    ("context", "url"),
    [
        ({"path": "/api/v1/things/tea", "domainName": "x.execute-api.example"}, "https://x.execute-api.example/api"),
        ({"path": "/v1/things/tea/", "domainName": "api.example"}, "https://api.example"),
        ({"path": "/market/v1/things/a%2Fb", "domainName": "api.example"}, "https://api.example/market"),
    ],
)
def test_links_begin_with_the_url_of_the_request(
    send: Send, monkeypatch: pytest.MonkeyPatch, context: dict[str, str], url: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "")
    settings.settings.cache_clear()
    assert json.loads(send("GET", context=context)["body"])["url"] == f"{url}/v1/things/tea"


def test_links_begin_with_the_public_url_of_the_deployment(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://market.example/api/")
    settings.settings.cache_clear()
    shown = send("GET", context={"domainName": "x.example", "path": "/v1/things/tea"})
    assert json.loads(shown["body"])["url"] == "https://market.example/api/v1/things/tea"


def test_middleware_is_refused() -> None:
    with pytest.raises(TypeError, match="no middleware"):
        Market(app_name="small").register_middleware(lambda event, get_response: get_response(event))
