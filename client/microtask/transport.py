"""Sending a request until it is answered: repeats what can be repeated, with patience and within bounds."""

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
"""Methods that do the same however often they are sent; a POST does with an Idempotency-Key."""


@dataclass(frozen=True)
class Received:
    """An answer that is no refusal."""

    status: int
    headers: Any
    data: bytes

    def json(self) -> Any:
        """The document; None if there is none."""
        return json.loads(self.data) if self.data else None


@dataclass
class Transport:
    """Speaks to the market at `url`. A request is tried `tries` times at most, each for `timeout_seconds` at most; between two lie
    0.2 s, 0.4 s, … and as much again by chance, or what Retry-After says if that is not over `patience_seconds`."""

    url: str
    token: TokenSource | None = None
    tries: int = 5
    timeout_seconds: float = 35
    patience_seconds: float = 30
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
        """What the market answers, redirects not followed. `keyed`: a fresh Idempotency-Key is made if `key` names none; all tries
        of this call have the same. Raises Refused, Unreachable."""
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
        url = path if path.startswith(f"{base}/") else base + path  # a link of a response leads to the market itself
        url += f"?{urlencode(parameters)}" if parameters else ""
        return self._tried(method, url, sent, data, repeatable=method in SAFE or key is not None)

    def _tried(self, method: str, url: str, headers: dict[str, str], data: bytes | None, repeatable: bool) -> Received:
        renew = renewed = False
        for attempt in range(self.tries):
            last = attempt == self.tries - 1
            if self.token is not None:
                headers["Authorization"] = f"Bearer {self.token(renew)}"
            try:
                answer = self.http.request(
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
                self._rest(attempt, None)
                continue
            renew = answer.status == 401 and self.token is not None and not renewed
            if renew and not last:
                renewed = True
                continue
            if answer.status in REPEATED and not last and (repeatable or answer.status == 429):
                wait = _seconds(answer.headers.get("Retry-After"))
                if wait is None or wait <= self.patience_seconds:
                    self._rest(attempt, wait)
                    continue
            if answer.status >= 400:
                raise refusal(_problem(answer), answer.headers.get("X-Request-Id"))
            return Received(answer.status, answer.headers, answer.data)
        raise AssertionError("the last try answers or raises")

    def _rest(self, attempt: int, wait: float | None) -> None:
        pause = 0.2 * 2**attempt
        self.sleep((pause if wait is None else wait) + random.uniform(0, pause))  # noqa: S311 - only to spread callers


def _seconds(header: str | None) -> float | None:
    try:
        return None if header is None else max(0.0, float(header))
    except ValueError:
        return None


def _problem(answer: Any) -> dict[str, Any]:
    """The problem document; of whatever else stands between us and the market, one that says so."""
    try:
        document = json.loads(answer.data)
    except ValueError:
        document = None
    if isinstance(document, dict) and "status" in document:
        return document
    said = answer.data[:200].decode(errors="replace")
    return {"status": answer.status, "code": "", "detail": f"An answer that is not the market's: {said}"}
