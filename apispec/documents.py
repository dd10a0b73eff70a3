"""Writes the documents that are made from the program: `make docs`. Tests compare them with what is committed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.package import ROOT

API = ROOT / "docs" / "reference" / "api.md"
LIFECYCLE = ROOT / "docs" / "reference" / "lifecycle.md"
OPENAPI = ROOT / "chalicelib" / "service" / "openapi.json"
CLIENT_TYPES = ROOT / "client" / "microtask" / "types.py"
CLIENT_RESOURCES = ROOT / "client" / "microtask" / "resources.py"

_HEAD = """# API

Made by `make docs` from the routes the program serves; do not edit.

JSON, snake_case; times RFC 3339 in UTC, durations ISO 8601, money `{"amount": 500000, "currency": "CNY"}` in minor units. Send
`Authorization: Bearer <id token>` of the stage's Cognito user pool; `admin` may do what any role may. Lists are
`{"data": [...], "next_cursor": "..."}` with `?limit=` (1-100) and `?cursor=`. Where the key column says so, a POST needs an
`Idempotency-Key`: the same key and body again get the first answer with `Idempotency-Replayed: true`. Errors are
`application/problem+json`, see [errors.md](errors.md). What belongs to others answers 404.

| method | path | who | key | what |
|---|---|---|---|---|
"""


def api() -> str:
    """docs/reference/api.md: every route, sorted by path."""
    from chalicelib.api import ROUTES

    lines = []
    for route in sorted(ROUTES, key=lambda route: (route.path, route.method)):
        who = "public" if route.roles is None else ", ".join(route.roles) or "all callers"
        key = "needed" if route.key_required else ""
        lines.append(f"| {route.method} | `{route.path}` | {who} | {key} | {route.summary} |\n")
    return _HEAD + "".join(lines)


def openapi() -> str:
    """chalicelib/service/openapi.json."""
    from apispec.openapi import document
    from chalicelib.api import ROUTES

    return json.dumps(document(ROUTES), ensure_ascii=False, separators=(",", ":")) + "\n"


def client_types() -> str:
    """client/microtask/types.py."""
    from apispec.client_generator import types
    from apispec.openapi import document
    from chalicelib.api import ROUTES

    return _formatted(types(document(ROUTES)))


def client_resources() -> str:
    """client/microtask/resources.py."""
    from apispec.client_generator import client_names, resources
    from apispec.openapi import document
    from chalicelib.api import ROUTES

    return _formatted(resources(document(ROUTES), client_names(ROUTES)))


def _formatted(source: str) -> str:
    for command in (["check", "--fix", "--exit-zero", "--quiet"], ["format", "--quiet"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(CLIENT_TYPES), "-"],
            input=source,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        source = done.stdout
    return source


def _import_app() -> None:
    """The routes exist once app.py is imported; it wants a deployment's names, any will do."""
    from dataclasses import fields

    from chalicelib.core.settings import Settings

    for field in fields(Settings):
        os.environ.setdefault(field.name.upper(), "documents")
    os.environ.setdefault("AWS_REGION", "ap-east-1")
    import app

    assert app.app.routes


def write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    print(f"  ✓ {path.relative_to(ROOT)}")


if __name__ == "__main__":
    _import_app()
    from chalicelib.tasks.model import lifecycle

    write(API, api())
    write(LIFECYCLE, lifecycle.rendered())
    write(OPENAPI, openapi())
    write(CLIENT_TYPES, client_types())
    write(CLIENT_RESOURCES, client_resources())
