"""Deliveries: signed, retried, logged, replayed, and fair between endpoints."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from random import Random
from typing import Any

import boto3
import pytest
from standardwebhooks.webhooks import Webhook

from bench.harness.measured_market import metered
from chalicelib.core import clock
from chalicelib.events import event_envelope
from chalicelib.events.event import Event
from chalicelib.outbound.guarded_request import RequestFailed, RequestRefused, Response
from chalicelib.webhooks import delivery_attempts
from chalicelib.webhooks.fan_out import queue_deliveries
from chalicelib.webhooks.records import ENDPOINT, EndpointRecord
from testing.doubles.delivery_queue import DeliveryQueue, status
from testing.markets.published_events import PublishedEvents
from testing.markets.stage import NOON, Stage

URL = "https://hooks.tea.example/market"
Subscribe = Callable[..., Any]


def failing(code: str) -> Callable[[], Response]:
    def fail() -> Response:
        raise RequestFailed(code)

    return fail


def deliveries(stage: Stage, webhook: Any, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stage.advertiser.get(
        f"/v1/webhooks/{webhook['id']}/deliveries?limit=100{query}"
    ).json_body["data"]
    return found


@pytest.fixture(autouse=True)
def without_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    class Middle(Random):
        def uniform(self, a: float, b: float) -> float:
            return (a + b) / 2

        def random(self) -> float:
            return 0.0

    monkeypatch.setattr(delivery_attempts, "RANDOM", Middle())


def test_both_sides_receive_signed_events(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue, published: PublishedEvents
) -> None:
    mine, theirs = subscribe(stage.advertiser), subscribe(stage.creator("an"), URL + "/an")
    (order_id,) = stage.accepted("an")
    published.deliver()
    queue.run()
    assert "order.accepted" in queue.types(URL)
    assert {"order.offered", "order.accepted", "account.admitted"} <= set(queue.types(URL + "/an"))
    for secret, url in ((mine["secret"], URL), (theirs["secret"], URL + "/an")):
        for sent in (one for one in queue.received if one.url == url):
            expected = Webhook(secret).sign(sent.id, sent.at, sent.body.decode())
            assert sent.headers["webhook-signature"] == expected
    body = json.loads(next(one.body for one in queue.received if b'"order.accepted"' in one.body))
    assert body.keys() == {"type", "timestamp", "data"}
    assert body["data"]["url"] == f"https://api.micro-task.example/v1/orders/{order_id}"
    listed = stage.advertiser.get("/v1/events?limit=100").json_body["data"]
    assert {event["id"] for event in listed} >= set(queue.ids(URL))


def test_only_subscribed_types_are_sent(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue, published: PublishedEvents
) -> None:
    subscribe(stage.advertiser, URL, "order.accepted")
    stage.accepted("an")
    published.deliver()
    queue.run()
    assert queue.types(URL) == ["order.accepted"]


def test_the_operator_receives_events_of_staff(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue, published: PublishedEvents
) -> None:
    made = subscribe(stage.api.as_("root", "admin"))
    stage.create(stage.bind("an"))
    published.deliver()
    queue.run()
    assert made["side"] == "operator"
    assert set(queue.types(URL)) == {"account.pending", "task.in_review"}


def test_the_endpoints_of_a_batch_take_one_read_and_one_query_for_each_owner_of_some(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue
) -> None:
    subscribe(stage.advertiser)
    now, recipients = clock.now(), [stage.advertiser_id, *(stage.creator_id(name) for name in ("an", "bo", "chi"))]
    events = [
        Event(f"evt_{place}", "order.accepted", now, 0, "ord_1", {}, {"creator": recipient})
        for place, recipient in enumerate(recipients)
    ]
    with metered() as meter:
        queue_deliveries(events)
    assert meter.calls == {"BatchGetItem": 1, "Query": 1}
    assert meter.others == {"sqs SendMessage": 1}


def test_a_repeated_record_is_delivered_once(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue, published: PublishedEvents
) -> None:
    subscribe(stage.advertiser)
    stage.accepted("an")
    published.deliver(times=3)
    queue.run()
    assert set(Counter(queue.ids(URL)).values()) == {1}


def test_a_failed_delivery_follows_the_schedule_with_one_id(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue
) -> None:
    made = subscribe(stage.advertiser)
    queue.answers[URL] = status(500, b"out of tea")
    stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    queue.run(timedelta(hours=9))
    sent = [one for one in queue.received if one.url == URL]
    minutes = [round((one.at - NOON).total_seconds() / 60, 1) for one in sent]
    assert minutes[0] == 0
    assert 0 < minutes[1] <= 0.3
    assert [round(later - earlier) for earlier, later in zip(minutes[1:], minutes[2:], strict=False)][:2] == [5, 30]
    assert len({one.id for one in sent}) == 1
    assert len({one.body for one in sent}) == 1
    assert len({one.headers["webhook-timestamp"] for one in sent}) == len(sent)
    (logged,) = deliveries(stage, made)
    assert (logged["status"], logged["attempts_made"]) == ("pending", len(sent))
    assert logged["attempts"][0] == {
        "at": "2026-11-22T12:00:00Z",
        "status": 500,
        "error": None,
        "latency_ms": logged["attempts"][0]["latency_ms"],
        "response": "out of tea",
    }
    assert stage.advertiser.get(f"/v1/webhooks/{made['id']}").json_body["failing_since"] == "2026-11-22T12:00:00Z"


def test_an_endpoint_that_recovers_gets_everything_once(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue, published: PublishedEvents
) -> None:
    made = subscribe(stage.advertiser)
    queue.answers[URL] = status(503)
    stage.accepted("an", "bo")
    published.deliver()
    queue.run(timedelta(minutes=20))
    missed = {one.id for one in queue.received}
    assert missed
    queue.received.clear()
    queue.answers[URL] = status(200)
    with clock.at(NOON + timedelta(minutes=20)):
        queue.run(timedelta(hours=12))
        assert stage.advertiser.get(f"/v1/webhooks/{made['id']}").json_body["failing_since"] is None
    assert queue.waiting == 0
    assert set(Counter(queue.ids(URL)).values()) == {1}
    expected = {event["id"] for event in stage.advertiser.get("/v1/events?limit=100").json_body["data"]}
    assert set(queue.ids(URL)) == expected


@pytest.mark.parametrize("code", [301, 302, 307, 400, 404, 429, 500])
def test_every_status_but_success_is_a_failure(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue, code: int
) -> None:
    made = subscribe(stage.advertiser)
    queue.answers[URL] = status(code)
    stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    queue.run()
    (logged,) = deliveries(stage, made, "&status=pending")
    assert logged["attempts"][0]["status"] == code
    assert queue.waiting == 1


def test_retry_after_is_honoured(stage: Stage, subscribe: Subscribe, queue: DeliveryQueue) -> None:
    made = subscribe(stage.advertiser)
    queue.answers[URL] = status(429, retry_after="3600")
    stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    queue.run(timedelta(minutes=59))
    assert len(queue.received) == 1
    queue.run(timedelta(minutes=62))
    assert len(queue.received) == 2


def test_retry_after_holds_for_all_deliveries_to_the_endpoint(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue
) -> None:
    made = subscribe(stage.advertiser)
    queue.answers[URL] = status(503, retry_after=format_datetime(NOON + timedelta(hours=1), usegmt=True))
    for _ in range(3):
        stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    queue.run(timedelta(minutes=59))
    assert len(queue.received) == 1
    queue.answers[URL] = status(204)
    queue.run(timedelta(hours=3))
    assert sorted(Counter(queue.ids(URL)).values()) == [1, 1, 2]


@pytest.mark.parametrize("change", [{"enabled": True}, {"url": URL + "/repaired"}])
def test_an_owner_ends_a_pause_that_the_endpoint_asked_for(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue, change: dict[str, Any]
) -> None:
    made = subscribe(stage.advertiser)
    queue.answers[URL] = status(503, retry_after="43000")
    for _ in range(3):
        stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    queue.run()
    assert len(queue.received) == 1
    queue.answers[URL] = status(204)
    assert stage.advertiser.request("PATCH", f"/v1/webhooks/{made['id']}", change).status_code == 200
    queue.run(timedelta(minutes=20))
    assert len(queue.received) == 3, "all but the delivery that was asked to wait"


def test_a_failure_does_not_shorten_a_pause_that_was_asked_for(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue
) -> None:
    made = subscribe(stage.advertiser)

    def overtaken() -> Response:
        """Fail after another delivery to the endpoint, which is asked to wait."""
        queue.answers[URL] = status(429, retry_after="3600")
        queue.run()
        raise RequestFailed("timeout")

    queue.answers[URL] = overtaken
    for _ in range(3):
        stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    queue.run(timedelta(minutes=59))
    assert len(queue.received) == 2
    queue.run(timedelta(hours=2))
    assert len(queue.received) > 2


def test_the_timestamp_is_the_receivers_time_on_a_stage_whose_clock_was_moved(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue
) -> None:
    made = subscribe(stage.advertiser)
    stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    (message,) = boto3.client("sqs").receive_message(QueueUrl=os.environ["DELIVERIES_QUEUE_URL"])["Messages"]
    record = {"messageId": "1", "receiptHandle": "r", "body": message["Body"]}
    with clock.at(NOON), clock.ahead_by(lambda: timedelta(days=2)):
        assert delivery_attempts.deliver({"Records": [record]}) == {"batchItemFailures": []}
    (sent,) = queue.received
    assert sent.at == NOON + timedelta(days=2)
    assert sent.headers["webhook-timestamp"] == str(int(NOON.timestamp()))


@pytest.mark.parametrize("code", ["timeout", "connection", "tls", "dns", "response_invalid"])
def test_a_request_without_response_is_retried(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue, code: str
) -> None:
    made = subscribe(stage.advertiser)
    queue.answers[URL] = failing(code)
    stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    queue.run()
    (logged,) = deliveries(stage, made)
    assert (logged["attempts"][0]["error"], logged["attempts"][0]["status"]) == (code, None)
    assert queue.waiting == 1


def test_a_host_that_turned_internal_is_not_requested(stage: Stage, subscribe: Subscribe, queue: DeliveryQueue) -> None:
    def refuse() -> Response:
        raise RequestRefused("not_public")

    made = subscribe(stage.advertiser)
    queue.answers[URL] = refuse
    stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    queue.run()
    assert deliveries(stage, made)[0]["attempts"][0]["error"] == "not_public"


def test_410_disables_at_once_and_notifies_the_owner(stage: Stage, subscribe: Subscribe, queue: DeliveryQueue) -> None:
    made = subscribe(stage.advertiser)
    queue.answers[URL] = status(410)
    stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    queue.run()
    shown = stage.advertiser.get(f"/v1/webhooks/{made['id']}").json_body
    assert (shown["enabled"], shown["disabled_reason"]) == (False, "gone")
    assert deliveries(stage, made)[0]["status"] == "failed"
    (event,) = stage.advertiser.get("/v1/events?type=webhook.disabled").json_body["data"]
    assert (event["data"]["webhook_id"], event["data"]["reason"]) == (made["id"], "gone")
    stage.advertiser.patch(f"/v1/webhooks/{made['id']}", {"enabled": True})
    assert stage.advertiser.get(f"/v1/webhooks/{made['id']}").json_body["disabled_reason"] is None


def test_an_endpoint_that_fails_for_three_days_is_disabled(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue
) -> None:
    made = subscribe(stage.advertiser)
    queue.answers[URL] = failing("timeout")
    for hours in range(0, 80, 8):
        with clock.at(NOON + timedelta(hours=hours)):
            stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
            queue.run(timedelta(hours=8))
    with clock.at(NOON + timedelta(hours=80)):
        shown = stage.advertiser.get(f"/v1/webhooks/{made['id']}").json_body
        assert (shown["enabled"], shown["disabled_reason"]) == (False, "failing")
        events = stage.advertiser.get("/v1/events?type=webhook.disabled").json_body["data"]
    assert len(events) == 1
    assert clock.parse(events[0]["timestamp"]) - NOON >= timedelta(days=3)
    requests = len(queue.received)
    with clock.at(NOON + timedelta(hours=81)):
        queue.run(timedelta(days=3))
    assert len(queue.received) == requests, "nothing is sent to a disabled endpoint"
    assert queue.waiting == 0


def test_a_dead_endpoint_takes_little_time_of_twenty_others(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue, published: PublishedEvents
) -> None:
    """Events for a dead endpoint, which times out after 15 s each, among events for 20 healthy ones."""
    dead = subscribe(stage.advertiser, "https://dead.example/")
    record = EndpointRecord.find(stage.advertiser_id, ENDPOINT + dead["id"])
    assert record is not None
    for number in range(20):
        copy = EndpointRecord.from_raw_data(record.serialize())
        copy.sk, copy.url = f"{ENDPOINT}whk_{number:026d}", f"https://healthy{number}.example/"
        copy.save()
    queue.answers["https://dead.example/"] = failing("timeout")
    queue.takes["https://dead.example/"] = 15.0
    stage.accepted("an")
    published.deliver()
    queue.run(timedelta(minutes=1))
    events = len(stage.advertiser.get("/v1/events?limit=100").json_body["data"])
    assert events >= 4
    for number in range(20):
        found = [one for one in queue.received if one.url == f"https://healthy{number}.example/"]
        assert len(found) == events
        assert {one.at for one in found} == {NOON}, "no healthy endpoint waits"
    tried = len(queue.ids("https://dead.example/"))
    assert tried <= 5
    assert queue.spent["https://dead.example/"] == 15.0 * tried


def test_one_delivery_is_replayed_with_its_id(stage: Stage, subscribe: Subscribe, queue: DeliveryQueue) -> None:
    made = subscribe(stage.advertiser)
    stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    queue.run()
    (first,) = deliveries(stage, made)
    path = f"/v1/webhooks/{made['id']}/deliveries/{first['id']}/replay"
    for _ in range(2):
        assert stage.advertiser.post(path, {}, key="again").status_code == 202
    queue.run()
    assert queue.ids(URL) == [first["event_id"]] * 2
    assert [one["replay"] for one in deliveries(stage, made)].count(True) == 1
    absent = path.replace(first["id"], first["id"][:-1] + ("A" if first["id"][-1] != "A" else "B"))
    assert stage.advertiser.post(absent, {}).status_code == 404


def test_a_range_is_replayed(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue, published: PublishedEvents
) -> None:
    stage.accepted("an")
    published.deliver()
    made = subscribe(stage.advertiser, URL, "order.accepted", "order.offered")
    path = f"/v1/webhooks/{made['id']}/replay"
    span = {"since": "2026-11-22T11:00:00Z", "until": "2026-11-22T13:00:00Z"}
    assert stage.advertiser.post(path, span).json_body == {"replayed": 2, "next_since": None}
    queue.run()
    assert sorted(queue.types(URL)) == ["order.accepted", "order.offered"]
    earlier = {"since": "2026-11-21T11:00:00Z", "until": "2026-11-22T11:00:00Z"}
    assert stage.advertiser.post(path, earlier).json_body["replayed"] == 0
    backwards = {"since": span["until"], "until": span["since"]}
    assert stage.advertiser.post(path, backwards).status_code == 422


def test_a_crash_brings_the_message_back(
    stage: Stage, subscribe: Subscribe, queue: DeliveryQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = subscribe(stage.advertiser)
    stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    with monkeypatch.context() as broken:
        broken.setattr(event_envelope, "webhook_body", lambda stored, base: 1 / 0)
        queue.run()
    assert queue.received == []
    queue.run(timedelta(minutes=5))
    assert len(queue.received) == 1
