"""The published API is what the program serves, and what is served is what is published."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.api import ROUTES
from chalicelib.errors import TABLE
from infra import documents, package
from tests.conftest import Api

PUBLISHED: dict[str, Any] = json.loads(documents.OPENAPI.read_text("utf-8"))
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in PUBLISHED["paths"].items()
    for method, operation in methods.items()
]


@pytest.fixture(scope="module", autouse=True)
def routes() -> None:
    import app

    assert app.app.routes


def test_the_published_documents_are_up_to_date() -> None:
    assert documents.OPENAPI.read_text("utf-8") == documents.openapi(), "`make docs` writes it anew"
    assert documents.PAGE.read_text("utf-8") == documents.page(), "`make docs` writes it anew"


def test_every_route_is_an_operation_and_the_other_way_round() -> None:
    import app

    served = {(method, path) for path, methods in app.app.routes.items() for method in methods}
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
        assert keys == ([route.needs_key] if method == "POST" and route.roles is not None else []), path
        assert ("requestBody" in operation) == (route.body is not None), path
        assert ("401" in operation["responses"]) == (route.roles is not None), path
        assert ("403" in operation["responses"]) == bool(route.roles), path


def test_every_reference_leads_somewhere_and_every_code_is_in_the_table() -> None:
    text = json.dumps(PUBLISHED)
    for name in re.findall(r'"#/components/schemas/([^"]+)"', text):
        assert name in PUBLISHED["components"]["schemas"], name
    assert set(PUBLISHED["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]) == set(TABLE)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        found = dict(attrs)
        self.links += [str(found[name]) for name in ("href", "src") if name in found]
        if "id" in found:
            self.anchors.add(str(found["id"]))


def test_the_page_needs_no_script_and_no_other_host() -> None:
    page = _Page()
    page.feed(documents.PAGE.read_text("utf-8"))
    assert not {"script", "link", "img", "iframe"} & page.tags
    assert {link for link in page.links if not link.startswith("#")} == {"openapi.json"}
    assert {link[1:] for link in page.links if link.startswith("#")} <= page.anchors


def test_both_are_served_to_anybody_and_packaged(api: Api) -> None:
    assert api.get("/openapi.json").json_body == PUBLISHED
    page = api.get("/docs")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.body.decode() == documents.PAGE.read_text("utf-8")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for path in (documents.OPENAPI, documents.PAGE):
        assert (package.ROOT / "chalicelib") in path.parents, "what lies there is packaged"
