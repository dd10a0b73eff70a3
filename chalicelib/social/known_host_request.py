"""One HTTPS request with limits: 3 s to connect and for each read, 6 s and 1 MB for a body; no redirects and no retries. A deadline
(chalicelib.social.request_deadline) shortens them.

Each request opens a connection of its own: a reused connection that the other side has closed would make the outcome of a POST
unknown, and a Lambda that was frozen finds its connections closed."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from chalicelib.social.port import Unavailable, Unreached, Unreadable
from chalicelib.social.request_deadline import at_most

TIMEOUT_SECONDS = 3.0
BODY_SECONDS = 6.0
BODY_MAX_BYTES = 1_000_000

Fields = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Reply:
    """The response of a network: status, headers by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def document(self) -> Any:
        """Return the body as JSON. Raise Unreadable."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Unreadable("The network's response is not JSON.") from error


def request(method: str, url: str, fields: Fields, headers: Mapping[str, str]) -> Reply:
    """Send `fields` in the query of a GET or as the form of a POST.

    Raise Unreached if no connection was made, so nothing was sent; Unavailable if the response did not come in time or was cut off;
    Unreadable if it is too large; ValueError for plain HTTP to another machine."""
    body, encoded = None, urlencode(fields, doseq=True)
    if method == "POST":
        body, headers = encoded.encode(), {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    elif encoded:
        url = f"{url}?{encoded}"
    return send(method, url, body, headers)


def send(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
    """Send `body`. Raise as `request` does."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname != "127.0.0.1":
        raise ValueError("tokens are sent over TLS only")
    seconds = at_most(TIMEOUT_SECONDS)
    timeout = urllib3.Timeout(connect=seconds, read=seconds)
    try:
        with urllib3.PoolManager(timeout=timeout, retries=False) as http:
            response = http.request(
                method, url, body=body, headers=headers, redirect=False, preload_content=False, decode_content=False
            )
            try:
                return Reply(response.status, {n.lower(): v for n, v in response.headers.items()}, _read(response))
            finally:
                response.close()
    except HTTPError as error:
        failure = Unreached if _is_unsent(error) else Unavailable
        raise failure(f"{parts.netloc} does not respond ({type(error).__name__}).") from error


def _is_unsent(error: HTTPError) -> bool:
    """Return whether the request failed before anything was sent."""
    if isinstance(error, SSLError):
        return isinstance(error.args[0], ssl.SSLCertVerificationError)
    return isinstance(error, NewConnectionError | ConnectTimeoutError)


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    until = time.monotonic() + at_most(BODY_SECONDS)
    body = b""
    while chunk := response.read1(65_536, decode_content=False):
        body += chunk
        if len(body) > BODY_MAX_BYTES:
            raise Unreadable("The network's response is too large.")
        if time.monotonic() > until:
            raise Unavailable("The network's response does not end.")
    return body
