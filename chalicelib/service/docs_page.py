"""The page that lists the operations of the API, made from openapi.json. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from chalicelib.html.markup import Html, element
from chalicelib.html.page_frame import page, section


def docs_page(openapi: str) -> str:
    """Return the page for an OpenAPI document: method, path and summary of each operation, grouped by tag."""
    document: dict[str, Any] = json.loads(openapi)
    groups: defaultdict[str, list[Html]] = defaultdict(list)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = element("code", f"{method.upper()} {path}")
            groups[operation["tags"][0]].append(element("li", name, element("br"), operation["summary"]))
    title = f"{document['info']['title']} API {document['info']['version']}"
    link = element("a", "openapi.json", href="openapi.json")
    return page(
        title,
        "en",
        element("header", element("h1", title), element("p", document["info"]["description"]), element("p", link)),
        *(section(tag, element("ul", *items)) for tag, items in sorted(groups.items())),
    )
