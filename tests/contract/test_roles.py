"""Every route against every role, from the declarations: nobody, each role by itself, and a token without a role.

The table of who is let in is written down here once more by hand, so that a change of a declaration is seen."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chalicelib.api.callers import ROLES
from chalicelib.api.routing import Route
from testing.in_force.closed_routes import CLOSED, served_routes

PUBLIC = {
    ("GET", "/docs"),
    ("GET", "/grades/{account_id}"),
    ("GET", "/tasks/{task_id}/report"),
    ("GET", "/openapi.json"),
    ("GET", "/r/{code}"),
    ("GET", "/v1/categories"),
    ("GET", "/v1/grading/methodology"),
    ("GET", "/v1/health"),
    ("GET", "/v1/version"),
    ("POST", "/v1/payments/{provider}/notifications"),
}


def _asked(route: Route, claims: dict[str, str] | None) -> dict[str, Any]:
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
    answer: dict[str, Any] = app.app(event, None)
    return {"status": answer["statusCode"], "code": json.loads(answer["body"]).get("code")}


def test_what_is_open_is_open_on_purpose() -> None:
    found = {(route.method, route.path) for route in served_routes() if route.roles is None}
    assert {one for one in found if not one[1].startswith("/sandbox/")} == PUBLIC


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: f"{route.method} {route.path}")
def test_nobody_and_wrong_roles_are_refused_before_anything_is_read(route: Route) -> None:
    """No AWS is there: had a view run, or the body been looked at, the answer would be another."""
    assert _asked(route, None) == {"status": 401, "code": "unauthenticated"}
    assert _asked(route, {"sub": ""}) == {"status": 401, "code": "unauthenticated"}
    assert route.roles is not None
    assert set(route.roles) <= ROLES
    if not route.roles:
        return
    for role in sorted(ROLES - {*route.roles, "admin"}):
        found = _asked(route, {"sub": "u", "cognito:groups": role})
        assert found == {"status": 403, "code": "forbidden"}, role
    for forged in ("", "Admin", "admins", "admin2 ", "finance-admin"):
        found = _asked(route, {"sub": "u", "cognito:groups": forged})
        assert found == {"status": 403, "code": "forbidden"}, forged


def test_staff_routes_let_no_market_side_in() -> None:
    """What decides about others or their money is for staff alone."""
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
