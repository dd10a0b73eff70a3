"""The published OpenAPI document, the declared routes and the responses agree."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest

from apispec import documents
from chalicelib.api import ROUTES
from chalicelib.core.errors import TABLE, Problem
from infra import package
from testing.api import Api
from testing.in_force import contract_in_force

PUBLISHED: dict[str, Any] = json.loads(documents.OPENAPI.read_text("utf-8"))
TEXTS = {"text/html", "text/plain", "text/javascript", "text/css", "image/svg+xml"}
"""Media types that have no schema."""
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in PUBLISHED["paths"].items()
    for method, operation in methods.items()
]


@pytest.fixture(scope="module", autouse=True)
def routes() -> None:
    import app

    assert app.app.routes


def test_published_document_is_current() -> None:
    assert documents.OPENAPI.read_text("utf-8") == documents.openapi(), "run `make docs`"


def test_operations_are_the_served_routes() -> None:
    import app

    served = {(method, path) for path, methods in app.app.routes.items() for method in methods if method != "HEAD"}
    assert {(method, path) for method, path, _ in OPERATIONS} == served
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for _, _, operation in OPERATIONS)


def test_security_parameters_and_keys_are_as_declared() -> None:
    declared = {(route.method, route.path): route for route in ROUTES}
    for method, path, operation in OPERATIONS:
        route = declared[method, path]
        assert operation["security"] == ([] if route.roles is None else [{"token": []}]), path
        named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))
        keys = [one["required"] for one in operation["parameters"] if one["name"] == "Idempotency-Key"]
        assert keys == ([route.key_required] if method == "POST" and route.roles is not None else []), path
        assert ("requestBody" in operation) == (route.request is not None or route.request_media_type is not None), path
        unsigned = route.roles is not None or "signature_invalid" in route.errors
        assert ("401" in operation["responses"]) == unsigned, path
        assert ("403" in operation["responses"]) == (bool(route.roles) or "forbidden" in route.errors), path


def test_references_resolve_and_codes_are_in_the_table() -> None:
    text = json.dumps(PUBLISHED)
    for name in re.findall(r'"#/components/schemas/([^"]+)"', text):
        assert name in PUBLISHED["components"]["schemas"], name
    assert set(PUBLISHED["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]) == set(TABLE)


def test_every_json_response_has_a_type() -> None:
    for method, path, operation in OPERATIONS:
        done, *others = [answer for status, answer in operation["responses"].items() if status < "4"]
        assert all(other == done for other in others), path
        content = done.get("content", {}).get("application/json")
        if content is None:
            assert set(done.get("content", {"nothing": None})) <= {*TEXTS, "nothing"}, path
        elif path != "/openapi.json":
            schema = content["schema"]
            item = schema["properties"]["data"]["items"] if "properties" in schema else schema
            assert item["$ref"].startswith("#/components/schemas/"), (method, path)


def test_every_example_is_valid() -> None:
    components = {"components": PUBLISHED["components"]}
    shown = 0
    for method, path, operation in OPERATIONS:
        for place in (operation.get("requestBody", {}), *operation["responses"].values()):
            content = place.get("content", {}).get("application/json", {})
            if "example" in content:
                shown += 1
                form = jsonschema_rs.Draft202012Validator({**content["schema"], **components}, validate_formats=True)
                assert [error.message for error in form.iter_errors(content["example"])] == [], (method, path)
    bodies = sum("requestBody" in operation for _, _, operation in OPERATIONS)
    assert shown > len(OPERATIONS) + bodies - 12, "all have one but pages and redirects"


def test_examples_of_requests_are_accepted() -> None:
    for route in ROUTES:
        if route.request is not None:
            content = PUBLISHED["paths"][route.path][route.method.lower()]["requestBody"]["content"]["application/json"]
            route.request.model_validate(content["example"])


_PROBLEM = {"type": "t", "title": "t", "status": 404, "detail": "d", "request_id": "r", "errors": []}
_JSON, _REFUSAL = "application/json", "application/problem+json"
_VERSION = {"version": "1", "stage": "s", "methodology_version": "m"}


@pytest.mark.parametrize(
    ("path", "status", "media_type", "body"),
    [
        pytest.param("/v1/wallet", 200, _JSON, {"available": {}, "held": {}, "withdrawing": {}}, id="wrong member"),
        pytest.param("/v1/version", 200, _JSON, {**_VERSION, "x": 1}, id="undeclared member"),
        pytest.param("/v1/version", 201, _JSON, _VERSION, id="undeclared status"),
        pytest.param("/v1/version", 200, "text/csv", _VERSION, id="undeclared media type"),
        pytest.param("/v1/wallet", 404, _REFUSAL, {**_PROBLEM, "code": "call_closed"}, id="undeclared code"),
        pytest.param("/v1/wallet", 409, _REFUSAL, {**_PROBLEM, "code": "forbidden"}, id="status of another code"),
    ],
)
def test_undeclared_responses_fail_the_contract_check(
    path: str, status: int, media_type: str, body: dict[str, Any]
) -> None:
    with pytest.raises(AssertionError):
        contract_in_force.check_response("GET", path, status, media_type, json.dumps(body).encode())


def test_declared_responses_pass_the_contract_check() -> None:
    contract_in_force.check_response("GET", "/v1/version", 200, _JSON, json.dumps(_VERSION).encode())
    refusal = json.dumps({**_PROBLEM, "status": 403, "code": "forbidden"}).encode()
    contract_in_force.check_response("GET", "/v1/wallet?as=creator", 403, _REFUSAL, refusal)


def test_refusal_with_an_undeclared_code_fails_the_request(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any) -> None:
        raise Problem("plan_stale", "Not declared by this route.")

    monkeypatch.setattr("chalicelib.service.routes.settings", refuse)
    with pytest.raises(AssertionError, match="plan_stale"):
        api.get("/v1/version")


def test_openapi_is_served_byte_for_byte(api: Api) -> None:
    assert api.get("/openapi.json").body == documents.OPENAPI.read_bytes()
    assert (package.ROOT / "chalicelib") in documents.OPENAPI.parents
