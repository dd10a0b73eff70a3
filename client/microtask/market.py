"""The market: its resources, and what goes beside them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from microtask.errors import Unreachable
from microtask.resources import Resources
from microtask.tokens import TokenSource, fixed
from microtask.transport import Transport
from microtask.types import UploadForm

Answer = TypeVar("Answer")


class Market(Resources):
    """A market at `url`, for a caller with a token (an id token, or a source of them such as CognitoUser) or for anybody.

    `tries`, `timeout_seconds`: see Transport. Every call raises Refused (see errors) or Unreachable."""

    def __init__(
        self,
        url: str,
        token: str | TokenSource | None = None,
        *,
        tries: int = 5,
        timeout_seconds: float = 35,
        transport: Transport | None = None,
    ) -> None:
        source = fixed(token) if isinstance(token, str) else token
        self.transport = transport or Transport(url, source, tries=tries, timeout_seconds=timeout_seconds)
        super().__init__(self.transport)

    @property
    def url(self) -> str:
        return self.transport.url

    def get(self, path: str) -> Any:
        """The JSON of any path, for what has no method yet."""
        return self.transport.send("GET", path).json()

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """The JSON of a POST to any path, with an Idempotency-Key."""
        return self.transport.send("POST", path, body=body, key=key, keyed=True).json()

    def upload(self, form: UploadForm, content: bytes, name: str = "file") -> None:
        """Sends a file by the form of `pictures.announce` or `ledger.announce_settlement`. Raises Unreachable if it is refused."""
        fields: dict[str, Any] = {**form["fields"], "file": (name, content)}
        answer = self.transport.http.request("POST", form["url"], fields=fields, redirect=False)
        if answer.status >= 300:
            raise Unreachable(f"The store refuses the file: {answer.status}")

    def download(self, url: str) -> bytes:
        """What lies behind a link of `exports.make` or of a picture. Raises Unreachable if it does not work any more."""
        answer = self.transport.http.request("GET", url)
        if answer.status != 200:
            raise Unreachable(f"The link does not work: {answer.status}")
        return answer.data

    def wait_for(
        self, ask: Callable[[], Answer], done: Callable[[Answer], bool], *, seconds: float = 60, every: float = 0.3
    ) -> Answer:
        """The first answer of `ask()` that is `done`. Raises TimeoutError with the last one."""
        deadline = time.monotonic() + seconds
        while True:
            answer = ask()
            if done(answer):
                return answer
            if time.monotonic() > deadline:
                raise TimeoutError(f"still {str(answer)[:600]}")
            self.transport.sleep(every)
