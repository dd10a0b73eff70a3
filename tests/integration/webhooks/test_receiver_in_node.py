"""A receiver in another language verifies with the package standardwebhooks from npm what is sent over HTTP, while a fifth of its
responses fails."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import urllib3

from chalicelib.core import clock
from chalicelib.core.settings import settings
from chalicelib.outbound import guarded_request
from chalicelib.tasks.workflow import steps
from chalicelib.webhooks import delivery_attempts, signing
from testing.doubles.delivery_queue import DeliveryQueue
from testing.markets.published_events import PublishedEvents
from testing.markets.stage import NOON, Stage
from testing.receivers.node_receiver import receiving


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A stage whose webhooks may lead to this machine."""
    monkeypatch.setenv("LOCAL_WEBHOOKS", "on")
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_every_event_of_a_campaign_arrives_once(
    local: None,
    stage: Stage,
    subscribe: Callable[..., Any],
    queue: DeliveryQueue,
    published: PublishedEvents,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requests = 0

    def post(*arguments: Any, **options: Any) -> guarded_request.Response:
        nonlocal requests
        requests += 1
        return guarded_request.post(*arguments, **options)

    made = subscribe(stage.advertiser, "http://127.0.0.1:1/hook")
    with receiving(made["secret"], sender_clock=True) as receiver:
        monkeypatch.setattr(delivery_attempts, "post", post)
        changed = stage.advertiser.patch(f"/v1/webhooks/{made['id']}", {"url": receiver.url})
        assert changed.status_code == 200, changed.json_body
        orders = stage.accepted("an", "bo", "chen")
        with clock.at(NOON + timedelta(hours=1)):
            for name, order_id in zip(("an", "bo", "chen"), orders, strict=True):
                stage.publish(name, order_id)
        with clock.at(NOON + timedelta(hours=40)):
            for order_id in orders:
                steps.order_step({"step": "check", "id": order_id})
            published.deliver()
            queue.run(timedelta(days=1))
            assert queue.waiting == 0
            expected = {event["id"] for event in stage.advertiser.get("/v1/events?limit=100").json_body["data"]}
            received = receiver.received(expected)
    assert len(received) == requests
    statuses = Counter(one["status"] for one in received)
    assert set(statuses) == {204, 500}, "every signature is valid"
    assert statuses[500] == len(expected) // 4
    assert Counter(one["id"] for one in received if one["status"] == 204) == Counter(expected)
    assert {"order.offered", "order.accepted", "order.published", "order.completed"} <= {
        one["type"] for one in received
    }


def test_the_receiver_refuses_forged_altered_and_old_messages() -> None:
    secret, other, now = signing.new_secret(), signing.new_secret(), int(time.time())
    body = b'{"type":"order.offered"}'
    messages = [
        (signing.headers([other], "forged", now, body), body),
        (signing.headers([secret], "altered", now, body), b'{"type":"order.offered" }'),
        (signing.headers([secret], "old", now - 400, body), body),
        (signing.headers([other, secret], "rotated", now, body), body),
    ]
    with receiving(secret) as receiver:
        for headers, sent in messages:
            urllib3.request("POST", receiver.url, body=sent, headers=headers)
        received = receiver.received({"rotated"})
    assert {one["id"]: one["status"] for one in received} == {"forged": 401, "altered": 401, "old": 401, "rotated": 204}
