"""A small Weibo open platform on this machine: the documented response shapes, and every failure that the adapter handles."""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

UID, NAME = "1645372340", "茶馆"


@dataclass
class Trouble:
    """A failure of the platform. `silent` waits until the client gives up; `after` executes the request first."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    hang_up: bool = False
    after: bool = False


def error(code: int, message: str = "sent by the test", status: int = 400, **headers: str) -> Trouble:
    """Return one of Weibo's errors. Weibo writes codes as numbers or, in older interfaces, as text."""
    document = {"error": message, "error_code": code if code % 2 else str(code), "request": "/2/some.json"}
    return Trouble(status, json.dumps(document).encode(), headers)


class Platform:
    """The accounts' posts, the next failures, and counts of requests."""

    def __init__(self) -> None:
        self.statuses: list[dict[str, Any]] = []
        self.description = ""
        self.comments: list[str] = []  # under every post
        self.long_texts: dict[str, dict[str, Any]] = {}  # members that statuses/show adds to a status, by its number
        self.troubles: deque[Trouble] = deque()
        self.requests: Counter[str] = Counter()
        self.tokens: set[str] = set()
        self.hidden = False  # the timeline does not show new posts yet
        self.url = ""
        self.now = datetime.now(UTC)  # the server's threads do not see the clock of the test

    def user(self) -> dict[str, Any]:
        return {
            "id": int(UID),
            "idstr": UID,
            "screen_name": NAME,
            "description": self.description,
            "followers_count": 120_000,
            "friends_count": 300,
            "created_at": "Fri Aug 28 00:00:00 +0800 2009",
            "verified": True,
        }

    def add(self, text: str, at: datetime | None = None, **more: Any) -> dict[str, Any]:
        number = 4_607_741_009_594_608 + len(self.statuses)
        written = (at or self.now).strftime("%a %b %d %H:%M:%S +0000 %Y")
        status = {
            "created_at": written,
            "id": number,
            "idstr": str(number),
            "text": text,
            "user": self.user(),
            "reposts_count": 1,
            "comments_count": 2,
            "attitudes_count": 3,
            **more,
        }
        self.statuses.insert(0, status)
        return status

    def answer(self, path: str, fields: dict[str, list[str]]) -> Any:
        one = {name: texts[0] for name, texts in fields.items()}
        if path == "/oauth2/access_token":
            return {"access_token": f"token-for-{one['code']}", "expires_in": 3_600, "uid": UID}
        name = path.removeprefix("/2/").removesuffix(".json")
        if name == "users/show":
            is_known = (one.get("screen_name", NAME), one.get("uid", UID)) == (NAME, UID)
            return self.user() if is_known else {"error": "User does not exists!", "error_code": 20003}
        if name == "statuses/user_timeline":
            return {
                "statuses": [] if self.hidden else self.statuses[: int(one["count"])],
                "total_number": len(self.statuses),
            }
        if name == "statuses/count":
            numbers = one["ids"].split(",")
            known = {status["idstr"] for status in self.statuses}
            return [{"id": int(n), "comments": 2, "reposts": 1, "attitudes": 3} for n in numbers if n in known]
        if name == "short_url/expand":
            return {
                "urls": [
                    {"url_short": s, "url_long": s.replace("http://t.cn", "https://mt.example")}
                    for s in fields["url_short"]
                ]
            }
        if name == "statuses/share":
            return self.add(one["status"].replace("https://mt.example/", "http://t.cn/"))
        found = next((status for status in self.statuses if status["idstr"] == one["id"]), None)
        if found is None:
            return {"error": "target weibo does not exist!", "error_code": 20101}
        if name == "comments/show":
            shown = self.comments[: int(one["count"])]
            return {"comments": [{"text": text, "user": self.user()} for text in shown], "total_number": len(shown)}
        if name == "statuses/repost":
            return self.add(one["status"], retweeted_status=found)
        if name == "statuses/destroy":
            self.statuses.remove(found)
        return {**found, **self.long_texts.get(found["idstr"], {})}


@contextmanager
def running() -> Iterator[Platform]:
    """Run the platform on a free port of this machine."""
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(parse_qs(urlsplit(self.path).query))

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self._answer(parse_qs(self.rfile.read(length).decode()))

        def _answer(self, fields: dict[str, list[str]]) -> None:
            path = urlsplit(self.path).path
            platform.requests[path.removeprefix("/2/").removesuffix(".json")] += 1
            platform.tokens.add(self.headers.get("Authorization", ""))
            trouble = platform.troubles.popleft() if platform.troubles else None
            if trouble is None or trouble.after:
                document = platform.answer(path, fields)
                if trouble is None:
                    failed = isinstance(document, dict) and "error_code" in document
                    trouble = Trouble(400 if failed else 200, json.dumps(document).encode())
            if trouble.silent:
                self.connection.recv(1)  # returns when the client gives up
            if trouble.silent or trouble.hang_up:
                self.close_connection = True
                return
            self.send_response(trouble.status)
            for name, text in {"Content-Length": str(len(trouble.body)), **trouble.headers}.items():
                self.send_header(name.replace("_", "-"), text)
            self.end_headers()
            self.wfile.write(trouble.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Ignore clients that do not wait for the whole response; tests cause them."""

    server = Server(("127.0.0.1", 0), Handler)
    platform.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
