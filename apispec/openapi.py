"""The OpenAPI 3.1 document of the declared routes; `make docs` writes it to chalicelib/service/openapi.json, which is served."""

from __future__ import annotations

import re
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from apispec.events import webhooks
from apispec.examples import request_example, response_example
from apispec.route_errors import error_codes
from chalicelib.api import Listed, ListedBothWays
from chalicelib.api.problems import MEDIA_TYPE
from chalicelib.api.routing import Route
from chalicelib.core.errors import TABLE
from chalicelib.core.idempotency import KEY_FORM
from chalicelib.core.version import VERSION
from chalicelib.exports.http import response_types as exports

Json = dict[str, Any]
_REFS = "#/components/schemas/{model}"
_DESCRIPTION = """A market for sponsored posts. Times are RFC 3339: in UTC in responses, with a time zone in requests. Durations are
ISO 8601 in whole weeks, days, hours, minutes or seconds; money is an amount in minor units with its currency. A POST that is
repeated with its Idempotency-Key gets the first response again, with `Idempotency-Replayed: true`. Resources of other users respond
with 404. Every error is a problem document (RFC 9457) with a stable `code`. HEAD works wherever GET does. Links are absolute. A
repeated query parameter is refused."""
_CURSOR: Json = {"type": ["string", "null"], "description": "`cursor` of the next page; null on the last."}
_BEFORE: Json = {"type": ["string", "null"], "description": "`cursor` of the previous page; null on the first."}
_CSV = "UTF-8 with a byte order mark, money in units with decimals; for `Accept: text/csv`."
_HTML: Json = {"text/html": {"schema": {"type": "string"}}}
_TEXTS: Json = {
    "application/json": {"type": "object"},
    "text/csv": {"type": "string", "description": _CSV},
}
"""Schemas of the media types of text responses; the default is a string."""
_EXAMPLE: Json = {
    "type": "https://micro-task.example/problems/not_found",
    "title": TABLE["not_found"].title,
    "status": 404,
    "detail": "No such task.",
    "code": "not_found",
    "request_id": "5f0a2c1e-9a4f-4a53-8a49-1b1f6b0f9c11",
    "errors": [],
}


def document(routes: list[Route]) -> Json:
    """Return the OpenAPI document: every route, sorted by path. The same routes give the same document."""
    ordered = sorted(routes, key=lambda route: (route.path, route.method))
    declared = {
        *filter(None, map(response_type, ordered)),
        *(r.request for r in ordered if r.request),
        *exports.LINES.values(),
    }
    adapters = [(one, "validation", TypeAdapter(one)) for one in sorted(declared, key=_name)]
    references, defined = TypeAdapter.json_schemas(adapters, ref_template=_REFS, by_alias=True)  # type: ignore[arg-type]
    schemas: dict[Any, Json] = {one: schema for (one, _), schema in references.items()}
    components = _untitled(defined["$defs"])
    paths: dict[str, Json] = {}
    for route in ordered:
        paths.setdefault(route.path, {})[route.method.lower()] = _exemplified(_operation(route, schemas), components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Micro-task", "version": VERSION, "description": _DESCRIPTION.replace("\n", " ")},
        "servers": [{"url": "."}],
        "tags": [{"name": name} for name in sorted({_tag(route) for route in ordered})],
        "paths": paths,
        "webhooks": webhooks(components),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": dict(sorted({**components, "Problem": _problem()}.items())),
        },
    }


def _untitled(schema: Any) -> Any:
    """Return the schema without the titles that pydantic derives from names."""
    if isinstance(schema, list):
        return [_untitled(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _untitled(one) for name, one in schema.items() if name != "title" or not isinstance(one, str)}


def _exemplified(operation: Json, components: Json) -> Json:
    """Return the operation with an example of its request body and of its successful responses."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content:
        content["example"] = request_example(content["schema"], components)
    for status, response in operation["responses"].items():
        content = response.get("content", {}).get("application/json")
        if content and status < "4":
            content["example"] = response_example(content["schema"], components)
    return operation


def response_type(route: Route) -> Any:
    """Return the type of the route's JSON, or of the items of its list; None if it has no JSON."""
    return get_args(route.response)[0] if _is_list(route) else route.response


def _is_list(route: Route) -> bool:
    return get_origin(route.response) in (Listed, ListedBothWays)


def _operation(route: Route, schemas: dict[Any, Json]) -> Json:
    body = schemas[route.request] if route.request else None
    operation: Json = {
        "operationId": route.view.__name__,
        "tags": [_tag(route)],
        "summary": route.summary,
        "description": _callers(route),
        "security": [] if route.roles is None else [{"token": []}],
        "x-roles": None if route.roles is None else [*route.roles],
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_headers(route)],
        "responses": _responses(route, schemas),
    }
    if route.request_media_type:
        content = {route.request_media_type: {"schema": {"type": "string"}}}
        operation["requestBody"] = {"required": True, "content": content}
    if body is not None:
        operation["requestBody"] = {
            "required": not _may_be_empty(route),
            "content": {"application/json": {"schema": body}},
        }
    return operation


def _may_be_empty(route: Route) -> bool:
    try:
        assert route.request is not None
        route.request.model_validate({})
    except ValidationError:
        return False
    return True


def _callers(route: Route) -> str:
    if route.roles is None:
        return "Public."
    return f"For {', '.join(route.roles)}." if route.roles else "For every caller with a token."


def _path_parameters(route: Route) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]


def _query_parameters(route: Route) -> list[Json]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(by_alias=True)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inlined(part, schema.get("$defs", {}))}
        for name, part in schema["properties"].items()
    ]


def _inlined(part: Any, definitions: Json) -> Any:
    """Return the schema with its references replaced by the definitions of the query model."""
    if isinstance(part, list):
        return [_inlined(one, definitions) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(definitions[part["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(value, definitions) for name, value in part.items()}


def _headers(route: Route) -> list[Json]:
    if route.method != "POST" or route.roles is None:
        return []
    return [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": route.key_required,
            "description": "A repeat with the same key and body gets the first response; another body is refused with 422.",
            "schema": {"type": "string", "pattern": f"^{KEY_FORM.pattern}$"},
        }
    ]


def _responses(route: Route, schemas: dict[Any, Json]) -> Json:
    by_status: dict[int, list[str]] = {}
    for code in error_codes(route):
        by_status.setdefault(TABLE[code].status, []).append(code)
    responses: Json = {str(status): _success(route, schemas) for status in route.statuses}
    for status, codes in sorted(by_status.items()):
        responses[str(status)] = _refusal(", ".join(f"`{code}`" for code in codes), route.page)
    responses["default"] = _refusal("Any other error of the table that applies to this operation.", route.page)
    return responses


def _success(route: Route, schemas: dict[Any, Json]) -> Json:
    headers: Json = {"X-Request-Id": {"schema": {"type": "string"}}}
    if route.page:
        return {"description": route.summary, "headers": headers, "content": _HTML}
    if route.method == "POST" and route.roles is not None:
        headers["Idempotency-Replayed"] = {"schema": {"type": "string", "const": "true"}}
    content: Json = {}
    if route.response is not None:
        schema = schemas[response_type(route)]
        content["application/json"] = {"schema": _page_of(schema, route.response) if _is_list(route) else schema}
    for media_type in route.media_types:
        content[media_type] = {"schema": _TEXTS.get(media_type, {"type": "string"})}
    return {"description": route.summary, "headers": headers, **({"content": content} if content else {})}


def _page_of(item: Json, response: Any) -> Json:
    both = get_origin(response) is ListedBothWays
    return {
        "type": "object",
        "required": ["data", "next_cursor", *(["prev_cursor"] if both else [])],
        "properties": {
            "data": {"type": "array", "items": item},
            "next_cursor": _CURSOR,
            **({"prev_cursor": _BEFORE} if both else {}),
        },
    }


def _refusal(description: str, page: bool = False) -> Json:
    content: Json = {MEDIA_TYPE: {"schema": {"$ref": _REFS.format(model="Problem")}}}
    return {"description": description, "content": {**_HTML, **content} if page else content}


def _problem() -> Json:
    text = {"type": "string"}
    fault = {"type": "object", "properties": dict.fromkeys(("pointer", "code", "message"), text)}
    return {
        "type": "object",
        "description": "RFC 9457; further members depend on `code`.",
        "required": ["type", "title", "status", "detail", "code", "request_id", "errors"],
        "examples": [_EXAMPLE],
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "code": {"enum": sorted(TABLE)},
            "request_id": text,
            "errors": {"type": "array", "items": {**fault, "required": ["pointer", "code", "message"]}},
        },
    }


def _name(model: Any) -> str:
    return f"{model.__name__} {model.__module__}"


def _tag(route: Route) -> str:
    first = route.path.removeprefix("/v1").split("/")[1]
    return {"r": "links", "openapi.json": "service", "docs": "service", "health": "service", "version": "service"}.get(
        first, first
    )
