"""Every route with every role: no token, each role alone, and a token without a role.

The public routes are listed here by hand, so that a change of a declaration fails a test."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chalicelib.api.callers import ROLES
from chalicelib.api.routing import Route
from testing.in_force.closed_routes import CLOSED, served_routes

PUBLIC = {
    ("GET", "/console"),
    ("GET", "/console/{file}"),
    ("GET", "/docs"),
    ("GET", "/grades/{account_id}"),
    ("GET", "/tasks/{task_id}/report"),
    ("GET", "/openapi.json"),
    ("GET", "/r/{code}"),
    ("GET", "/v1/catalogue"),
    ("GET", "/v1/categories"),
    ("GET", "/v1/grading/methodology"),
    ("GET", "/v1/health"),
    ("GET", "/v1/notifications/unsubscribe"),
    ("GET", "/v1/version"),
    ("POST", "/v1/notifications/unsubscribe"),
    ("POST", "/v1/payments/{provider}/notifications"),
}


def _response(route: Route, claims: dict[str, str] | None) -> dict[str, Any]:
    import app

    names = re.findall(r"\{(\w+)\}", route.path)
    event = {
        "headers": {"Content-Type": "application/json"},
        "multiValueQueryStringParameters": None,
        "pathParameters": dict.fromkeys(names, "x") or None,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": route.method,
            "resourcePath": route.path,
            "path": route.path,
            "requestId": "r",
            **({"authorizer": {"claims": claims}} if claims else {}),
        },
        "body": None,
    }
    response: dict[str, Any] = app.app(event, None)
    return {"status": response["statusCode"], "code": json.loads(response["body"]).get("code")}


def test_public_routes_are_the_listed_ones() -> None:
    found = {(route.method, route.path) for route in served_routes() if route.roles is None}
    assert {one for one in found if not one[1].startswith("/sandbox/")} == PUBLIC


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: f"{route.method} {route.path}")
def test_missing_token_and_wrong_roles_are_refused(route: Route) -> None:
    """There is no AWS: a view that runs, or a body that is read, gives another response."""
    assert _response(route, None) == {"status": 401, "code": "unauthenticated"}
    assert _response(route, {"sub": "", "token_use": "id"}) == {"status": 401, "code": "unauthenticated"}
    for other in ({}, {"token_use": "access"}, {"token_use": "refresh"}):
        found = _response(route, {"sub": "u", "cognito:groups": "admin", **other})
        assert found == {"status": 401, "code": "unauthenticated"}, other
    assert route.roles is not None
    assert set(route.roles) <= ROLES
    if not route.roles:
        return
    for role in sorted(ROLES - {*route.roles, "admin"}):
        found = _response(route, {"sub": "u", "cognito:groups": role, "token_use": "id"})
        assert found == {"status": 403, "code": "forbidden"}, role
    for forged in ("", "Admin", "admins", "admin2 ", "finance-admin"):
        found = _response(route, {"sub": "u", "cognito:groups": forged, "token_use": "id"})
        assert found == {"status": 403, "code": "forbidden"}, forged


def test_staff_routes_refuse_advertisers_and_creators() -> None:
    staff = (
        "/certification",
        "/revocation",
        "/category",
        "/admission",
        "/review",
        "/ruling",
        "/outcome",
        "/payout",
        "/resolution",
        "/stop",
        "/retry",
    )
    for route in CLOSED:
        if route.path.endswith(staff) or route.path.startswith(("/v1/ledger", "/v1/suspense", "/v1/grading/regrade")):
            assert route.roles, route.path
            assert not {"advertiser", "creator"} & set(route.roles), route.path
