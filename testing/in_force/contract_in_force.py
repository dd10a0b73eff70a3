"""What chalicelib/service/openapi.json promises, in force in tests: every answer is of its operation's schema and has no
member that the document does not tell, every refusal is one that the operation is said to refuse with.

Clients may be told more in later versions, so the published schemas are open; here they are closed.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs

DOCUMENT = Path(__file__).parents[2] / "chalicelib" / "service" / "openapi.json"
_EVERYWHERE = {"method_not_allowed"}
"""Codes of requests that meet no operation."""


def hold(method: str, path: str, status: int, media_type: str, body: bytes) -> None:
    """Raises AssertionError if the document does not promise this answer."""
    found = operation(method, path)
    if found is None:
        return
    name, responses = found
    promised = responses.get(str(status), responses.get("default") if status >= 400 else None)
    assert promised is not None, f"{name} answered {status}, which the document does not tell"
    kind = media_type.partition(";")[0]
    if kind not in ("application/json", "application/problem+json"):
        return
    content = promised.get("content", {})
    assert kind in content, f"{name} answered {status} with {kind}; the document tells of {sorted(content)}"
    document = json.loads(body)
    errors = [
        f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in _checked(name, status, document)
    ]
    assert not errors, f"{name} answered {status} unlike the document: {errors[:5]}"
    if kind == "application/problem+json" and document["code"] not in _EVERYWHERE:
        told = re.findall(r"`(\w+)`", promised["description"])
        assert document["code"] in told, f"{name} refused with {document['code']}; the document tells of {told}"


@cache
def _document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))
    return read


@cache
def _operations() -> list[tuple[int, re.Pattern[str], str, str, dict[str, Any]]]:
    found = []
    for path, methods in _document()["paths"].items():
        form = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
        for method, told in methods.items():
            found.append((path.count("{"), form, method.upper(), told["operationId"], told["responses"]))
    return sorted(found, key=lambda one: one[0])


def operation(method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    """The operation that this request meets, and what it may answer; None if there is none."""
    sent = urlsplit(path).path
    for _, form, its_method, name, responses in _operations():
        if its_method == method and form.fullmatch(sent):
            return name, responses
    return None


def _checked(name: str, status: int, document: Any) -> list[Any]:
    return list(_validator(name, status).iter_errors(document))


@cache
def _validator(name: str, status: int) -> Any:
    ((_, _, _, _, responses),) = [one for one in _operations() if one[3] == name]
    promised = responses.get(str(status), responses.get("default", {}))
    ((_, told),) = [(kind, one) for kind, one in promised["content"].items() if kind.endswith("json")]
    schemas = _document()["components"]["schemas"]
    problem = {"Problem": schemas["Problem"]}  # further members depend on its code
    closed = {**{one: _closed(schema) for one, schema in schemas.items()}, **problem}
    schema = {**_closed(told["schema"]), "components": {"schemas": closed}}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def _closed(schema: Any) -> Any:
    """The schema, in which an object that tells its members has no others."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: _closed(one) for name, one in schema.items()}
    if "properties" in schema and "additionalProperties" not in schema and "type" in schema:
        inner["additionalProperties"] = False
    return inner
