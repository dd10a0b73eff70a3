"""HTTP routes of the service itself: health, version, OpenAPI."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, TextResponse, route
from chalicelib.core.errors import Problem
from chalicelib.core.settings import settings
from chalicelib.core.version import VERSION
from chalicelib.service import response_types
from chalicelib.store import AccountsRecord, TasksRecord, WalletRecord

blueprint = Blueprint(__name__)
_CACHED = {"Cache-Control": "public, max-age=300"}
_TABLES = {"wallet": WalletRecord, "tasks": TasksRecord, "accounts": AccountsRecord}


@route(blueprint, "GET", "/v1/health", roles=None, response=response_types.Health, client="service.health")
def health(request: ApiRequest) -> response_types.Health:
    """Liveness: one read of each table; 503 names the tables that cannot be read."""
    checks: dict[str, str] = {}
    for name, table in _TABLES.items():
        try:
            table.find("health", "check", consistent=False)
            checks[name] = "ok"
        except Exception as error:  # health reports every failure of a dependency
            checks[name] = type(error).__name__
    if failed := [name for name, state in checks.items() if state != "ok"]:
        raise Problem("upstream_unavailable", f"Does not answer: {', '.join(failed)}.", checks=checks)
    return {"status": "ok", "checks": checks}


@route(blueprint, "GET", "/v1/version", roles=None, response=response_types.Version, client="service.version")
def version(request: ApiRequest) -> response_types.Version:
    """Version, stage and the grading methodology in force."""
    from chalicelib.grading.model.methodology import in_force

    return {"version": VERSION, "stage": settings().stage, "methodology_version": in_force().version}


@route(blueprint, "GET", "/openapi.json", roles=None, media_types=("application/json",), client="service.openapi")
def openapi(request: ApiRequest) -> TextResponse:
    """This API in OpenAPI 3.1."""
    return TextResponse(_openapi(), "application/json", headers=_CACHED)


@cache
def _openapi() -> str:
    """Return openapi.json, which `make docs` writes beside this module."""
    return Path(__file__).with_name("openapi.json").read_text("utf-8")
