"""Wakes waiting workflows, so that they load their item again and wait for what is due by then."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from botocore.exceptions import ClientError
from pynamodb.attributes import UnicodeAttribute

from chalicelib.core import json_format
from chalicelib.core.aws import client
from chalicelib.core.observability import logger
from chalicelib.core.settings import settings
from chalicelib.store import TasksRecord, sandbox_clock
from chalicelib.tasks.records.workflow_item import OPEN_SHARDS

WOKEN_PER_RECORD = 100
"""How many workflows are woken for one stream record: some seconds' work, and what one BatchGetItem reads."""
_TOKEN_SPENT = {"TaskTimedOut", "InvalidToken", "TaskDoesNotExist"}


class WaitingRecord(TasksRecord):
    """A task or an order, as far as its workflow waits."""

    status = UnicodeAttribute()
    waiting_token = UnicodeAttribute(null=True)


def wake(token: str, status: str) -> None:
    """Resume the workflow that waits with the token; a spent token changes nothing."""
    try:
        client("stepfunctions").send_task_success(taskToken=token, output=json_format.dumps({"status": status}))
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _TOKEN_SPENT:
            raise


def open_keys(first: int, after: str | None) -> Iterator[tuple[int, TasksRecord]]:
    """The keys of the open tasks and orders, each with its shard, from the shard `first` on, in it behind the item `after`."""
    for shard in range(first, OPEN_SHARDS):
        behind = TasksRecord.pk > after if shard == first and after else None
        for key in TasksRecord.open_index.query(f"open#{shard}", behind):
            yield shard, key


def wake_after_move() -> None:
    """Wake the next WOKEN_PER_RECORD open workflows after a move of the sandbox clock, for Step Functions waits in real seconds.
    Storing how far this has come makes the stream record for the next ones."""
    record = sandbox_clock.stored()
    if record.shard is None or not settings().sandbox:
        return
    keys = list(islice(open_keys(int(record.shard), record.after), WOKEN_PER_RECORD))
    wanted = [(key.pk, key.sk) for _, key in keys]
    found = WaitingRecord.batch_get(wanted, consistent_read=True) if wanted else ()
    waiting = [item for item in found if item.waiting_token]
    for item in waiting:
        wake(str(item.waiting_token), item.status)
    logger.info("woken", extra={"open": len(keys), "waiting": len(waiting)})
    shard, last = keys[-1] if len(keys) == WOKEN_PER_RECORD else (None, None)
    sandbox_clock.woken(record, shard, last.pk if last else None)
