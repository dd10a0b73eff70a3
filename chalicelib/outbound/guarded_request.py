"""One request to an address that a user gave, without a way into networks that are not public.

The name is resolved once, every address of the answer is checked, and the connection goes to a checked address, with the name in
the Host header and for TLS. A name that changes its answer (DNS rebinding) therefore gains nothing. Redirects are not followed.
The exchange ends after a deadline, also when bytes arrive one by one, and only the first bytes of the response are read."""

from __future__ import annotations

import http.client
import ipaddress
import os
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from chalicelib.click_links.host_names import ascii_host
from chalicelib.outbound.public_addresses import Address, is_public

HEAD_BYTES = 1_024
"""The number of bytes of a response that are read if the caller names no limit."""

Resolve = Callable[[str, int], list[str]]
"""Return the addresses of a host, as text. Raise OSError."""


class RequestRefused(Exception):
    """The address must not be requested; nothing was sent. `code`: https_only, userinfo, host_invalid, not_public."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RequestFailed(Exception):
    """There is no response. `code`: dns, connection, tls, timeout, response_invalid."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Response:
    """The status, the headers by lower-case name, and the first bytes of the body."""

    status: int
    headers: Mapping[str, str]
    head: bytes


@dataclass(frozen=True)
class Target:
    """A checked URL: the host in ASCII, the port, and the path with the query."""

    tls: bool
    host: str
    port: int
    path: str


def target_of(url: str, *, local: bool = False) -> Target:
    """Return the target of a URL. With `local`, plain HTTP is allowed. Raise RequestRefused."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise RequestRefused("host_invalid") from error
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise RequestRefused("https_only")
    if "@" in parts.netloc:
        raise RequestRefused("userinfo")
    tls = parts.scheme == "https"
    return Target(tls, _ascii(host, parts), port or (443 if tls else 80), _path(parts))


def _ascii(host: str, parts: SplitResult) -> str:
    try:
        if parts.netloc.startswith("["):
            return str(ipaddress.IPv6Address(host))
        return ascii_host(host)
    except ValueError as error:
        raise RequestRefused("host_invalid") from error


def _path(parts: SplitResult) -> str:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or any(character <= " " for character in path):
        raise RequestRefused("host_invalid")
    return path


def system_resolve(host: str, port: int) -> list[str]:
    """Return the addresses of the host from the system's resolver."""
    return list(dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def addresses_of(target: Target, resolve: Resolve, *, local: bool = False) -> list[Address]:
    """Return the addresses of the target, all of which may be requested. With `local`, loopback addresses may be, too.

    Raise RequestRefused `not_public` if one of them may not; RequestFailed `dns`."""
    try:
        found = [ipaddress.ip_address(text.partition("%")[0]) for text in resolve(target.host, target.port)]
    except (OSError, UnicodeError, ValueError) as error:
        raise RequestFailed("dns") from error
    if not found:
        raise RequestFailed("dns")
    runtime = _runtime_api()
    for address in found:
        is_runtime = runtime is not None and (str(address), target.port) == runtime
        if is_runtime or not (is_public(address) or (local and address.is_loopback)):
            raise RequestRefused("not_public")
    return found


def _runtime_api() -> tuple[str, int] | None:
    """Return the address of the Lambda runtime API, through which a function could be controlled."""
    host, _, port = os.environ.get("AWS_LAMBDA_RUNTIME_API", "").rpartition(":")
    return (host, int(port)) if host and port.isdecimal() else None


class _Connection(http.client.HTTPConnection):
    """A connection to one checked address; the Host header and TLS have the name of the target."""

    def __init__(self, target: Target, address: Address, seconds: float, context: ssl.SSLContext | None) -> None:
        self.default_port = 443 if target.tls else 80  # left out of the Host header
        super().__init__(target.host, target.port, timeout=seconds)
        self._target, self._address, self._context = target, address, context
        self._opened: socket.socket | None = None
        self.is_over = False

    def connect(self) -> None:
        self._opened = self.sock = socket.create_connection((str(self._address), self.port), self.timeout)
        if self._target.tls:
            context = self._context or ssl.create_default_context()
            self.sock = context.wrap_socket(self._opened, server_hostname=self._target.host)

    def end_at_deadline(self) -> None:
        """Shut the socket down, from the thread of the deadline."""
        self.is_over = True
        for opened in (self.sock, self._opened):
            if opened is not None:
                try:
                    opened.shutdown(socket.SHUT_RDWR)
                except (OSError, ValueError):
                    continue


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    local: bool = False,
    resolve: Resolve = system_resolve,
    context: ssl.SSLContext | None = None,
) -> Response:
    """Send the body to the URL and return the beginning of the response, as `send` does."""
    return send("POST", url, body, headers, seconds=seconds, local=local, resolve=resolve, context=context)


def send(
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    seconds: float,
    limit: int = HEAD_BYTES,
    local: bool = False,
    resolve: Resolve = system_resolve,
    context: ssl.SSLContext | None = None,
) -> Response:
    """Send a request and return the first `limit` bytes of the response, within `seconds`.

    `local` allows plain HTTP and loopback addresses, for a market on one machine. Raise RequestRefused, RequestFailed."""
    target = target_of(url, local=local)
    begun = time.monotonic()
    addresses = addresses_of(target, _limited(resolve, seconds), local=local)
    for place, address in enumerate(addresses):
        remaining = seconds - (time.monotonic() - begun)
        if remaining <= 0:
            raise RequestFailed("timeout")
        try:
            connection = _Connection(target, address, remaining, context)
            return _exchange(connection, method, target, body, headers, remaining, limit)
        except _NotConnected as error:
            if place == len(addresses) - 1:
                raise RequestFailed(error.code) from error
    raise RequestFailed("connection")


def _limited(resolve: Resolve, seconds: float) -> Resolve:
    """Return `resolve` with a limit, after which it raises RequestFailed. The system's resolver has limits of its own, for each of
    its servers, and the name server of the host can be one that does not respond."""

    def limited(host: str, port: int) -> list[str]:
        answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

        def run() -> None:
            try:
                answers.put(resolve(host, port))
            except Exception as error:
                answers.put(error)

        threading.Thread(target=run, daemon=True).start()
        try:
            answer = answers.get(timeout=seconds)
        except queue.Empty:
            raise RequestFailed("timeout") from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    return limited


class _NotConnected(Exception):
    """No connection was made to one address, so the next one can be tried."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _exchange(
    connection: _Connection,
    method: str,
    target: Target,
    body: bytes | None,
    headers: Mapping[str, str],
    seconds: float,
    limit: int,
) -> Response:
    deadline = threading.Timer(seconds, connection.end_at_deadline)
    deadline.daemon = True
    deadline.start()
    try:
        try:
            connection.connect()
        except TimeoutError as error:
            raise _NotConnected("timeout") from error
        except ssl.SSLError as error:
            raise RequestFailed("timeout" if connection.is_over else "tls") from error
        except OSError as error:
            raise _NotConnected("timeout" if connection.is_over else "connection") from error
        connection.request(method, target.path, body, {**headers, "Connection": "close"})
        answer = connection.getresponse()
        head = answer.read(limit)
        if connection.is_over:
            raise RequestFailed("timeout")
        return Response(answer.status, {name.lower(): text for name, text in answer.getheaders()}, head)
    except TimeoutError as error:
        raise RequestFailed("timeout") from error
    except http.client.HTTPException as error:
        raise RequestFailed("timeout" if connection.is_over else "response_invalid") from error
    except OSError as error:
        raise RequestFailed("timeout" if connection.is_over else "connection") from error
    finally:
        deadline.cancel()
        connection.close()
