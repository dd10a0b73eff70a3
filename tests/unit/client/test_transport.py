"""The client against a failing server: which requests are repeated, and which exceptions are raised."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import microtask
import pytest
from microtask import Market, Refused, Unreachable, errors, values
from microtask.tokens import CognitoUser
from microtask.transport import Transport

from apispec.client_generator import client_names
from apispec.documents import CLIENT_RESOURCES, CLIENT_TYPES
from chalicelib.core.errors import TABLE

Reply = tuple[int, dict[str, str], bytes] | None
"""Status, headers and body; None: the connection is cut."""
PROBLEM = {"type": "t", "title": "t", "detail": "d", "request_id": "req-1", "errors": []}


class Server:
    """HTTP server that sends the replies in order, then repeats the last one, and records the requests."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.sent: list[dict[str, Any]] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def _reply(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                server.sent.append(
                    {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body}
                )
                reply = server.replies.pop(0) if len(server.replies) > 1 else server.replies[0]
                if reply is None:
                    self.close_connection = True
                    self.connection.close()
                    return
                status, headers, text = reply
                self.send_response(status)
                for name, value in {"Content-Length": str(len(text)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _reply  # noqa: N815 - http.server's names

            def log_message(self, *_: Any) -> None:
                """Silent."""

        return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def market(server: Server, waits: list[float]) -> Market:
    return Market(server.url, transport=Transport(server.url, sleep=waits.append, tries=4, timeout_seconds=30))


def good(document: Any, status: int = 200) -> Reply:
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()


def refusal(status: int, code: str, headers: dict[str, str] | None = None, **data: Any) -> Reply:
    body = json.dumps({**PROBLEM, "status": status, "code": code, **data}).encode()
    return status, {"Content-Type": "application/problem+json", **(headers or {})}, body


WALLET = {name: {"amount": 1, "currency": "CNY"} for name in ("available", "held", "withdrawing")}


@pytest.mark.parametrize("first", [refusal(503, "upstream_unavailable"), refusal(429, "rate_limited"), None])
def test_transient_failures_are_retried(server: Server, market: Market, waits: list[float], first: Reply) -> None:
    server.replies = [first, first, good(WALLET)]
    assert market.wallet.read() == WALLET
    assert len(server.sent) == 3
    assert 0.2 <= waits[0] <= 0.4
    assert 0.4 <= waits[1] <= 0.8


def test_retry_after_is_honoured_within_bounds(server: Server, market: Market, waits: list[float]) -> None:
    server.replies = [refusal(429, "rate_limited", {"Retry-After": "7"}), good(WALLET)]
    market.wallet.read()
    assert 7 <= waits[0] <= 7.2
    server.replies = [refusal(429, "rate_limited", {"Retry-After": "900"})]
    with pytest.raises(microtask.RateLimited):
        market.wallet.read()
    assert len(waits) == 1


def test_tries_are_bounded(server: Server, market: Market) -> None:
    server.replies = [refusal(503, "upstream_unavailable")]
    with pytest.raises(microtask.Unavailable) as refused:
        market.wallet.read()
    assert (len(server.sent), refused.value.request_id) == (4, "req-1")
    server.replies, server.sent[:] = [None], []
    with pytest.raises(Unreachable):
        market.wallet.read()
    assert len(server.sent) == 4


def test_all_tries_of_a_request_have_the_same_key(server: Server, market: Market) -> None:
    server.replies = [None, refusal(503, "upstream_unavailable"), good({"id": "exp_1"}, 201)]
    market.exports.make()
    market.exports.make()
    market.exports.make(idempotency_key="mine")
    keys = [sent["headers"]["Idempotency-Key"] for sent in server.sent]
    assert len(keys) == 5
    assert keys[0] == keys[1] == keys[2] != keys[3]
    assert keys[4] == "mine"


def test_request_without_key_is_not_repeated_after_a_broken_connection(server: Server, market: Market) -> None:
    server.replies = [None]
    with pytest.raises(Unreachable):
        market.accounts.revise("acc_1", paused=True)
    assert len(server.sent) == 1
    server.replies, server.sent[:] = [refusal(429, "rate_limited"), good({})], []
    market.accounts.revise("acc_1", paused=True)  # a 429 was not carried out
    assert len(server.sent) == 2


def test_other_refusals_are_not_retried(server: Server, market: Market) -> None:
    server.replies = [refusal(402, "insufficient_funds", available={"amount": 5}, needed={"amount": 9})]
    with pytest.raises(microtask.InsufficientFunds) as refused:
        market.wallet.withdraw(amount=microtask.money(900))
    assert (refused.value.available, refused.value.needed, len(server.sent)) == (5, 9, 1)


def test_response_of_a_proxy_is_shown_in_the_exception(server: Server, market: Market) -> None:
    server.replies = [(502, {"Content-Type": "text/html"}, b"<html>Bad gateway</html>")]
    with pytest.raises(microtask.Unavailable, match="Bad gateway"):
        market.wallet.read()
    server.replies = [(403, {}, b'["no problem"]')]
    with pytest.raises(microtask.Forbidden):
        market.wallet.read()


def test_every_status_of_the_error_table_has_its_exception() -> None:
    for code, kind in TABLE.items():
        error = errors.refusal({**PROBLEM, "status": kind.status, "code": code}, None)
        assert type(error) is not Refused, code
        assert kind.status in error.statuses
        assert error.code == code


def test_refused_token_is_renewed_once(server: Server, waits: list[float]) -> None:
    renewals: list[bool] = []

    def source(renew: bool) -> str:
        renewals.append(renew)
        return f"token-{len(renewals)}"

    market = Market(server.url, transport=Transport(server.url, source, sleep=waits.append))
    server.replies = [refusal(401, "unauthenticated"), good(WALLET)]
    market.wallet.read()
    assert renewals == [False, True]
    assert [sent["headers"]["Authorization"] for sent in server.sent] == ["Bearer token-1", "Bearer token-2"]
    server.replies = [refusal(401, "unauthenticated")]
    with pytest.raises(microtask.Unauthenticated):
        market.wallet.read()
    assert renewals[2:] == [False, True]
    assert waits == []


def test_cognito_user_signs_in_and_refreshes_its_token(server: Server) -> None:
    at = [1_000.0]
    user = CognitoUser("client", "wang", "secret", endpoint_url=server.url, now=lambda: at[0])

    def result(token: str, **more: str) -> Reply:
        return good({"AuthenticationResult": {"IdToken": token, "ExpiresIn": 3_600, **more}})

    server.replies = [result("first", RefreshToken="refresh")]
    assert (user(False), user(False)) == ("first", "first")
    at[0] += 3_541
    server.replies = [result("second")]
    assert user(False) == "second"
    server.replies = [(400, {}, b'{"__type": "x#NotAuthorizedException"}'), result("third")]
    assert user(True) == "third"
    flows = [json.loads(sent["body"])["AuthFlow"] for sent in server.sent]
    assert flows == ["USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN_AUTH", "USER_PASSWORD_AUTH"]
    server.replies = [(400, {}, b'{"__type": "x#NotAuthorizedException"}')]
    with pytest.raises(microtask.Unauthenticated, match="NotAuthorizedException"):
        CognitoUser("client", "wang", "wrong", endpoint_url=server.url)(False)
    with pytest.raises(ValueError, match="region or endpoint_url"):
        CognitoUser("client", "wang", "secret")


def test_pages_are_fetched_as_they_are_read(server: Server, market: Market) -> None:
    server.replies = [
        good({"data": [{"id": "a"}, {"id": "b"}], "next_cursor": "c&1"}),
        good({"data": [{"id": "c"}], "next_cursor": None}),
    ]
    tasks = iter(market.tasks.list(status="running", limit=2))
    assert [next(tasks)["id"], next(tasks)["id"]] == ["a", "b"]
    assert len(server.sent) == 1
    assert [task["id"] for task in tasks] == ["c"]
    assert [sent["path"] for sent in server.sent] == [
        "/v1/tasks?limit=2&status=running",
        "/v1/tasks?limit=2&status=running&cursor=c%261",
    ]
    server.replies = [good({"data": [], "next_cursor": None})]
    assert market.tasks.list().first() is None


def test_values_are_sent_in_the_form_of_the_api(server: Server, market: Market) -> None:
    server.replies = [good({}, 201)]
    moment = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    market.tasks.create(
        kind="post",
        title="秋茶",
        content={"text": "茶"},
        window={"start_at": moment, "end_at": moment.replace(tzinfo=None)},
        accept_by=moment.astimezone(),
        retention=timedelta(hours=24, seconds=0.5),
        max_total=None,
    )
    (sent,) = server.sent
    assert json.loads(sent["body"]) == {
        "kind": "post",
        "title": "秋茶",
        "content": {"text": "茶"},
        "window": {"start_at": "2026-12-01T10:00:00Z", "end_at": "2026-12-01T10:00:00Z"},
        "accept_by": "2026-12-01T10:00:00Z",
        "retention": "PT86400.5S",
        "max_total": None,
    }
    market.orders.read("../../v1/wallet")
    assert server.sent[1]["path"] == "/v1/orders/..%2F..%2Fv1%2Fwallet"
    assert values.text(True) == "true"
    with pytest.raises(TypeError):
        values.dumps({"what": object()})


def test_csv_uploads_and_links(server: Server, market: Market) -> None:
    server.replies = [(200, {"Content-Type": "text/csv"}, b"at,id\n")]
    assert market.wallet.entries_csv() == "at,id\n"
    assert server.sent[0]["headers"]["Accept"] == "text/csv"
    server.replies = [good({})]
    market.tasks.upload_outcomes("tsk_1", "code,outcomes\n")
    assert (server.sent[1]["body"], server.sent[1]["headers"]["Content-Type"]) == (b"code,outcomes\n", "text/csv")
    server.replies = [(302, {"Location": "https://tea.example/autumn"}, b"")]
    assert market.links.follow("7G75") == "https://tea.example/autumn"
    server.replies = [(204, {}, b"")]
    market.upload({"url": f"{server.url}/store", "fields": {"key": "pictures/1"}}, b"PNG")
    assert b'name="key"' in server.sent[3]["body"]
    server.replies = [(403, {}, b"")]
    with pytest.raises(Unreachable):
        market.upload({"url": f"{server.url}/store", "fields": {}}, b"PNG")
    with pytest.raises(Unreachable):
        market.download(f"{server.url}/store")


def test_waiting_returns_or_times_out(market: Market) -> None:
    numbers = iter(range(10))
    assert market.wait_for(lambda: next(numbers), lambda number: number == 3) == 3
    with pytest.raises(TimeoutError, match="still 4"):
        market.wait_for(lambda: next(numbers), lambda number: False, seconds=-1)


def test_every_operation_has_a_method_and_generated_files_are_current() -> None:
    from apispec import documents
    from chalicelib.api import ROUTES

    documents._import_app()
    market = Market("https://market.example")
    for name in client_names(ROUTES).values():
        resource, _, method = name.partition(".")
        assert isinstance(getattr(getattr(market, resource), method), Callable), name  # type: ignore[arg-type]
    assert CLIENT_TYPES.read_text("utf-8") == documents.client_types(), "run `make docs`"
    assert CLIENT_RESOURCES.read_text("utf-8") == documents.client_resources(), "run `make docs`"


def test_absolute_link_of_the_market_is_followed() -> None:
    server = Server()
    try:
        server.replies = [(200, {"Content-Type": "application/json"}, b"{}")]
        transport = Transport(f"{server.url}/api/")
        transport.send("GET", f"{server.url}/api/v1/wallet", query={"limit": 5})
        transport.send("GET", "/v1/wallet")
        transport.send("GET", "https://elsewhere.example/v1/wallet")
        paths = [sent["path"] for sent in server.sent]
        assert paths[:2] == ["/api/v1/wallet?limit=5", "/api/v1/wallet"]
        assert paths[2].startswith("/apihttps://elsewhere.example"), "a token is sent to the market only"
    finally:
        server.close()
