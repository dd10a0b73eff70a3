"""The application object: Chalice with HEAD, OPTIONS and CORS, and with problem documents as error responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Chalice

from chalicelib.api import cors, problems
from chalicelib.core import json_format
from chalicelib.core.errors import TABLE

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

    def __call__(self, event: Any, context: Any) -> Any:
        request = event.get("requestContext") or {}
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
