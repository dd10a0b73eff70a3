"""HTTP transport: repeats failed requests where that is safe, a bounded number of times."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import urllib3

from microtask.errors import Unreachable, refusal
from microtask.tokens import TokenSource
from microtask.values import dumps, text

REPEATED = {429, 502, 503, 504}
SAFE = {"GET", "PUT", "DELETE"}
"""Idempotent methods; a POST is idempotent with an Idempotency-Key."""


@dataclass(frozen=True)
class Received:
    """A response without an error."""

    status: int
    headers: Any
    data: bytes

    def json(self) -> Any:
        """Return the JSON document; None without one."""
        return json.loads(self.data) if self.data else None


@dataclass
class Transport:
    """Send requests to the market at `url`. A request is tried at most `tries` times, each for at most `timeout_seconds`, with
    pauses of 0.2 s, 0.4 s, … plus up to as much at random, or of Retry-After if that is at most `retry_after_max_seconds`."""

    url: str
    token: TokenSource | None = None
    tries: int = 5
    timeout_seconds: float = 35
    retry_after_max_seconds: float = 30
    sleep: Callable[[float], None] = time.sleep
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=16))

    def send(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        accept: str | None = None,
        key: str | None = None,
        keyed: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Received:
        """Return the response; redirects are not followed. `keyed`: a fresh Idempotency-Key is used if `key` is None; all tries of
        the request have the same. Raise Refused or Unreachable."""
        if keyed and key is None:
            key = str(uuid4())
        sent = {"Content-Type": content_type, **(headers or {})}
        if accept:
            sent["Accept"] = accept
        if key is not None:
            sent["Idempotency-Key"] = key
        data = body if isinstance(body, bytes) or body is None else dumps(body)
        parameters = [(name, text(value)) for name, value in (query or {}).items()]
        base = self.url.rstrip("/")
        url = (
            path if path.startswith(f"{base}/") else base + path
        )  # a link of a response is an absolute URL of the market
        url += f"?{urlencode(parameters)}" if parameters else ""
        return self._tried(method, url, sent, data, repeatable=method in SAFE or key is not None)

    def _tried(self, method: str, url: str, headers: dict[str, str], data: bytes | None, repeatable: bool) -> Received:
        renew = renewed = False
        for attempt in range(self.tries):
            last = attempt == self.tries - 1
            if self.token is not None:
                headers["Authorization"] = f"Bearer {self.token(renew)}"
            try:
                response = self.http.request(
                    method,
                    url,
                    body=data,
                    headers=headers,
                    redirect=False,
                    retries=False,
                    timeout=urllib3.Timeout(total=self.timeout_seconds),
                )
            except urllib3.exceptions.HTTPError as error:
                if last or not (repeatable or isinstance(error, urllib3.exceptions.NewConnectionError)):
                    raise Unreachable(f"{method} {url.partition('?')[0]}: {error}") from error
                self._pause(attempt, None)
                continue
            renew = response.status == 401 and self.token is not None and not renewed
            if renew and not last:
                renewed = True
                continue
            if response.status in REPEATED and not last and (repeatable or response.status == 429):
                wait = _seconds(response.headers.get("Retry-After"))
                if wait is None or wait <= self.retry_after_max_seconds:
                    self._pause(attempt, wait)
                    continue
            if response.status >= 400:
                raise refusal(_problem(response), response.headers.get("X-Request-Id"))
            return Received(response.status, response.headers, response.data)
        raise AssertionError("the last try returns or raises")

    def _pause(self, attempt: int, wait: float | None) -> None:
        pause = 0.2 * 2**attempt
        self.sleep((pause if wait is None else wait) + random.uniform(0, pause))  # noqa: S311 - spreads the retries of many clients


def _seconds(header: str | None) -> float | None:
    try:
        return None if header is None else max(0.0, float(header))
    except ValueError:
        return None


def _problem(response: Any) -> dict[str, Any]:
    """Return the problem document; for a response of a proxy before the market, one made from its status and text."""
    try:
        document = json.loads(response.data)
    except ValueError:
        document = None
    if isinstance(document, dict) and "status" in document:
        return document
    excerpt = response.data[:200].decode(errors="replace")
    return {"status": response.status, "code": "", "detail": f"The response is not from the market: {excerpt}"}
