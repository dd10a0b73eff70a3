"""Counts what AWS bills for events: one that is stored, a webhook delivery, an attempt that fails, an e-mail, a reminder.

    python -m bench.events    takes a minute; writes bench/counted.json and a table of docs/reference/performance.md

DynamoDB is the local cloud's engine over HTTP; queues, event bus and SES are moto's, in this process. Endpoints are answered in
place: the time that they take is an assumption of ops.cloud_costs.order_costs.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import boto3

from bench.cost import Bill
from bench.harness import counted
from bench.harness.measured_market import market, metered, size
from bench.routes import NAMES, people
from chalicelib.core import clock
from chalicelib.core.rules import Rules
from chalicelib.core.settings import settings
from chalicelib.events import reminders
from chalicelib.outbound.guarded_request import Response
from chalicelib.store import EventsRecord, TasksRecord
from chalicelib.tasks.records.order_record import find_order
from chalicelib.webhooks import delivery_attempts, endpoint_url_check
from testing.api import Api
from testing.markets.stage import Stage

EVENTS = 10
URL = "https://hooks.tea.example/market"
SENDER = "market@market.example"
ADDRESS = {"email": "teahouse@users.example", "email_verified": "true"}


def acceptances(stage: Stage) -> list[dict[str, Any]]:
    """Accept ten orders, and return the stream record of each: an event for its advertiser and its creator."""
    names = NAMES[:EVENTS]
    begin = clock.now()
    times = {
        "accept_by": clock.rfc3339(begin + timedelta(days=3)),
        "window": {
            "start_at": clock.rfc3339(begin + timedelta(days=3)),
            "end_at": clock.rfc3339(begin + timedelta(days=9)),
        },
    }
    task = stage.create([stage.accounts[name] for name in names], **times)
    stage.approve(task["id"])
    records = []
    for name, order in zip(names, stage.orders(task["id"]), strict=True):
        before = item(order["id"])
        assert stage.act(name, order["id"], "accept").status_code == 200
        keys = {part: before[part] for part in ("pk", "sk")}
        change = {"Keys": keys, "OldImage": before, "NewImage": item(order["id"]), "SequenceNumber": "1"}
        records.append({"eventSource": "aws:dynamodb", "dynamodb": change})
    return records


def item(order_id: str) -> dict[str, Any]:
    key = {"pk": {"S": order_id}, "sk": {"S": "order"}}
    found: dict[str, Any] = boto3.client("dynamodb").get_item(TableName=TasksRecord.Meta.table_name, Key=key)["Item"]
    return found


def messages(queue: str) -> Iterator[dict[str, Any]]:
    """Receive the messages that wait in a queue, as records of an invocation, and delete them."""
    sqs, url = boto3.client("sqs"), os.environ[queue]
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages"):
        (message,) = found
        yield {"messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"], "body": message["Body"]}
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def weights() -> dict[str, int]:
    """Return the average bytes of an item of the events table by kind, as DynamoDB bills them: 100 more for each."""
    found: Counter[str] = Counter()
    number: Counter[str] = Counter()
    for page in boto3.client("dynamodb").get_paginator("scan").paginate(TableName=EventsRecord.Meta.table_name):
        for one in page["Items"]:
            key = one["sk"]["S"]
            kind = "event" if "data" in one else "delivery" if key.startswith("dlv_") else key.partition("#")[0]
            found[kind] += size(one) + 100
            number[kind] += 1
    return {kind: round(weight / number[kind]) for kind, weight in sorted(found.items())}


@contextmanager
def with_email() -> Iterator[None]:
    """A deployment that sends e-mail, within the block."""
    with patch.dict(os.environ, {"EMAIL_SENDER": SENDER, "PUBLIC_URL": "https://market.example"}):
        settings.cache_clear()
        boto3.client("ses").verify_email_identity(EmailAddress=SENDER)
        yield
    settings.cache_clear()


class Counting:
    """Counts each part of the way of ten events. `bill` has a meter for each."""

    def __init__(self, stage: Stage) -> None:
        import app  # it reads the environment that `testing` sets

        self._app, self.bill = app, Bill()
        self.records = acceptances(stage)

    def publish(self, part: str | None) -> None:
        """Publish the events, one record at a time; `part` None: without counting."""
        for record in self.records:
            self._call("publisher", record, part)

    def deliver(self, queue: str, function: str, part: str) -> None:
        """Let the function handle the messages of the queue, one for each event."""
        failed = [self._call(function, record, part)["batchItemFailures"] for record in messages(queue)]
        assert failed == [[]] * EVENTS

    def fail(self, api: Api, webhook: str) -> None:
        """Let an endpoint fail at half of the messages. The other half comes during its pause."""
        for number, record in enumerate(messages("DELIVERIES_QUEUE_URL")):
            if number % 2 == 0:
                assert api.patch(f"/v1/webhooks/{webhook}", {"enabled": True}).status_code == 200
            part = "delivery while the endpoint is paused" if number % 2 else "delivery that fails once"
            assert self._call("webhooks", record, part)["batchItemFailures"]

    def remind(self) -> None:
        """Remind each creator of the end of the window."""
        orders = [find_order(record["dynamodb"]["Keys"]["pk"]["S"]) for record in self.records]
        with clock.at(orders[0].end_at - timedelta(hours=1)):
            for order in orders:
                with self.bill.runs("reminder"):
                    assert reminders.remind(order)

    def _call(self, function: str, record: dict[str, Any], part: str | None) -> Any:
        event = {"Records": [record]}
        if part is None:
            return getattr(self._app, function)(event, None)
        with self.bill.runs(part):
            return getattr(self._app, function)(event, None)


def count() -> dict[str, Any]:
    """Return the counts of each part for ten events, and the bytes that they store."""
    with (
        market() as stage,
        patch.object(endpoint_url_check, "system_resolve", lambda *_: ["93.184.216.34"]),
        patch.object(reminders, "rules", Rules),  # those of a production stage
    ):
        people(stage)
        counting = Counting(stage)
        counting.publish(None)  # the first use of a client or a model is not counted
        with metered(counting.bill.meter), clock.at(clock.now()):  # so that a pause does not end
            _count(counting, stage)
        stored = weights()
    parts = {
        name: {
            "invocations": counting.bill.calls[name],
            "milliseconds": round(counting.bill.milliseconds[name]),
            **counted.plain(meter),
            "others": dict(sorted(meter.others.items())),
        }
        for name, meter in counting.bill.meters.items()
    }
    return {"events": EVENTS, "parts": parts, "stored_bytes": stored}


def _count(counting: Counting, stage: Stage) -> None:
    counting.publish("event")
    user = stage.api.as_("teahouse", "advertiser", **ADDRESS)
    webhook = user.post("/v1/webhooks", {"url": URL, "event_types": ["order.accepted"]}).json_body["id"]
    counting.publish("event with a webhook")
    answers = iter([204] * EVENTS + [500] * EVENTS)
    with patch.object(delivery_attempts, "post", lambda *_, **__: Response(next(answers), {}, b"")):
        counting.deliver("DELIVERIES_QUEUE_URL", "webhooks", "delivery")
        span = {
            "since": clock.rfc3339(clock.now() - timedelta(hours=1)),
            "until": clock.rfc3339(clock.now() + timedelta(hours=1)),
        }
        assert user.post(f"/v1/webhooks/{webhook}/replay", span).json_body["replayed"] == EVENTS
        counting.fail(user, webhook)
    assert user.request("DELETE", f"/v1/webhooks/{webhook}").status_code == 200
    with with_email():
        chosen = {"off": [], "email_types": ["order.accepted"], "language": "zh"}
        assert user.put("/v1/notifications/preferences", chosen).status_code == 200
        counting.publish("event with an e-mail")
        counting.deliver("EMAILS_QUEUE_URL", "emails", "e-mail")
    counting.remind()
    with counting.bill.runs("page of the inbox"):
        assert len(user.get("/v1/notifications").json_body["data"]) >= EVENTS
    with counting.bill.runs("page of events"):
        assert len(user.get("/v1/events").json_body["data"]) >= EVENTS


def main() -> None:
    """Count, and write the results."""
    counted.write("events", count())


if __name__ == "__main__":
    main()
