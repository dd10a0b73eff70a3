"""The HTTP API in process, for tests and benches."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalice.test import Client, HTTPResponse

from testing.in_force import contract_in_force, iam_in_force, staff_decisions


def _media_type(response: HTTPResponse) -> str:
    return next((text for name, text in response.headers.items() if name.lower() == "content-type"), "")


class Api:
    """The HTTP API in process, through chalice's test client; `as_` gives the same API to another caller."""

    def __init__(self, http: Any, token: str | None = None) -> None:
        self._http = http
        self._token = token

    def as_(self, sub: str, *groups: str, **more: str) -> Api:
        """Return the API for the user with this id, these groups and `more` claims of the token."""
        claims = {"sub": sub, "cognito:username": sub, "cognito:groups": ",".join(groups), "token_use": "id", **more}
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return Api(self._http, f"Bearer e30.{payload}.unsigned")

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> HTTPResponse:
        if method == "POST" and isinstance(body, dict):
            body = staff_decisions.as_read(path, body)
        sent = {"Content-Type": "application/json", **(headers or {})}
        if self._token:
            sent["Authorization"] = self._token
        if key is not None:
            sent["Idempotency-Key"] = key
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        with iam_in_force.running("APIHandler"):
            response: HTTPResponse = self._http.request(method, path, headers=sent, body=data)
        contract_in_force.check_response(method, path, response.status_code, _media_type(response), response.body)
        return response

    def get(self, path: str, **options: Any) -> HTTPResponse:
        return self.request("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> HTTPResponse:
        return self.request("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> HTTPResponse:
        return self.request("PUT", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> HTTPResponse:
        return self.request("PATCH", path, body, **options)


@contextmanager
def served_api() -> Iterator[Api]:
    """The API without a caller; `api.as_("sub", "advertiser")` is one with."""
    import warnings

    from app import app

    with warnings.catch_warnings():
        # chalice says, per call, that its test client does not enforce Cognito; tests/e2e does.
        warnings.filterwarnings("ignore", message=".*is not a supported in local mode.*")
        with Client(app) as client:
            yield Api(client.http)
