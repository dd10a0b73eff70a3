"""About the service itself: is it alive, which version is it."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.api.routing import Answer, Call, route
from chalicelib.settings import deployment
from chalicelib.store import AccountsRecord, TasksRecord, WalletRecord
from chalicelib.version import VERSION

blueprint = Blueprint(__name__)
_TABLES = {"wallet": WalletRecord, "tasks": TasksRecord, "accounts": AccountsRecord}


@route(blueprint, "GET", "/v1/health", roles=None)
def health(call: Call[None]) -> Answer:
    """Liveness: one read of each table; 503 names what does not answer."""
    checks: dict[str, str] = {}
    for name, table in _TABLES.items():
        try:
            table.find("health", "check", consistent=False)
            checks[name] = "ok"
        except Exception as error:  # whatever is wrong with a dependency, health reports it and does not fail
            checks[name] = type(error).__name__
    healthy = all(state == "ok" for state in checks.values())
    return Answer({"status": "ok" if healthy else "degraded", "checks": checks}, 200 if healthy else 503)


@route(blueprint, "GET", "/v1/version", roles=None)
def version(call: Call[None]) -> dict[str, Any]:
    """Version, stage and the grading methodology in force."""
    from chalicelib.grading.methodology import in_force

    return {"version": VERSION, "stage": deployment().stage, "methodology_version": in_force().version}
