"""Every text and list in a request body has its own limit: the limit of the whole body is far above the size of an item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import app
from chalicelib.api import ROUTES

BODIES = {f"{route.method} {route.path}": route.request for route in ROUTES if route.request is not None}
TEXT_MAX = 10_000
LIST_MAX = 1_000
CLOSED = ("enum", "const", "format", "pattern")
"""A text with one of these is compared or parsed; our patterns bound the length, or have a maximum beside them."""
NOT_STORED_AS_SENT = {"/evidence", "/task"}
"""Figures of an account by name are stored as the numbers that they are read as (chalicelib.accounts.review.grade_appeals); of
the task of a plan only the window is read, and nothing is stored."""


def unlimited(schema: dict[str, Any], document: dict[str, Any], pointer: str = "") -> Iterator[str]:
    """Yield the places of the schema that accept a text or a list of any length, or an object of any members."""
    if "$ref" in schema:
        schema = document["$defs"][schema["$ref"].rpartition("/")[2]]
    for choice in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from unlimited(choice, document, pointer)
    kind = schema.get("type")
    if kind == "string" and schema.get("maxLength", TEXT_MAX + 1) > TEXT_MAX and not any(n in schema for n in CLOSED):
        yield pointer
    elif kind == "array":
        if schema.get("maxItems", LIST_MAX + 1) > LIST_MAX:
            yield pointer
        yield from unlimited(schema.get("items", {}), document, f"{pointer}/-")
    elif kind == "object":
        if schema.get("additionalProperties") is not False:
            yield pointer
        for name, inner in schema.get("properties", {}).items():
            yield from unlimited(inner, document, f"{pointer}/{name}")


@pytest.mark.parametrize("name", BODIES)
def test_every_text_and_list_has_a_limit(name: str) -> None:
    assert app.app is not None
    document = BODIES[name].model_json_schema()
    assert set(unlimited(document, document)) - NOT_STORED_AS_SENT == set()


def test_missing_limits_are_found() -> None:
    schema = {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "list": {"type": "array", "items": {"type": "string", "maxLength": 9}},
        },
    }
    assert set(unlimited(schema, schema)) == {"", "/text", "/list"}
