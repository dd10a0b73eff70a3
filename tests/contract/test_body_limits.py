"""Every text and every list that a request body takes has a limit of its own; the limit of the whole body is far above what items
have room for."""

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
"""A text with one of these is compared or parsed; a pattern here has a length in it, or a maximum beside it."""
NOT_STORED_AS_SENT = {"/evidence", "/task"}
"""Figures of an account by name are stored as the numbers that they are read as (chalicelib.accounts.review.grade_appeals); of
the task of a plan only the window is read, and nothing is stored."""


def unlimited(schema: dict[str, Any], document: dict[str, Any], pointer: str = "") -> Iterator[str]:
    """The places of the schema that take a text or a list of any length, or an object of any members."""
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
def test_every_text_and_list_of_a_body_has_a_limit(name: str) -> None:
    assert app.app is not None
    document = BODIES[name].model_json_schema()
    assert set(unlimited(document, document)) - NOT_STORED_AS_SENT == set()


def test_a_text_a_list_and_an_object_without_limit_are_found() -> None:
    schema = {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "list": {"type": "array", "items": {"type": "string", "maxLength": 9}},
        },
    }
    assert set(unlimited(schema, schema)) == {"", "/text", "/list"}
