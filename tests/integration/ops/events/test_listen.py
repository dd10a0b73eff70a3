"""`microtask listen` forwards stored events, each once, with a signature."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from chalicelib.core import clock
from chalicelib.webhooks import signing
from ops.events.forwarding import forwarded
from testing.doubles.operator_program import RunCommand
from testing.markets.published_events import PublishedEvents
from testing.markets.stage import Stage

SECRET = signing.new_secret()


class Receiver(HTTPServer):
    """A receiver on this machine that verifies each request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.types: list[str] = []
        self.status = 204

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = self.server
        assert isinstance(receiver, Receiver)
        body = self.rfile.read(int(self.headers["content-length"]))
        event: Any = Webhook(SECRET).verify(body.decode(), dict(self.headers.items()))
        receiver.types.append(event["type"])
        self.send_response(receiver.status)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Print nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever, daemon=True)
        thread.start()
        yield receiver
        receiver.shutdown()
        thread.join()


@pytest.fixture
def stored(stage: Stage) -> Stage:
    """A market with stored events of an order."""
    published = PublishedEvents()
    stage.accepted("an")
    published.deliver()
    return stage


def test_stored_events_are_forwarded(microtask: RunCommand, stored: Stage, receiver: Receiver) -> None:
    done = microtask(
        "listen", stored.advertiser_id, "--to", receiver.url, "--since", "1h", "--once", "--secret", SECRET, "--json"
    )
    assert done.status == 0
    assert receiver.types == [event["type"] for event in done.document["events"]]
    assert receiver.types[-1] == "order.accepted"


def test_a_receiver_that_fails_is_reported(microtask: RunCommand, stored: Stage, receiver: Receiver) -> None:
    receiver.status = 500
    done = microtask(
        "listen", stored.advertiser_id, "--to", receiver.url, "--since", "1h", "--once", "--secret", SECRET
    )
    assert done.status == 1


def test_new_events_are_sent_once_while_it_listens(stored: Stage, receiver: Receiver) -> None:
    published = PublishedEvents(enable=False)
    published.records()
    begin = clock.stamp(clock.now() - timedelta(hours=1))
    polls = 0

    class Stopped(Exception):
        """The test has seen enough."""

    def sleep(seconds: float) -> None:
        nonlocal polls
        polls += 1
        if polls == 1:
            stored.offered("bo")
            published.deliver()
        if polls == 3:
            raise Stopped

    found: list[str] = []
    events = forwarded(stored.advertiser_id, receiver.url, SECRET, "https://x", begin, once=False, sleep=sleep)
    with pytest.raises(Stopped):
        found.extend(one.event_id for one in events)
    assert len(found) == len(set(found)) == len(receiver.types)
    assert receiver.types[-1] == "order.offered"
