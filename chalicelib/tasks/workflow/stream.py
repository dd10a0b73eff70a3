"""What the streams of the tasks and wallet tables set in motion: workflows start, waiting ones go on, tasks complete,
what an order showed of its account is kept, the world hears of it.

A stream record comes at least once and in order per item, so everything here may be repeated: an execution that
exists, a token that is spent or dead, an event that was told, are successes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.core import clock, ids, json_format
from chalicelib.core.aws import client
from chalicelib.core.observability import begin, count, logger
from chalicelib.core.settings import settings
from chalicelib.store import sandbox_clock
from chalicelib.tasks.model.lifecycle import ORDER
from chalicelib.tasks.workflow import track_record
from chalicelib.tasks.workflow.task_completion import close_if_settled
from chalicelib.tasks.workflow.wake_up import wake, wake_after_move

EVENTS_PER_CALL = 10
SOURCE = "micro-task"


class NotTold(Exception):
    """The event bus did not take an event."""


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
        _tell(news)
    except (ClientError, NotTold):
        logger.exception("event bus failed")
        failed = records[0]["dynamodb"]["SequenceNumber"]
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}


def start(item_id: str, run: int) -> bool:
    """Starts the workflow of a task or order; False if this run of it was started before."""
    machine = settings().task_machine_arn if item_id.startswith("tsk_") else settings().order_machine_arn
    try:
        client("stepfunctions").start_execution(
            stateMachineArn=machine, name=execution_name(item_id, run), input=json_format.dumps({"id": item_id})
        )
    except ClientError as error:
        if _code(error) != "ExecutionAlreadyExists":
            raise
        return False
    return True


def execution_name(item_id: str, run: int) -> str:
    """The name of an execution: the item's id, with the number of the run if it is not the first."""
    return item_id if run == 0 else f"{item_id}-r{run}"


def _handle(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Acts on one stream record; the domain events to be told."""
    change = record["dynamodb"]
    new, old = change.get("NewImage"), change.get("OldImage")
    if new is None:
        return []
    pk, sk = _text(new, "pk"), _text(new, "sk")
    begin(_text(new, "cause") or None, function="outbox")
    if sk == "balance" and pk.startswith("task:") and pk.endswith(":held"):
        if _number(new, "balance") == 0:
            close_if_settled(pk.split(":")[1])
        return []
    if sk == sandbox_clock.KEY:
        wake_after_move()
        return []
    if sk not in ("task", "order"):
        return []
    status = _text(new, "status")
    if (old is None and status != "draft") or (old is not None and _number(new, "run") > _number(old, "run")):
        start(pk, _number(new, "run"))
    token = _text(new, "waiting_token")
    if token and _number(new, "waiting_revision") != _number(new, "revision"):
        wake(token, status)
    if old is not None and _text(old, "status") == status:
        return []
    if sk == "order" and status in ORDER.ends:
        track_record.keep(pk)
    logger.info("moved", extra={"item": pk, "status": status})
    _measure(sk, status, new, old)
    return [_news(sk, new, old)]


def _measure(kind: str, status: str, new: dict[str, Any], old: dict[str, Any] | None) -> None:
    """The market's own figures. A record that comes again is counted again: a stream delivers at least once."""
    if kind == "task":
        if status == "in_review":
            count("MoneyHeld", _number(new, "total"), unit="None")
        return
    if status == "accepted" and old is not None and _text(old, "status") == "offered":
        waited = clock.parse(_text(new, "updated_at")) - clock.parse(_text(new, "created_at"))
        count("TimeToAccept", waited.total_seconds(), unit="Seconds")
    settled = json.loads(_text(new, "settled") or "null")
    if settled and status in ORDER.ends:
        paid = int(settled["net"]) + int(settled["commission"])
        if paid:
            count("MoneySettled", paid, unit="None")
        if returned := int(settled["returned"]):
            count("MoneyReturned", returned, unit="None")


def _news(kind: str, new: dict[str, Any], old: dict[str, Any] | None) -> dict[str, Any]:
    """The domain event of a change of status; its id is the same however often the record comes."""
    pk, status, at = _text(new, "pk"), _text(new, "status"), _text(new, "updated_at")
    detail = {
        "id": ids.derive("evt", pk, status, at),
        "kind": kind,
        f"{kind}_id": pk,
        "status": status,
        "previous_status": _text(old, "status") or None if old else None,
        "at": at,
    }
    if kind == "order":
        detail["task_id"] = _text(new, "task_id")
    return {
        "Source": SOURCE,
        "DetailType": f"{kind}.{status}",
        "Detail": json_format.dumps(detail),
        "EventBusName": settings().event_bus,
        "Time": clock.parse(at),
    }


def _tell(news: list[dict[str, Any]]) -> None:
    for first in range(0, len(news), EVENTS_PER_CALL):
        answer = client("events").put_events(Entries=news[first : first + EVENTS_PER_CALL])
        if answer.get("FailedEntryCount"):
            raise NotTold(", ".join(_codes(answer["Entries"])))


def _codes(entries: Iterable[dict[str, Any]]) -> Iterable[str]:
    return (entry["ErrorCode"] for entry in entries if "ErrorCode" in entry)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))


def _text(image: dict[str, Any], name: str) -> str:
    return str(image.get(name, {}).get("S", ""))


def _number(image: dict[str, Any], name: str) -> int:
    return int(image.get(name, {}).get("N", 0))
