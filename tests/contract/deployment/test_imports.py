"""Imports of a cold start, in a fresh process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from apispec import documents
from app import WITHOUT_REQUESTS, app
from chalicelib.api.application import MODULES_OF_PATHS

ROOT = Path(__file__).parents[3]
LATE = {
    "boto3": "botocore is enough",
    "requests": "python-alipay-sdk brings it",
    "alipay": "imported by the first use of Alipay",
    "OpenSSL": "imported by the first use of Alipay",
    "cryptography": "imported by the first use of Alipay",
    "aws_xray_sdk": "the runtime traces functions without it",
    "aws_lambda_powertools.event_handler": "chalice does the routing",
    "aws_lambda_powertools.utilities.parser": "pydantic is used directly",
    "fastapi": "a peer of bench/",
    "moto": "used by tests",
    "numpy": "used by fit",
    "asyncio": "the program is synchronous",
}
"""Modules that must not be imported at start, and why."""


MODULES_MAX = 260
"""The most modules of ours that a function without requests imports (245 on 2026-11-28); with the routes it is more than 350."""

AT_START_MAX = 50
"""The most modules of ours that the function that serves requests imports before its first request."""


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """Return the modules of a process that has imported app.py, as every Lambda does."""
    code = "import json, sys, app; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_app_imports_its_libraries(imported: set[str]) -> None:
    assert {"app", "chalicelib.api.routing", "pynamodb", "pydantic", "aws_lambda_powertools"} <= imported


@pytest.mark.parametrize("name", LATE)
def test_module_is_not_imported_at_start(imported: set[str], name: str) -> None:
    assert name not in imported, LATE[name]


def test_no_model_is_built_at_start() -> None:
    code = (
        "import app; from chalicelib.api import ROUTES; "
        "models = [m for route in ROUTES for m in (route.request, route.query) if m]; "
        "print(len(models), [m.__name__ for m in models if m.__pydantic_complete__])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True)
    number, _, built = done.stdout.strip().partition(" ")
    assert int(number) > 50, done.stderr
    assert built == "[]", "Body and Query defer it (chalicelib/api)"


def _started(function: str, code: str, **environment: str) -> list[Any]:
    """Return what the code prints as JSON in a new process of this Lambda, after `import app`."""
    settings = {**os.environ, "AWS_LAMBDA_FUNCTION_NAME": f"microtask-market-{function}-1A2B3C", **environment}
    done = subprocess.run(
        [sys.executable, "-c", f"import json, sys, app; {code}"], cwd=ROOT, env=settings, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_requests_import_the_routes_of_their_path() -> None:
    event = {
        "requestContext": {"resourcePath": "/v1/version", "httpMethod": "GET", "path": "/v1/version", "identity": {}},
        "headers": {},
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }
    code = (
        "before, modules = list(app.app.routes), len([name for name in sys.modules if name.startswith('chalicelib.')]); "
        f"event = {event!r}; response = app.app(event, None); "
        "unknown = app.app({**event, 'requestContext': {**event['requestContext'], 'resourcePath': '/v2'}}, None); "
        "served = sorted(path for path, methods in app.app.routes.items() if methods); "
        "print(json.dumps([before, modules, response['statusCode'], unknown['statusCode'], served]))"
    )
    before, modules, status, unknown, after = _started("APIHandler", code, SANDBOX="off")
    assert (before, status) == ([], 200)
    assert modules <= AT_START_MAX
    assert unknown >= 400
    assert after == ["/openapi.json", "/v1/health", "/v1/version"]


def test_all_routes_are_imported_before_requests_wait() -> None:
    paths = sorted(json.loads(MODULES_OF_PATHS.read_bytes()))
    for kind in ("provisioned-concurrency", "snap-start"):
        assert paths == _started(
            "APIHandler", "print(json.dumps(sorted(app.app.routes)))", AWS_LAMBDA_INITIALIZATION_TYPE=kind
        )


def test_each_path_names_the_modules_that_declare_it() -> None:
    assert MODULES_OF_PATHS.read_text("utf-8") == documents.modules_of_paths(), "`make docs` writes it anew"


def test_every_function_but_that_of_requests_imports_no_routes() -> None:
    names = {str(getattr(function, "name", "")) for function in [*app.pure_lambda_functions, *app.event_sources]}
    assert {"".join(part.capitalize() for part in name.split("_")) for name in names} == set(WITHOUT_REQUESTS)


@pytest.mark.parametrize("name", WITHOUT_REQUESTS)
def test_functions_without_requests_import_no_routes(name: str) -> None:
    code = "import json, sys, app; print(json.dumps([len(app.app.routes), *sorted(sys.modules)]))"
    environment = {**os.environ, "AWS_LAMBDA_FUNCTION_NAME": f"microtask-market-{name}-1A2B3C"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    routes, *modules = json.loads(done.stdout)
    assert routes == 0
    assert [module for module in modules if module.startswith("chalicelib.") and module.endswith("routes")] == []
    assert sum(module.startswith("chalicelib.") for module in modules) <= MODULES_MAX
