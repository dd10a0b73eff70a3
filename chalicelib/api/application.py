"""The application object: Chalice with HEAD, OPTIONS and CORS, and with problem documents as error responses."""

from __future__ import annotations

import gc
import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from chalice.app import Chalice, Request, Response, RouteEntry

from chalicelib.api import cors, problems
from chalicelib.core import json_format
from chalicelib.core.errors import TABLE
from chalicelib.core.settings import settings

MODULES_OF_PATHS = Path(__file__).with_name("modules_of_paths.generated.json")
"""The modules that declare the routes of each path. `make docs` writes it from the declared routes."""


class Market(Chalice):
    """Chalice in which every refusal is a problem document, or one of our pages, with a request id.

    API Gateway sends every method of a known path here (infra/package.py). OPTIONS needs no token and reads nothing; a HEAD runs
    the GET and drops its body; a method that a path does not have is refused with 405 and `Allow`."""

    def __init__(self, app_name: str) -> None:
        super().__init__(app_name)
        self._on_demand: Mapping[str, Sequence[str]] = {}
        self._imported: set[str] = set()

    def import_on_demand(self) -> None:
        """Import and register the modules of a path with the first request to it, in place of all modules at start."""
        self._on_demand = json.loads(MODULES_OF_PATHS.read_bytes())

    def _import_routes(self, path: str) -> None:
        """Import and register the modules of the path that are not imported yet."""
        for name in self._on_demand.get(path, ()):
            if name not in self._imported:
                gc.disable()  # like app.py: imported modules are never garbage
                self.register_blueprint(import_module(name).blueprint)
                self._imported.add(name)
                gc.freeze()
                gc.enable()

    def register_middleware(self, func: Any, event_type: str = "all") -> None:
        """Raise TypeError: requests would not run it (see `_routed`)."""
        raise TypeError("Market runs no middleware; chalicelib.api.request_handling handles every request.")

    def __call__(self, event: Any, context: Any) -> Any:
        request = event.get("requestContext") or {}
        path, method = str(request.get("resourcePath")), str(request.get("httpMethod") or "")
        self._import_routes(path)
        methods = self.routes.get(path) or {}
        if method in methods:
            response = self._routed(methods[method], event, context)
        elif method == "OPTIONS" and methods:
            allowed = sorted({*methods, "OPTIONS"})
            preflight = cors.preflight(_origin(event), allowed)
            return _response(204, _request_id(request), {"Allow": ", ".join(allowed), **preflight}, "")
        else:
            response = _without_route(request, methods)
        if settings().origins:
            response["headers"] |= cors.headers(_origin(event))
        return {**response, "body": ""} if method == "HEAD" else response

    def _routed(self, entry: RouteEntry, event: Any, context: Any) -> dict[Any, Any]:
        """Return the response of a route.

        Chalice's own dispatcher also runs middleware and compares media types with binary ones. The market has neither, and they
        took almost half of the time of a request outside its view (bench.latency)."""
        self.lambda_context, self.current_request = context, Request(event, context)
        response: Response = entry.view_function(**{name: event["pathParameters"][name] for name in entry.view_args})
        return _gateway_response(response.status_code, response.headers, response.body)


def _without_route(request: Mapping[str, Any], methods: Mapping[str, RouteEntry]) -> dict[str, Any]:
    """Return the refusal of a method that a path does not have, or of an unknown path, which API Gateway does not send here."""
    code = "method_not_allowed" if methods else "not_found"
    request_id = _request_id(request)
    body = json_format.dumps(problems.document(code, TABLE[code].title + ".", request_id))
    allow = {"Allow": ", ".join(sorted({*methods, "OPTIONS"}))} if methods else {}
    return _response(TABLE[code].status, request_id, {**allow, "Content-Type": problems.MEDIA_TYPE}, body)


def _response(status: int, request_id: str, headers: dict[str, str], body: str) -> dict[str, Any]:
    return _gateway_response(status, {**problems.SECURITY_HEADERS, "X-Request-Id": request_id, **headers}, body)


def _gateway_response(status: int, headers: Mapping[str, Any], body: str) -> dict[str, Any]:
    """Return a response as API Gateway expects it from a function; no header of ours is sent more than once."""
    return {"statusCode": status, "headers": headers, "multiValueHeaders": {}, "body": body}


def _request_id(request: Any) -> str:
    return str(request.get("requestId") or "")


def _origin(event: Mapping[str, Any]) -> str | None:
    return next((str(text) for name, text in (event.get("headers") or {}).items() if name.lower() == "origin"), None)
