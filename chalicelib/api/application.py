"""The application object: Chalice with HEAD, OPTIONS and CORS, and with problem documents as error responses."""

from __future__ import annotations

import gc
import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from chalice.app import Chalice

from chalicelib.api import cors, problems
from chalicelib.core import json_format
from chalicelib.core.errors import TABLE

MODULES_OF_PATHS = Path(__file__).with_name("modules_of_paths.generated.json")
"""The modules that declare the routes of each path. `make docs` writes it from the declared routes."""

_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
}


class Market(Chalice):
    """Chalice in which every response of 400 and above is a problem document, or one of our pages, with a request id.

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

    def __call__(self, event: Any, context: Any) -> Any:
        request = event.get("requestContext") or {}
        self._import_routes(str(request.get("resourcePath")))
        method, origin = str(request.get("httpMethod") or ""), _header(event.get("headers"), "origin")
        methods = self.routes.get(str(request.get("resourcePath")))
        if method == "OPTIONS" and methods:
            allowed = sorted({*methods, "OPTIONS"})
            headers = {"Allow": ", ".join(allowed), **cors.preflight(origin, allowed)}
            return _response(204, _request_id(request), headers, "")
        response = self._problem_or(super().__call__(event, context), request, methods)
        if added := cors.headers(origin):
            response = {**response, "headers": {**(response.get("headers") or {}), **added}}
        return {**response, "body": ""} if method == "HEAD" else response

    def _problem_or(self, response: Any, request: Any, methods: Mapping[str, Any] | None) -> Any:
        """Return the response, or a problem document in place of an error response of Chalice."""
        status = response.get("statusCode", 500)
        ours = (problems.MEDIA_TYPE, problems.HTML)
        if status < 400 or _header(response.get("headers"), "content-type") in ours:
            return response
        code = _CODES.get(status, "bad_request" if status < 500 else "internal_error")
        request_id = _request_id(request)
        body = json_format.dumps(problems.document(code, TABLE[code].title + ".", request_id))
        allow = {"Allow": ", ".join(sorted({*methods, "OPTIONS"}))} if status == 405 and methods else {}
        headers = {**allow, "Content-Type": problems.MEDIA_TYPE}
        return _response(TABLE[code].status, request_id, headers, body)


def _response(status: int, request_id: str, headers: dict[str, str], body: str) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {**problems.SECURITY_HEADERS, "X-Request-Id": request_id, **headers},
        "multiValueHeaders": {},
        "body": body,
    }


def _request_id(request: Any) -> str:
    return str(request.get("requestId") or "")


def _header(headers: Mapping[str, Any] | None, name: str) -> str | None:
    return next((str(text) for key, text in (headers or {}).items() if key.lower() == name), None)
