"""Receivers of webhooks for bench/chaos.py: healthy ones, and ones that fail in every way."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

HEALTHY = ("healthy", "large")
"""Kinds that respond with 2xx; `large` with 10 MB."""
BROKEN = ("failing", "closing", "silent")
"""Kinds that respond with 500, that close the connection without a response, and that never respond."""
LARGE = b"x" * 10_000_000


class Receivers(ThreadingHTTPServer):
    """All receivers, as paths of one server: `/kind/name`. `bodies` has what each received, by the id of the event. `log` has
    `arrived` and `left` in order, with the path and the id: the sender of a request to a silent receiver leaves without a
    response."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.secrets: dict[str, str] = {}
        self.requests: Counter[str] = Counter()
        self.bodies: dict[str, dict[str, list[bytes]]] = defaultdict(lambda: defaultdict(list))
        self.log: list[tuple[str, str, str]] = []
        self.unverified: list[str] = []
        self._lock = threading.Lock()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        """Verify a delivery and store it."""
        try:
            Webhook(self.secrets[path]).verify(body.decode(), headers)
        except WebhookVerificationError as error:
            self.unverified.append(f"{path}: {error}")
            return
        with self._lock:
            self.requests[path.split("/")[1]] += 1
            self.bodies[path][headers["webhook-id"]].append(body)
            self.log.append(("arrived", path, headers["webhook-id"]))

    def left(self, path: str, event_id: str) -> None:
        """Note that the sender has ended its request without a response."""
        with self._lock:
            self.log.append(("left", path, event_id))

    @property
    def repeated(self) -> int:
        """The number of deliveries of an event beyond the first to each receiver."""
        return sum(len(bodies) - 1 for found in self.bodies.values() for bodies in found.values())

    def unstable(self) -> list[str]:
        """Return the ids with more than one body, and the bodies with more than one id."""
        bodies, ids = defaultdict(set), defaultdict(set)
        for received in self.bodies.values():
            for event_id, found in received.items():
                bodies[event_id].update(found)
                for body in found:
                    ids[body].add(event_id)
        differing = [event_id for event_id, found in bodies.items() if len(found) > 1]
        return differing + [" ".join(sorted(found)) for found in ids.values() if len(found) > 1]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receivers = self.server
        assert isinstance(receivers, Receivers)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receivers.take(self.path, {name.lower(): text for name, text in self.headers.items()}, body)
        match self.path.split("/")[1]:
            case "closing":
                self.close_connection = True
            case "silent":
                self.close_connection = True
                with suppress(OSError):
                    self.rfile.read(1)  # until the sender closes the connection
                receivers.left(self.path, self.headers["webhook-id"])
            case "large":
                self._respond(200, LARGE)
            case kind:
                self._respond(500 if kind == "failing" else 204)

    def _respond(self, status: int, body: bytes = b"") -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            return  # the market has read enough, or its worker was killed

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


@contextmanager
def receiving() -> Iterator[Receivers]:
    """Serve the receivers within the block."""
    with Receivers() as receivers:
        thread = threading.Thread(target=receivers.serve_forever, daemon=True)
        thread.start()
        try:
            yield receivers
        finally:
            receivers.shutdown()
            thread.join()
