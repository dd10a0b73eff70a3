"""The queue of deliveries with a clock that the test moves, and receivers in place of HTTP."""

from __future__ import annotations

import heapq
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from chalicelib.core import clock
from chalicelib.outbound.guarded_request import Response
from chalicelib.webhooks import delivery_attempts

Answer = Callable[[], Response]
"""Return the response of a receiver, or raise RequestFailed."""


def status(code: int, head: bytes = b"", **headers: str) -> Answer:
    """Return a receiver's answer with this status; `retry_after` is the header Retry-After."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda: Response(code, named, head)


@dataclass
class Received:
    """A request at a receiver."""

    at: datetime
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class DeliveryQueue:
    """Takes messages from moto's queue and calls the function as Lambda does. A hidden message comes back at its time.

    `answers` has the answer of each URL, by default 204; `takes` the seconds that a request to a URL takes."""

    answers: dict[str, Answer] = field(default_factory=dict)
    takes: dict[str, float] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    spent: dict[str, float] = field(default_factory=dict)
    handled: int = 0
    _waiting: list[tuple[datetime, int, str]] = field(default_factory=list)
    _hidden: dict[str, int] = field(default_factory=dict)
    _numbers: Any = field(default_factory=count)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(delivery_attempts, "post", self._post)
        patch.setattr(delivery_attempts, "hide", self._hidden.__setitem__)

    def _post(self, url: str, body: bytes, headers: dict[str, str], *, seconds: float, local: bool) -> Response:
        self.received.append(Received(clock.now(), url, headers, body))
        self.spent[url] = self.spent.get(url, 0.0) + min(self.takes.get(url, 0.0), seconds)
        return self.answers.get(url, status(204))()

    def take(self) -> int:
        """Take the new messages from the queue, to be handled now, and return their number."""
        sqs, url, taken = boto3.client("sqs"), os.environ["DELIVERIES_QUEUE_URL"], 0
        queue = sqs_backends[DEFAULT_ACCOUNT_ID][os.environ["AWS_REGION"]].get_queue(url.rpartition("/")[2])
        while queue._messages and (
            found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        ):
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                heapq.heappush(self._waiting, (clock.now(), next(self._numbers), message["Body"]))
                taken += 1
        return taken

    def run(self, span: timedelta = timedelta()) -> None:
        """Take new messages, and handle everything that is due from now until `span` later."""
        self.take()
        until = clock.now() + span
        while self._waiting and self._waiting[0][0] <= until:
            due, number, body = heapq.heappop(self._waiting)
            with clock.at(due):
                record = {"messageId": str(number), "receiptHandle": f"receipt-{number}", "body": body}
                failures = delivery_attempts.deliver({"Records": [record]})["batchItemFailures"]
                self.handled += 1
                self.take()
            if failures:
                assert failures == [{"itemIdentifier": str(number)}]
                again = due + timedelta(seconds=self._hidden.pop(f"receipt-{number}"))
                heapq.heappush(self._waiting, (again, next(self._numbers), body))

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def ids(self, url: str) -> list[str]:
        """Return the ids of the events that this URL has received, one for each request."""
        return [one.id for one in self.received if one.url == url]

    def types(self, url: str) -> list[str]:
        return [json.loads(one.body)["type"] for one in self.received if one.url == url]
