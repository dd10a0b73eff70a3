"""Faults of bodies and queries: pointers into the request and our own messages, never pydantic's."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from apispec import documents
from chalicelib.api import ROUTES, Body, Query
from chalicelib.api.validation.validation_errors import CODES, MESSAGES, faults_of

PUBLISHED: dict[str, Any] = json.loads(documents.OPENAPI.read_text("utf-8"))
WRONG: list[Any] = [
    None, True, 0, -1, 1.5, 10**400, 10**30, float("inf"), float("nan"), "", " ", "x", "x" * 20_000, "\x00", "1e3", "9" * 5_000,
    "2026-01-01", "1795352400", "P1M", [], [None], [[]], ["x"] * 2_000, {}, {"x": 1}, {"amount": "x", "currency": 1},
]  # fmt: skip
INTERNAL = re.compile(
    r"pydantic|Value error|Assertion|Input should|function-|literal\[|tagged-union|\b[A-Z]\w*(In|Body|Query)\b"
)
OURS = re.compile(r"[a-z][a-z0-9_]*")


def models() -> dict[str, tuple[type[BaseModel], Any]]:
    """Return every request model of a route with a valid document."""
    import app

    assert app.app.routes
    found: dict[str, tuple[type[BaseModel], Any]] = {}
    for route in ROUTES:
        if route.request is not None:
            operation = PUBLISHED["paths"][route.path][route.method.lower()]
            found[route.request.__name__] = (
                route.request,
                operation["requestBody"]["content"]["application/json"]["example"],
            )
        if route.query is not None:
            found[f"{route.query.__module__}.{route.query.__name__}"] = (route.query, {})
    return found


def spoiled(model: type[BaseModel], example: Any) -> Iterator[Any]:
    """Yield the example with one wrong value, for every place and value; and documents of another type."""
    names = {field.alias or name for name, field in model.model_fields.items()}
    for wrong in WRONG:
        yield wrong
        for name in sorted({*names, *example, "not~declared/here"}):
            yield {**example, name: wrong}
        for place in _places(example):
            changed = copy.deepcopy(example)
            holder = changed
            for part in place[:-1]:
                holder = holder[part]
            holder[place[-1]] = wrong
            yield changed
    for name in sorted(example):
        yield {other: value for other, value in example.items() if other != name}


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*at, name)
        yield from _places(one, (*at, name))


def _points_into(pointer: str, document: Any) -> bool:
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    for position, part in enumerate(parts):
        if isinstance(document, dict):
            if part not in document:
                return position == len(parts) - 1  # what is missing, or what a whole object lacks
            document = document[part]
        elif isinstance(document, list):
            document = document[int(part)]
        else:
            return False
    return True


@pytest.mark.parametrize("name", sorted(models()))
def test_faults_show_no_internals(name: str) -> None:
    model, example = models()[name]
    for document in spoiled(model, example):
        try:
            model.model_validate(document)
        except ValidationError as error:
            faults = faults_of(error, document)
            assert faults
            assert len({fault.pointer for fault in faults}) == len(faults), "one fault for each place"
            for fault in faults:
                assert _points_into(fault.pointer, document), (fault, document)
                assert not INTERNAL.search(fault.pointer + fault.message), fault
                assert fault.message[0].isupper(), fault
                assert fault.message.endswith("."), fault
                assert OURS.fullmatch(fault.code), fault
            kinds = {item["type"] for item in error.errors() if "message" not in (item.get("ctx") or {})}
            known = {*MESSAGES, *CODES}
            assert kinds <= known, "each kind of error has a message in chalicelib/api/validation/validation_errors.py"


def test_literals_of_all_branches_are_listed() -> None:
    from chalicelib.tasks.http.requests import OrderQuery

    with pytest.raises(ValidationError) as caught:
        OrderQuery.model_validate({"status": "bogus"})
    (fault,) = faults_of(caught.value, {"status": "bogus"}, "/query")
    assert fault.pointer == "/query/status"
    assert fault.message.startswith("This must be one of: pending, offered, ")
    assert "stuck" in fault.message


def test_every_request_model_is_covered() -> None:
    declared = {route.request for route in ROUTES if route.request} | {route.query for route in ROUTES if route.query}
    assert declared <= _below(Body) | _below(Query)


OF_ANOTHER_TYPE: dict[str, list[Any]] = {
    "integer": ["1", True, 1.5],
    "number": ["1", True],
    "boolean": ["true", "yes", 1],
}


def _below(model: type[BaseModel]) -> set[type[BaseModel]]:
    return {one for inner in model.__subclasses__() for one in {inner, *_below(inner)}}


def _members(base: type[BaseModel], *types: str) -> list[tuple[type[BaseModel], str, str]]:
    """Return each member of one of these JSON types, of every model below `base`: the model, its name and its type."""
    models()
    found = []
    for model in sorted(_below(base), key=lambda one: (one.__module__, one.__qualname__)):
        for name, schema in model.model_json_schema().get("properties", {}).items():
            allowed = {one.get("type") for one in schema.get("anyOf", [schema])}
            found += [(model, name, kind) for kind in types if kind in allowed]
    return found


def _is_refused(model: type[BaseModel], name: str, value: Any) -> bool:
    try:
        model.model_validate({name: value})
    except ValidationError as error:
        return f"/{name}" in {fault.pointer for fault in faults_of(error, {name: value})}
    return False


def test_members_of_bodies_have_their_json_type() -> None:
    members = _members(Body, *OF_ANOTHER_TYPE)
    assert {kind for _, _, kind in members} == OF_ANOTHER_TYPE.keys()
    read = [
        (model.__name__, name, value)
        for model, name, kind in members
        for value in OF_ANOTHER_TYPE[kind]
        if not _is_refused(model, name, value)
    ]
    assert read == []


def test_numbers_in_queries_are_decimal_digits() -> None:
    members = _members(Query, "integer")
    assert members
    for text in ("+5", "-5", "5.0", " 5", "5 ", "1_000", "1e3", "٥", "９", "", "5" * 5_000):
        assert [(model.__name__, name) for model, name, _ in members if not _is_refused(model, name, text)] == [], text
