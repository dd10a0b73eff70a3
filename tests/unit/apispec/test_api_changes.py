"""Breaking and other changes of the API; every case changes one thing of a small document."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from apispec import api_changes
from apispec.documents import OPENAPI

Json = dict[str, Any]
BEFORE: Json = {
    "paths": {
        "/teas": {
            "post": {
                "x-roles": ["grower"],
                "parameters": [{"in": "query", "name": "kind", "schema": {"type": "string", "maxLength": 9}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/TeaIn"}}}},
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tea"}}}},
                    "404": {"content": {}},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "TeaIn": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 20},
                    "season": {"enum": ["spring", "autumn"]},
                    "parent": {"anyOf": [{"$ref": "#/components/schemas/TeaIn"}, {"type": "null"}]},
                },
            },
            "Tea": {
                "type": "object",
                "required": ["id", "season"],
                "properties": {
                    "id": {"type": "string"},
                    "season": {"enum": ["spring", "autumn"]},
                    "picked": {"type": "array", "items": {"type": "integer"}},
                },
            },
        }
    },
}


def post(document: Json) -> Json:
    part: Json = document["paths"]["/teas"]["post"]
    return part


def request_schema(document: Json) -> Json:
    part: Json = document["components"]["schemas"]["TeaIn"]
    return part


def response_schema(document: Json) -> Json:
    part: Json = document["components"]["schemas"]["Tea"]
    return part


BREAKING: list[tuple[Callable[[Json], Any], str]] = [
    (lambda d: d["paths"].clear(), "POST /teas is gone"),
    (lambda d: post(d).update({"x-roles": ["admin"]}), "POST /teas is for admin only"),
    (lambda d: post(d).update(parameters=[]), "POST /teas takes no query parameter kind any more"),
    (lambda d: post(d)["parameters"][0].update(required=True), "POST /teas needs the query parameter kind"),
    (lambda d: post(d)["parameters"][0]["schema"].update(maxLength=3), "POST /teas: kind maxLength was 9, is 3"),
    (lambda d: post(d)["responses"].pop("201"), "POST /teas no longer responds with 201"),
    (lambda d: request_schema(d)["required"].append("season"), "POST /teas: season is needed"),
    (lambda d: request_schema(d)["properties"].pop("season"), "POST /teas: season is gone"),
    (lambda d: request_schema(d)["properties"]["season"]["enum"].pop(), 'POST /teas: season is no longer "autumn"'),
    (
        lambda d: request_schema(d)["properties"]["name"].update(minLength=2),
        "POST /teas: name minLength was None, is 2",
    ),
    (lambda d: response_schema(d)["properties"].pop("id"), "POST /teas: id is gone"),
    (lambda d: response_schema(d)["required"].remove("id"), "POST /teas: id may be missing"),
    (
        lambda d: response_schema(d)["properties"]["season"]["enum"].append("winter"),
        'POST /teas: season may be "winter"',
    ),
    (
        lambda d: response_schema(d)["properties"]["picked"]["items"].update(type="number"),
        "POST /teas: picked[] may be number",
    ),
]
ADDING: list[tuple[Callable[[Json], Any], str]] = [
    (lambda d: d["paths"].update({"/cups": {"get": post(BEFORE)}}), "GET /cups is new"),
    (lambda d: post(d).update({"x-roles": ["grower", "shop"]}), "POST /teas is for shop too"),
    (lambda d: post(d)["responses"].update({"409": {}}), "POST /teas responds with 409"),
    (lambda d: request_schema(d)["properties"].update(note={"type": "string"}), "POST /teas: note is new"),
    (
        lambda d: request_schema(d)["properties"]["season"]["enum"].append("winter"),
        'POST /teas: season may be "winter"',
    ),
    (
        lambda d: request_schema(d)["properties"]["name"].update(maxLength=40),
        "POST /teas: name maxLength was 20, is 40",
    ),
    (lambda d: response_schema(d)["properties"].update(note={"type": "string"}), "POST /teas: note is new"),
    (lambda d: response_schema(d)["properties"]["season"]["enum"].pop(), 'POST /teas: season is no longer "autumn"'),
]


def reported(change: Callable[[Json], Any]) -> list[tuple[bool, str]]:
    after = copy.deepcopy(BEFORE)
    change(after)
    return [(one.breaks, f"{one.where} {one.text}") for one in api_changes.changes(BEFORE, after)]


@pytest.mark.parametrize("case", BREAKING, ids=lambda case: case[1])
def test_breaking_change_is_reported(case: tuple[Callable[[Json], Any], str]) -> None:
    assert (True, case[1]) in reported(case[0])


@pytest.mark.parametrize("case", ADDING, ids=lambda case: case[1])
def test_other_change_is_not_breaking(case: tuple[Callable[[Json], Any], str]) -> None:
    assert reported(case[0]) == [(False, case[1])]


def test_published_document_has_no_change_against_itself() -> None:
    document = json.loads(OPENAPI.read_text("utf-8"))
    assert api_changes.changes(document, document) == []
    assert len(api_changes.changes(document, {"paths": {}, "components": {"schemas": {}}})) > 100


def test_unknown_revision_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert api_changes.main(["--base", "no-such-revision"]) == 2
    assert "no-such-revision" in capsys.readouterr().err


def test_without_a_tag_the_last_commit_is_the_base(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_changes, "last_tag", lambda: None)
    monkeypatch.setattr(api_changes, "document_at", lambda revision: {"paths": {}, "components": {"schemas": {}}})
    assert api_changes.main([]) == 0, "every operation is new"
    said = capsys.readouterr()
    assert "no tag" in said.err
    assert said.out.endswith("other changes since HEAD\n")
