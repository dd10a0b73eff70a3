"""Requests to addresses of users: which are refused, where the connection goes, and how it ends."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.outbound import guarded_request
from chalicelib.outbound.guarded_request import RequestFailed, RequestRefused, addresses_of, post, target_of

Step = Callable[[socket.socket], None]


@contextmanager
def server(step: Step) -> Iterator[tuple[int, list[bytes]]]:
    """A server on this machine that reads one request, and then does `step` with the connection."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                text = b""
                while not text.endswith(b"{}"):
                    text += connection.recv(65_536)
                received.append(text)
                try:
                    step(connection)
                except OSError:
                    return  # the client has left

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], received
        thread.join(10)


def answering(text: bytes) -> Step:
    return lambda connection: connection.sendall(text)


def resolved(*addresses: str) -> guarded_request.Resolve:
    return lambda host, port: list(addresses)


def send(port: int, seconds: float = 10.0) -> guarded_request.Response:
    url = f"http://receiver.example:{port}/hook?a=1"
    return post(url, b"{}", {"webhook-id": "evt_1"}, seconds=seconds, local=True, resolve=resolved("127.0.0.1"))


def test_a_name_server_that_does_not_respond_is_left_at_the_deadline() -> None:
    ended, released = list[str](), threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        released.wait(10)
        ended.append(host)
        return ["127.0.0.1"]

    with pytest.raises(RequestFailed) as failed:
        post("http://receiver.example/", b"{}", {}, seconds=0.05, local=True, resolve=resolve)
    assert (failed.value.code, ended) == ("timeout", [])
    released.set()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://tea.example/", "https_only"),
        ("ftp://tea.example/", "https_only"),
        ("file:///etc/passwd", "https_only"),
        ("https://user:secret@tea.example/", "userinfo"),
        ("https:///path", "host_invalid"),
        ("https://tea.example:99999/", "host_invalid"),
        ("https://[::1", "host_invalid"),
        ("https://tea example/", "host_invalid"),
        ("https://tea.example/a b", "host_invalid"),
        ("https://tea.example/茶", "host_invalid"),
    ],
)
def test_urls_that_are_refused(url: str, code: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        target_of(url)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:169.254.169.254]", "localhost"],
)
def test_spellings_of_loopback_are_refused(host: str) -> None:
    """The system's resolver reads shortened, decimal, hexadecimal and octal forms, too."""
    with pytest.raises(RequestRefused, match="not_public"):
        addresses_of(target_of(f"https://{host}/"), guarded_request.system_resolve)


def test_one_address_that_is_not_public_refuses_the_host() -> None:
    with pytest.raises(RequestRefused, match="not_public"):
        addresses_of(target_of("https://tea.example/"), resolved("8.8.8.8", "10.0.0.1"))


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "100.64.0.1", "64:ff9b::7f00:1", "224.0.0.1"])
def test_local_stages_still_refuse_other_networks(address: str) -> None:
    with pytest.raises(RequestRefused, match="not_public"):
        addresses_of(target_of("http://tea.example/", local=True), resolved(address), local=True)


def test_the_runtime_api_of_lambda_is_never_requested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
    with pytest.raises(RequestRefused, match="not_public"):
        addresses_of(target_of("http://tea.example:9001/", local=True), resolved("127.0.0.1"), local=True)
    assert addresses_of(target_of("http://tea.example:9002/", local=True), resolved("127.0.0.1"), local=True)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The addresses to which a connection is tried; none is made."""
    found: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        found.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    return found


def test_a_rebinding_name_gains_nothing(connected: list[tuple[str, int]]) -> None:
    """The name server answers with a public address first, and then with an internal one."""
    answers = iter([["93.184.216.34"], ["169.254.169.254"]])
    with pytest.raises(RequestFailed, match="connection"):
        post("https://rebinding.example/", b"{}", {}, seconds=1, resolve=lambda host, port: next(answers))
    assert connected == [("93.184.216.34", 443)], "the checked address, without another look-up"
    with pytest.raises(RequestRefused, match="not_public"):
        post("https://rebinding.example/", b"{}", {}, seconds=1, resolve=lambda host, port: next(answers))
    assert len(connected) == 1


def test_the_next_address_is_tried_if_one_does_not_connect(connected: list[tuple[str, int]]) -> None:
    with pytest.raises(RequestFailed, match="connection"):
        post("https://tea.example/", b"{}", {}, seconds=1, resolve=resolved("2606:4700::1111", "8.8.8.8"))
    assert [address for address, _ in connected] == ["2606:4700::1111", "8.8.8.8"]


def test_the_request_names_the_host_and_not_the_address() -> None:
    with server(answering(b"HTTP/1.1 204 No Content\r\nRetry-After: 7\r\n\r\n")) as (port, received):
        response = send(port)
    assert (response.status, response.headers["retry-after"]) == (204, "7")
    head = received[0].decode()
    assert head.startswith("POST /hook?a=1 HTTP/1.1\r\n")
    assert f"Host: receiver.example:{port}\r\n" in head
    assert "webhook-id: evt_1\r\n" in head
    assert head.endswith("\r\n\r\n{}")


def test_a_redirect_is_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with server(answering(moved)) as (port, _):
        assert send(port).status == 302


def test_only_the_beginning_of_a_large_response_is_read() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n"
    with server(answering(head + b"x" * 10_000_000)) as (port, _):
        assert send(port).head == b"x" * 1_024


def test_a_connection_that_closes_early_has_no_response() -> None:
    with server(lambda connection: None) as (port, _), pytest.raises(RequestFailed) as failed:
        send(port)
    assert failed.value.code in ("response_invalid", "connection")


def test_a_response_that_is_not_http_is_invalid() -> None:
    with server(answering(b"SSH-2.0-OpenSSH_9.6\r\n")) as (port, _), pytest.raises(RequestFailed) as failed:
        send(port)
    assert failed.value.code == "response_invalid"


def test_a_large_head_is_invalid() -> None:
    with (
        server(answering(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000_000)) as (port, _),
        pytest.raises(RequestFailed) as failed,
    ):
        send(port)
    assert failed.value.code == "response_invalid"


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"])
def test_the_deadline_ends_a_response_that_drips(begin: bytes) -> None:
    """Each byte comes long before the time-out of a single read, so only the deadline of the whole exchange can end it."""

    def drip(connection: socket.socket) -> None:
        connection.settimeout(0.02)
        connection.sendall(begin)
        while True:
            connection.sendall(b"H")
            try:
                if connection.recv(1) == b"":
                    return  # the client has left
            except TimeoutError:
                continue

    with server(drip) as (port, _), pytest.raises(RequestFailed, match="timeout"):
        send(port, seconds=0.5)


def test_a_slow_name_server_takes_from_the_time_of_the_request(
    connected: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def resolve(host: str, port: int) -> list[str]:
        now[0] += 16
        return ["8.8.8.8"]

    with pytest.raises(RequestFailed, match="timeout"):
        post("https://tea.example/", b"{}", {}, seconds=15, resolve=resolve)
    assert connected == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and its certificate for receiver.example."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("receiver.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "receiver.pem"
    private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(*private) + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def tls_server(certificate: Path) -> Iterator[tuple[int, list[str | None], list[bytes]]]:
    """A server with TLS that records the name of each handshake (SNI) and the request, and answers 204."""
    names: list[str | None] = []
    received: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda connection, name, _: names.append(name)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            plain, _ = listening.accept()
            try:
                with context.wrap_socket(plain, server_side=True) as connection:
                    text = b""
                    while not text.endswith(b"{}"):
                        text += connection.recv(65_536)
                    received.append(text)
                    connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            except OSError:
                return  # the client has refused the certificate

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], names, received
        thread.join(10)


def test_tls_is_for_the_original_host_at_the_checked_address(certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    with tls_server(certificate) as (port, names, received):
        url = f"https://receiver.example:{port}/hook"
        answer = post(url, b"{}", {}, seconds=10, local=True, resolve=resolved("127.0.0.1"), context=trusting)
    assert (answer.status, names) == (204, ["receiver.example"])
    assert f"Host: receiver.example:{port}".encode() in received[0]


@pytest.mark.parametrize(("host", "trusted"), [("other.example", True), ("receiver.example", False)])
def test_a_certificate_of_another_host_or_an_unknown_issuer_is_refused(
    certificate: Path, host: str, trusted: bool
) -> None:
    context = ssl.create_default_context(cafile=str(certificate) if trusted else None)
    with tls_server(certificate) as (port, names, received):
        url = f"https://{host}:{port}/hook"
        with pytest.raises(RequestFailed, match="tls"):
            post(url, b"{}", {}, seconds=10, local=True, resolve=resolved("127.0.0.1"), context=context)
    assert names == [host]
    assert received == []


def test_the_deadline_ends_a_response_that_never_ends() -> None:
    """The server waits until the client leaves. Nothing but the deadline can end the exchange."""

    def silence(connection: socket.socket) -> None:
        assert connection.recv(1) == b""

    with server(silence) as (port, _), pytest.raises(RequestFailed, match="timeout"):
        send(port, seconds=0.2)


def test_a_name_that_does_not_resolve_fails() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror

    with pytest.raises(RequestFailed, match="dns"):
        post("https://tea.invalid/", b"{}", {}, seconds=1, resolve=unknown)
