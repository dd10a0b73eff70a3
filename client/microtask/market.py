"""The market: its resources, uploads, downloads and waiting."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from microtask.errors import Unreachable
from microtask.resources import Resources
from microtask.tokens import TokenSource, fixed
from microtask.transport import Transport
from microtask.types import UploadForm

Result = TypeVar("Result")


class Market(Resources):
    """The market at `url`. `token`: an id token, or a source of tokens such as CognitoUser; public operations need none.

    `tries`, `timeout_seconds`: see Transport. Every operation can raise Refused (see errors) and Unreachable."""

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
        """Return the JSON of any path, for operations without a method."""
        return self.transport.send("GET", path).json()

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Return the JSON of a POST to any path, with an Idempotency-Key."""
        return self.transport.send("POST", path, body=body, key=key, keyed=True).json()

    def upload(self, form: UploadForm, content: bytes, name: str = "file") -> None:
        """Upload a file with the form of `pictures.announce` or `ledger.announce_settlement`. Raise Unreachable if it fails."""
        fields: dict[str, Any] = {**form["fields"], "file": (name, content)}
        response = self.transport.http.request("POST", form["url"], fields=fields, redirect=False)
        if response.status >= 300:
            raise Unreachable(f"The upload was refused with status {response.status}")

    def download(self, url: str) -> bytes:
        """Return the file behind a link of `exports.make` or of a picture. Raise Unreachable if the link has expired."""
        response = self.transport.http.request("GET", url)
        if response.status != 200:
            raise Unreachable(f"The link failed with status {response.status}")
        return response.data

    def wait_for(
        self, read: Callable[[], Result], done: Callable[[Result], bool], *, seconds: float = 60, every: float = 0.3
    ) -> Result:
        """Call `read()` until `done` is true of its result, and return that. Raise TimeoutError with the last result."""
        deadline = time.monotonic() + seconds
        while True:
            result = read()
            if done(result):
                return result
            if time.monotonic() > deadline:
                raise TimeoutError(f"still {str(result)[:600]}")
            self.transport.sleep(every)
