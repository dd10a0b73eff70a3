"""Handle the stream records of the tasks and wallet tables: start and resume workflows, complete tasks, save track records.

A stream record is delivered at least once, and in order for each item, so everything here can be repeated: an execution that
exists and a used token are successes.
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib.core import clock
from chalicelib.core.aws import BatchResponse
from chalicelib.core.observability import begin, count, logger
from chalicelib.store import sandbox_clock
from chalicelib.tasks.model.lifecycle import ORDER
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.tasks.workflow.executions import start
from chalicelib.tasks.workflow.resume_workflows import resume, resume_after_change, resume_after_clock_change
from chalicelib.tasks.workflow.stored_items import StoredItems, has_ended
from chalicelib.tasks.workflow.stream_image import number_of, text_of
from chalicelib.tasks.workflow.task_completion import complete_if_settled
from chalicelib.tasks.workflow.track_record_entry import save_track_record
from chalicelib.tasks.workflow.wait_tokens import Wait, wait_of


def publish(event: dict[str, Any]) -> BatchResponse:
    """Handle a batch of stream records.

    `{"batchItemFailures": [{"itemIdentifier": sequence number}]}` names the first record that failed. The stream delivers again
    from there; later records are not touched, so that their order is preserved."""
    records = event.get("Records", [])
    stored = StoredItems(record["dynamodb"] for record in records)
    for record in records:
        try:
            _handle(record, stored)
        except Exception:  # the stream delivers the record again, and finally to the dead-letter queue
            logger.exception("outbox failed")
            count("OutboxFailed")
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _handle(record: dict[str, Any], stored: StoredItems) -> None:
    """Handle one stream record of a batch that needs these items."""
    change = record["dynamodb"]
    new, old = change.get("NewImage"), change.get("OldImage")
    if new is None:
        return
    pk, sk = text_of(new, "pk"), text_of(new, "sk")
    begin(text_of(new, "cause") or None, function="outbox")
    if sk == "balance" and pk.startswith("task:") and pk.endswith(":held"):
        is_closed = old is not None and "holder" in old and "holder" not in new
        if (
            number_of(new, "balance") == 0 and not is_closed
        ):  # closing the hold of a completed task changes it once more
            complete_if_settled(pk.split(":")[1])
        return
    if sk == sandbox_clock.KEY:
        resume_after_clock_change()
        return
    if sk not in ("task", "order"):
        return
    status = text_of(new, "status")
    wait = _wait(new)
    if (old is None and status != "draft") or (old is not None and number_of(new, "run") > number_of(old, "run")):
        start(pk, number_of(new, "run"), wait)
    if old is not None and (before := _wait(old)) != wait:
        resume_after_change(pk, stored.wait_of(pk), before, wait)
    token = text_of(new, "waiting_token")
    if token and number_of(new, "waiting_revision") != number_of(new, "revision"):  # a wait from before 2026-11-27
        resume(token, status, pk, wait, is_plain=True)
    if old is not None and text_of(old, "status") == status:
        return
    if sk == "order" and has_ended(new, old):
        save_track_record(OrderRecord.from_raw_data(new), stored)
    logger.info("status changed", extra={"item": pk, "status": status})
    _measure(sk, status, new, old)


def _wait(image: dict[str, Any]) -> Wait:
    record = TaskRecord if text_of(image, "sk") == "task" else OrderRecord
    return wait_of(record.from_raw_data(image))


def _measure(kind: str, status: str, new: dict[str, Any], old: dict[str, Any] | None) -> None:
    """Count the figures of the market. A record that is delivered twice is counted twice."""
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
