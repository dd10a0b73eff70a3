"""What the streams of the tasks and wallet tables set in motion: workflows start, waiting ones go on, tasks complete,
what an order showed of its account is kept, the world hears of it.

A stream record comes at least once and in order per item, so everything here may be repeated: an execution that
exists, a token that is spent or dead, an event that was told, are successes.
"""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.core import clock
from chalicelib.core.observability import begin, count, logger
from chalicelib.store import sandbox_clock
from chalicelib.tasks.model.lifecycle import ORDER
from chalicelib.tasks.workflow import track_record
from chalicelib.tasks.workflow.domain_events import NotPublished, domain_event, publish_events
from chalicelib.tasks.workflow.executions import start
from chalicelib.tasks.workflow.stream_image import number_of, text_of
from chalicelib.tasks.workflow.task_completion import complete_if_settled
from chalicelib.tasks.workflow.wake_up import wake, wake_after_move


def publish(event: dict[str, Any]) -> dict[str, Any]:
    """Works through a batch of stream records; `{"batchItemFailures": [{"itemIdentifier": sequence number}]}` names
    the first that failed, from which the stream delivers again; nothing after it is touched, so that order is
    kept."""
    news: list[dict[str, Any]] = []
    failed: str | None = None
    records = event.get("Records", [])
    for record in records:
        try:
            news += _handle(record)
        except Exception:  # whatever it is, the stream delivers the record again, and to the dead letters in the end
            logger.exception("outbox failed")
            count("OutboxFailed")
            failed = record["dynamodb"]["SequenceNumber"]
            break
    try:
        publish_events(news)
    except (ClientError, NotPublished):
        logger.exception("event bus failed")
        failed = records[0]["dynamodb"]["SequenceNumber"]
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}


def _handle(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Acts on one stream record; the domain events to be told."""
    change = record["dynamodb"]
    new, old = change.get("NewImage"), change.get("OldImage")
    if new is None:
        return []
    pk, sk = text_of(new, "pk"), text_of(new, "sk")
    begin(text_of(new, "cause") or None, function="outbox")
    if sk == "balance" and pk.startswith("task:") and pk.endswith(":held"):
        if number_of(new, "balance") == 0:
            complete_if_settled(pk.split(":")[1])
        return []
    if sk == sandbox_clock.KEY:
        wake_after_move()
        return []
    if sk not in ("task", "order"):
        return []
    status = text_of(new, "status")
    if (old is None and status != "draft") or (old is not None and number_of(new, "run") > number_of(old, "run")):
        start(pk, number_of(new, "run"))
    token = text_of(new, "waiting_token")
    if token and number_of(new, "waiting_revision") != number_of(new, "revision"):
        wake(token, status)
    if old is not None and text_of(old, "status") == status:
        return []
    if sk == "order" and status in ORDER.ends:
        track_record.keep(pk)
    logger.info("moved", extra={"item": pk, "status": status})
    _measure(sk, status, new, old)
    return [domain_event(sk, new, old)]


def _measure(kind: str, status: str, new: dict[str, Any], old: dict[str, Any] | None) -> None:
    """The market's own figures. A record that comes again is counted again: a stream delivers at least once."""
    if kind == "task":
        if status == "in_review":
            count("MoneyHeld", number_of(new, "total"), unit="None")
        return
    if status == "accepted" and old is not None and text_of(old, "status") == "offered":
        waited = clock.parse(text_of(new, "updated_at")) - clock.parse(text_of(new, "created_at"))
        count("TimeToAccept", waited.total_seconds(), unit="Seconds")
    settled = json.loads(text_of(new, "settled") or "null")
    if settled and status in ORDER.ends:
        paid = int(settled["net"]) + int(settled["commission"])
        if paid:
            count("MoneySettled", paid, unit="None")
        if returned := int(settled["returned"]):
            count("MoneyReturned", returned, unit="None")
