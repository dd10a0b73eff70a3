"""A caller of the HTTP API: a token, and one method that sends JSON and says what came back."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

RETRIED = {502, 503, 504}
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"


class Refusal(Exception):
    """The API answered with a problem document."""

    def __init__(self, method: str, path: str, problem: dict[str, Any]) -> None:
        super().__init__(f"{method} {path}: {problem.get('status')} {problem.get('code')}: {problem.get('detail')}")
        self.problem = problem
        self.code = problem.get("code")
        self.status = problem.get("status")


@dataclass(frozen=True)
class Caller:
    """Somebody who uses the API at `url`, with an id token or without."""

    url: str
    token: str | None = None
    name: str = "anybody"

    def as_(self, name: str, token: str) -> Caller:
        return replace(self, name=name, token=token)

    def get(self, path: str) -> Any:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        return self.send("POST", path, body, key=key or str(uuid4()))

    def send(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, headers: dict[str, str] | None = None
    ) -> Any:
        """The answer's JSON. Raises Refusal for 4xx and 5xx; a gateway that is briefly away (502-504, no connection) is
        asked again: GETs and requests with a key are safe to repeat."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if key:
            sent["Idempotency-Key"] = key
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        for attempt in range(5):
            request = urllib.request.Request(self.url + path, data=data, headers=sent, method=method)  # noqa: S310
            try:
                with urllib.request.urlopen(request, timeout=40) as response:  # noqa: S310 - our own http(s) URL
                    return json.loads(response.read() or b"null")
            except urllib.error.HTTPError as error:
                text = error.read()
                try:
                    problem = json.loads(text)
                except ValueError:
                    problem = {"status": error.code, "detail": text[:200].decode(errors="replace")}
                if error.code not in RETRIED or attempt == 4:
                    raise Refusal(method, path, problem) from None
            except (urllib.error.URLError, ConnectionError):
                if attempt == 4:
                    raise
            time.sleep(0.3 * 2**attempt)
        raise AssertionError("unreachable")

    def led_to(self, link: str) -> tuple[int, str]:
        """What a reader's browser is answered when it opens the link: the status and where it leads."""
        address = urlsplit(link)
        connection = HTTPConnection if address.scheme == "http" else HTTPSConnection
        asked = connection(address.netloc, timeout=40)
        try:
            asked.request("GET", address._replace(scheme="", netloc="").geturl(), headers={"User-Agent": BROWSER})
            answer = asked.getresponse()
            return answer.status, answer.headers.get("Location", "")
        finally:
            asked.close()

    def wait_for(self, path: str, done: Callable[[Any], bool], *, seconds: float = 60) -> Any:
        """The first answer of GET `path` that is `done`. Raises TimeoutError with the last one."""
        deadline = time.monotonic() + seconds
        while True:
            answer = self.get(path)
            if done(answer):
                return answer
            if time.monotonic() > deadline:
                raise TimeoutError(f"GET {path} is still {json.dumps(answer, ensure_ascii=False)[:600]}")
            time.sleep(0.3)
