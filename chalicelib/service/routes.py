"""About the service itself: is it alive, which version is it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from chalice.app import Blueprint

from chalicelib.api import HTML, ApiRequest, TextResponse, route
from chalicelib.core.errors import Problem
from chalicelib.core.settings import settings
from chalicelib.core.version import VERSION
from chalicelib.service import responses
from chalicelib.store import AccountsRecord, TasksRecord, WalletRecord

blueprint = Blueprint(__name__)
_TABLES = {"wallet": WalletRecord, "tasks": TasksRecord, "accounts": AccountsRecord}


@route(blueprint, "GET", "/v1/health", roles=None, response=responses.Health, client="service.health")
def health(request: ApiRequest) -> dict[str, Any]:
    """Liveness: one read of each table; 503 names what does not answer."""
    checks: dict[str, str] = {}
    for name, table in _TABLES.items():
        try:
            table.find("health", "check", consistent=False)
            checks[name] = "ok"
        except Exception as error:  # whatever is wrong with a dependency, health reports it and does not fail
            checks[name] = type(error).__name__
    if silent := [name for name, state in checks.items() if state != "ok"]:
        raise Problem("upstream_unavailable", f"Does not answer: {', '.join(silent)}.", checks=checks)
    return {"status": "ok", "checks": checks}


@route(blueprint, "GET", "/v1/version", roles=None, response=responses.Version, client="service.version")
def version(request: ApiRequest) -> dict[str, Any]:
    """Version, stage and the grading methodology in force."""
    from chalicelib.grading.model.methodology import in_force

    return {"version": VERSION, "stage": settings().stage, "methodology_version": in_force().version}


@route(blueprint, "GET", "/openapi.json", roles=None, media_types=("application/json",), client="service.openapi")
def openapi(request: ApiRequest) -> TextResponse:
    """This API in OpenAPI 3.1."""
    return TextResponse(_written("openapi.json"), "application/json", headers={"Cache-Control": "public, max-age=300"})


@route(blueprint, "GET", "/docs", roles=None, media_types=("text/html",), client="service.docs")
def docs(request: ApiRequest) -> TextResponse:
    """This API for people, on one page."""
    headers = {
        "Cache-Control": "public, max-age=300",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    }
    return TextResponse(_written("docs.html"), HTML, headers=headers)


@cache
def _written(name: str) -> str:
    """A file that `make docs` wrote beside this module."""
    return Path(__file__).with_name(name).read_text("utf-8")
