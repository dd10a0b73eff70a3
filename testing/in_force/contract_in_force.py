"""Check of every response in tests: its route declares its status, media type and error code, and the body is of its schema.

Clients accept new members in later versions, so the published schemas are open; here they are closed.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs

from apispec.route_errors import error_codes
from chalicelib.api import ROUTES
from chalicelib.api.problems import HTML, MEDIA_TYPE
from chalicelib.api.routing import Route
from chalicelib.core.errors import TABLE

DOCUMENT = "urn:openapi"
OPENAPI = Path(__file__).parents[2] / "chalicelib" / "service" / "openapi.json"


def check_response(method: str, path: str, status: int, media_type: str, body: bytes) -> None:
    """Raise AssertionError if the route of this request does not declare the response. A request without a route passes."""
    route = route_of(method, urlsplit(path).path)
    if route is None:
        return
    name, kind = f"{method} {route.path}", media_type.partition(";")[0]
    if status >= 400:
        _check_refusal(name, route, status, kind, body)
    else:
        assert status in route.statuses, f"{name} responded {status}, but declares {route.statuses}"
        assert kind in media_types(route), f"{name} responded with {kind}, but declares {media_types(route)}"
    if kind.endswith("json"):
        errors = [
            f"{'/'.join(map(str, error.instance_path))}: {error.message}"
            for error in _validator(route.method.lower(), route.path, status, kind).iter_errors(json.loads(body))
        ]
        assert not errors, f"{name} responded {status} with a body that is not of its schema: {errors[:5]}"


def _check_refusal(name: str, route: Route, status: int, kind: str, body: bytes) -> None:
    codes = error_codes(route)
    if route.page:
        assert kind == HTML.partition(";")[0], f"{name} refused with {kind}"
        assert status in {TABLE[code].status for code in codes}, f"{name} refused with {status}"
        return
    assert kind == MEDIA_TYPE, f"{name} refused with {kind}"
    code = json.loads(body)["code"]
    assert code in codes, f"{name} refused with `{code}`, which is not in its `errors`"
    assert status == TABLE[code].status, f"{name} refused with {status} {code}"


def media_types(route: Route) -> set[str]:
    """Return the media types of a success."""
    json_types = {"application/json"} if route.response is not None else set()
    return {*route.media_types, *json_types, *([HTML.partition(";")[0]] if route.page else [])}


def route_of(method: str, path: str) -> Route | None:
    """Return the route that serves the request; a path without parameters goes first."""
    return next((route for form, route in _forms(method) if form.fullmatch(path)), None)


@cache
def _forms(method: str) -> list[tuple[re.Pattern[str], Route]]:
    import app

    assert app.app.routes
    routes = sorted((route for route in ROUTES if route.method == method), key=lambda route: route.path.count("{"))
    return [(re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route.path))), route) for route in routes]


@cache
def _validator(method: str, path: str, status: int, kind: str) -> Any:
    responses = _openapi()["paths"][path][method]["responses"]
    schema = responses.get(str(status), responses["default"])["content"][kind]["schema"]
    return jsonschema_rs.Draft202012Validator(_closed(schema), validate_formats=True, registry=_closed_components())


@cache
def _openapi() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(OPENAPI.read_text("utf-8"))
    return document


@cache
def _closed_components() -> Any:
    """Return the registry of the schemas to which others refer, so that a validator does not contain all of them."""
    schemas = _openapi()["components"]["schemas"]
    closed = {name: _closed(schema) for name, schema in schemas.items()}
    closed["Problem"].pop("additionalProperties", None)  # its further members depend on the code
    return jsonschema_rs.Registry([(DOCUMENT, {"components": {"schemas": closed}})])


def _closed(schema: Any) -> Any:
    """Return the schema, in which an object with declared members has no others, and references name the document."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(reference := schema.get("$ref"), str):
        return {**schema, "$ref": DOCUMENT + reference}
    inner = {name: _closed(one) for name, one in schema.items()}
    if "properties" in schema and "additionalProperties" not in schema and "type" in schema:
        inner["additionalProperties"] = False
    return inner
