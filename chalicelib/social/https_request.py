"""One HTTPS request with bounds: 3 s to connect and for each read, 6 s for a whole body, 1 MB. No redirects, no retries.

http.client rather than a library: the package needs no further dependency, and nothing here is kept between calls."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalicelib.social.port import Unavailable, Unreached, Unreadable

TIMEOUT_SECONDS = 3.0
BODY_SECONDS = 6.0
BODY_MAX_BYTES = 1_000_000

Fields = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Reply:
    """Status, headers in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def document(self) -> Any:
        """The body as JSON. Raises Unreadable."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Unreadable("The network's answer is no JSON.") from error


def request(method: str, url: str, fields: Fields, sending: Mapping[str, str]) -> Reply:
    """Sends `fields` in the query of a GET or as the form of a POST. Raises Unreached without a connection, Unavailable without
    an answer in time, Unreadable for one that is too large or no HTTP; ValueError for plain HTTP to another machine."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    if not secure and parts.hostname != "127.0.0.1":
        raise ValueError("tokens are sent over TLS only")
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=TIMEOUT_SECONDS)
    sent, form = urlencode(fields, doseq=True), {}
    path = parts.path
    if method == "POST":
        form = {"Content-Type": "application/x-www-form-urlencoded"}
    elif sent:
        path = f"{path}?{sent}"
    try:
        connection.connect()
    except OSError as error:
        connection.close()
        raise Unreached(f"{parts.netloc} is not reached ({type(error).__name__}).") from error
    try:
        connection.request(method, path, sent if method == "POST" else None, {**sending, **form})
        with connection.getresponse() as response:
            headers = {name.lower(): text for name, text in response.getheaders()}
            return Reply(response.status, headers, _bounded(response))
    except OSError as error:  # timeouts, refused and reset connections, TLS
        raise Unavailable(f"{parts.netloc} does not answer ({type(error).__name__}).") from error
    except http.client.HTTPException as error:
        raise Unreadable(f"{parts.netloc} does not speak HTTP ({type(error).__name__}).") from error
    finally:
        connection.close()


def _bounded(response: http.client.HTTPResponse) -> bytes:
    until = time.monotonic() + BODY_SECONDS
    body = b""
    while chunk := response.read1(65_536):
        body += chunk
        if len(body) > BODY_MAX_BYTES:
            raise Unreadable("The network's answer is too large.")
        if time.monotonic() > until:
            raise Unavailable("The network's answer does not end.")
    if response.length:  # http.client's read1 is silent about a body that was cut off
        raise Unavailable("The network's answer was cut off.")
    return body
