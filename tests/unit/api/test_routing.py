"""Routes of a small API: callers, bodies, keys, cursors, problem documents and pages."""

from __future__ import annotations

import base64
import json
import os
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import Blueprint
from chalice.test import Client, HTTPResponse
from pydantic import Field

from chalicelib import api as edge_api
from chalicelib.api import HTML, ApiRequest, ApiResponse, Body, Listed, MoneyIn, Paging, TextResponse, route
from chalicelib.api.application import Market
from chalicelib.core import aws as cloud
from chalicelib.core.errors import Problem
from chalicelib.core.money import Money
from chalicelib.store import Page, TasksRecord
from chalicelib.wallet.insufficient_funds import InsufficientFunds


class Order(Body):
    name: str = Field(min_length=1, max_length=10)
    price: MoneyIn


class Filters(Paging):
    status: str | None = None


def _market() -> Market:
    blueprint = Blueprint(__name__)

    @route(blueprint, "POST", "/orders", roles=("advertiser",), request=Order, key_required=True, status=201)
    def create(request: ApiRequest[Order]) -> ApiResponse[Any]:
        """Create an order."""
        return ApiResponse({"id": request.required_attempt.id("ord"), "price": request.body.price.money("/price")})

    @route(blueprint, "GET", "/orders", roles=(), query=Filters)
    def listing(request: ApiRequest[None, Filters]) -> Listed[Any]:
        """List orders."""
        key = {"pk": {"S": "x"}, "sk": {"S": "y"}}
        seen = request.after
        return request.page_response(Page([TasksRecord(pk="a", sk="b")], None if seen else key), lambda item: item.pk)

    @route(blueprint, "GET", "/orders/{order_id}", roles=("creator",))
    def show(request: ApiRequest, order_id: str) -> dict[str, str]:
        """Return an order."""
        return {"id": order_id}

    @route(blueprint, "POST", "/broken", roles=None)
    def broken(request: ApiRequest) -> None:
        """Raise an error."""
        raise RuntimeError("arn:aws:dynamodb secret")

    @route(blueprint, "POST", "/poor", roles=None)
    def poor(request: ApiRequest) -> None:
        """Raise a Problem."""
        raise InsufficientFunds(Money(1, "CNY"), Money(2, "CNY"))

    @route(blueprint, "GET", "/pages/{order_id}", roles=None, query=Filters, page=True)
    def page(request: ApiRequest[None, Filters], order_id: str) -> TextResponse:
        """Return a page."""
        match request.query.status:
            case "broken":
                raise RuntimeError("arn:aws:dynamodb secret")
            case "busy":
                raise Problem("write_contention", "<b>Later</b>")
        return TextResponse("<p>fine</p>", HTML)

    market = Market(app_name="small")
    market.register_blueprint(blueprint)
    return market


@pytest.fixture
def http(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(edge_api.routing, "ROUTES", [])
    monkeypatch.setattr(edge_api.pagination, "secret", lambda arn: b"key of the cursors")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*is not a supported in local mode.*")
        with Client(_market()) as client:
            yield client.http


def _token(sub: str, groups: Any) -> str:
    claims = {"sub": sub, "cognito:username": sub, "cognito:groups": groups, "token_use": "id"}
    return "Bearer e30." + base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=") + ".x"


def _post(http: Any, path: str, body: Any, groups: Any = "advertiser", **headers: str) -> HTTPResponse:
    sent = {"Content-Type": "application/json", "Authorization": _token("u", groups), **headers}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    response: HTTPResponse = http.post(path, headers=sent, body=data)
    return response


def _get(http: Any, path: str, sub: str = "u", groups: Any = "creator") -> HTTPResponse:
    response: HTTPResponse = http.get(path, headers={"Authorization": _token(sub, groups)})
    return response


ORDER = {"name": "tea", "price": {"amount": 5, "currency": "CNY"}}


def _problem(response: HTTPResponse, status: int, code: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(response.body)
    assert (response.status_code, document["status"], document["code"]) == (status, status, code)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["X-Request-Id"] == document["request_id"] != ""
    assert document["type"].endswith(code)
    assert document["title"]
    assert isinstance(document["errors"], list)
    return document


def test_valid_request_and_its_repeat_succeed(http: Any) -> None:
    first = _post(http, "/orders", ORDER, **{"Idempotency-Key": "k"})
    again = _post(http, "/orders", ORDER, **{"Idempotency-Key": "k"})
    assert first.status_code == 201
    assert first.json_body["price"] == {"amount": 5, "currency": "CNY"}
    assert (
        first.json_body["id"]
        == again.json_body["id"]
        != _post(http, "/orders", ORDER, **{"Idempotency-Key": "l"}).json_body["id"]
    )


@pytest.mark.parametrize("groups", ["advertiser", "a,advertiser", "[creator advertiser]", ["advertiser"], "admin"])
def test_groups_are_read_in_every_form_of_the_gateway(http: Any, groups: Any) -> None:
    assert _post(http, "/orders", ORDER, groups, **{"Idempotency-Key": "k"}).status_code == 201


@pytest.mark.parametrize("groups", ["creator", "", "advertisers", "[]"])
def test_caller_without_the_role_is_refused(http: Any, groups: str) -> None:
    _problem(_post(http, "/orders", ORDER, groups, **{"Idempotency-Key": "k"}), 403, "forbidden")


def test_request_without_claims_is_refused(http: Any) -> None:
    _problem(http.get("/orders"), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "body_unreadable"),
        (b"\xff", 400, "body_unreadable"),
        (b'{"name": "\\ud800"}', 400, "body_unreadable"),
        (b'{"price": NaN}', 400, "body_unreadable"),
        (b'{"price": ' + b"9" * 5_000 + b"}", 400, "body_unreadable"),
        (b"[" * 100_000, 400, "body_unreadable"),
        (b" " * 300_000, 413, "payload_too_large"),
        (b"[]", 422, "body_invalid"),
        (b"", 422, "body_invalid"),
    ],
)
def test_unreadable_body_is_refused(http: Any, body: bytes, status: int, code: str) -> None:
    _problem(_post(http, "/orders", body, **{"Idempotency-Key": "k"}), status, code)


def test_every_wrong_field_has_a_pointer(http: Any) -> None:
    body = {"name": "", "price": {"amount": 1.5, "currency": "CNY"}, "color": 1}
    document = _problem(_post(http, "/orders", body, **{"Idempotency-Key": "k"}), 422, "body_invalid")
    assert {fault["pointer"] for fault in document["errors"]} == {"/name", "/price/amount", "/color"}
    foreign = {**ORDER, "price": {"amount": 5, "currency": "EUR"}}
    document = _problem(_post(http, "/orders", foreign, **{"Idempotency-Key": "k"}), 422, "body_invalid")
    assert [fault["pointer"] for fault in document["errors"]] == ["/price/currency"]


def test_body_of_another_media_type_is_refused(http: Any) -> None:
    response = _post(http, "/orders", ORDER, **{"Idempotency-Key": "k", "Content-Type": "text/plain"})
    _problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("key", "code"),
    [(None, "idempotency_key_missing"), ("", "idempotency_key_invalid"), ("x" * 65, "idempotency_key_invalid")],
)
def test_missing_or_malformed_key_is_refused(http: Any, key: str | None, code: str) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    _problem(_post(http, "/orders", ORDER, **headers), 400, code)


def test_cursor_is_valid_for_its_caller_and_filters_only(http: Any) -> None:
    page = _get(http, "/orders?status=open").json_body
    cursor = page["next_cursor"]
    assert _get(http, f"/orders?status=open&limit=5&cursor={cursor}").json_body["next_cursor"] is None
    _problem(_get(http, f"/orders?status=shut&cursor={cursor}"), 400, "cursor_invalid")
    _problem(_get(http, f"/orders?status=open&cursor={cursor}", sub="v"), 400, "cursor_invalid")
    _problem(_get(http, f"/orders?status=open&cursor={cursor[:-2]}AA"), 400, "cursor_invalid")
    _problem(_get(http, "/orders?cursor=%00"), 400, "cursor_invalid")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "colour=red"])
def test_wrong_query_parameter_is_refused(http: Any, query: str) -> None:
    document = _problem(_get(http, f"/orders?{query}"), 400, "parameter_invalid")
    assert document["errors"][0]["pointer"] == "/query/" + query.partition("=")[0]


def test_malformed_id_gets_404(http: Any) -> None:
    _problem(_get(http, "/orders/7"), 404, "not_found")
    known = "ord_" + "0" * 26
    assert _get(http, f"/orders/{known}").json_body == {"id": known}


def test_internal_error_shows_no_details(http: Any) -> None:
    document = _problem(_post(http, "/broken", {}), 500, "internal_error")
    assert "arn" not in json.dumps(document)


def test_problem_has_its_further_members(http: Any) -> None:
    document = _problem(_post(http, "/poor", {}), 402, "insufficient_funds")
    assert document["available"] == {"amount": 1, "currency": "CNY"}
    assert document["needed"] == {"amount": 2, "currency": "CNY"}


def test_refused_method_has_the_request_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge_api.routing, "ROUTES", [])
    answer = _market()(
        {"requestContext": {"httpMethod": "PATCH", "resourcePath": "/orders", "requestId": "r"}, **_REST}, None
    )
    assert answer["statusCode"] == 405
    assert json.loads(answer["body"])["code"] == "method_not_allowed"
    assert answer["headers"]["X-Request-Id"] == "r"


_REST: dict[str, Any] = {
    "multiValueQueryStringParameters": None,
    "headers": {},
    "pathParameters": None,
    "body": None,
    "stageVariables": None,
}


def test_problem_with_unknown_code_cannot_be_created() -> None:
    with pytest.raises(KeyError):
        Problem("no_such_code", "x")


KNOWN = "ord_" + "0" * 26


def test_page_has_a_strict_content_security_policy(http: Any) -> None:
    found = http.get(f"/pages/{KNOWN}")
    assert (found.status_code, found.body) == (200, b"<p>fine</p>")
    assert found.headers["Content-Type"] == "text/html; charset=utf-8"
    assert found.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert found.headers["Cache-Control"] == "no-store", "the default of a page"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("x", 404, "No such order."),
        (f"{KNOWN}?limit=0", 400, "/query/limit"),
        (f"{KNOWN}?status=broken", 500, "internal_error"),
        (f"{KNOWN}?status=busy", 503, "&lt;b&gt;Later&lt;/b&gt;"),
    ],
)
def test_refusal_of_a_page_is_a_page(http: Any, path: str, status: int, said: str) -> None:
    found = http.get(f"/pages/{path}")
    text = found.body.decode()
    assert (found.status_code, found.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert said in text
    assert found.headers["X-Request-Id"] in text
    assert "arn" not in text.partition("</style>")[2]
    assert ("Retry-After" in found.headers) == (status == 503)


def test_secret_is_read_once(aws: None) -> None:
    name = os.environ["CURSOR_SECRET_ARN"]
    assert cloud.secret(name) == b"secret of CURSOR_SECRET_ARN"
    assert cloud.secret.cache_info().misses == 1
    cloud.secret(name)
    assert cloud.secret.cache_info().misses == 1
