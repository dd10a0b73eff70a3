"""The limits of a request against sockets on this machine that misbehave."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from chalicelib.social import known_host_request
from chalicelib.social.known_host_request import request
from chalicelib.social.port import NetworkError, Unavailable, Unreached, Unreadable
from chalicelib.social.request_deadline import within

Respond = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture(autouse=True)
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_host_request, "TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(known_host_request, "BODY_SECONDS", 0.3)


@pytest.fixture
def serve() -> Iterator[Callable[[Respond], str]]:
    """Start servers that respond to one connection each; return their URLs."""
    servers: list[socket.socket] = []
    stopped = threading.Event()

    def start(respond: Respond) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def run() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                try:
                    respond(connection)
                except OSError:
                    return
                if respond is silence:
                    stopped.wait(5)

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/2/some.json"

    yield start
    stopped.set()
    for server in servers:
        server.close()


def test_nothing_is_sent_after_the_deadline(serve: Callable[[Respond], str]) -> None:
    received: list[socket.socket] = []
    url = serve(received.append)
    with within(0), pytest.raises(Unreached):
        request("GET", url, {}, {})
    assert received == []
    with pytest.raises(NetworkError):
        request("GET", url, {}, {})
    assert len(received) == 1


def silence(_: socket.socket) -> None:
    """Send nothing and keep the connection open."""


def send(*parts: bytes, pause: float = 0) -> Respond:
    def respond(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
            threading.Event().wait(pause)

    return respond


def test_a_response_has_status_headers_and_body(serve: Callable[[Respond], str]) -> None:
    reply = request("GET", serve(send(OK, b"X-Some: Text\r\nContent-Length: 2\r\n\r\n{}")), {"a": ["1", "2"]}, {})
    assert (reply.status, reply.headers["x-some"], reply.document()) == (200, "Text", {})


@pytest.mark.parametrize(
    ("respond", "kind"),
    [
        pytest.param(silence, Unavailable, id="silent"),
        pytest.param(send(), Unavailable, id="closed"),
        pytest.param(send(b"SSH-2.0\r\n"), Unavailable, id="no HTTP"),
        pytest.param(send(OK, b"Content-Length: 9\r\n\r\n{}"), Unavailable, id="cut off"),
        pytest.param(send(OK, b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"), Unavailable, id="chunk cut off"),
        pytest.param(
            send(OK, b"Content-Length: 99\r\n\r\n", *[b"x"] * 99, pause=0.05), Unavailable, id="one byte at a time"
        ),
        pytest.param(send(OK, b"\r\n", b"x" * 1_000_001), Unreadable, id="too large"),
    ],
)
def test_a_misbehaving_network_is_bounded(
    serve: Callable[[Respond], str], respond: Respond, kind: type[NetworkError]
) -> None:
    with pytest.raises(kind) as raised:
        request("GET", serve(respond), {"id": "1"}, {})
    assert type(raised.value) is kind


def test_a_redirect_is_not_followed(serve: Callable[[Respond], str]) -> None:
    reply = request("GET", serve(send(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n")), {}, {})
    assert reply.status == 302


def test_without_a_connection_nothing_is_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unreached):
        request("POST", f"http://127.0.0.1:{port}/", {"status": "text"}, {})
