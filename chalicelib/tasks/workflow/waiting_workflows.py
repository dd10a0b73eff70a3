"""Resume waiting workflows: they load their item again and wait for what is due then."""

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

RESUMED_PER_RECORD = 100
"""The number of workflows that are resumed for one stream record: some seconds of work, and the most that one BatchGetItem
reads."""
_TOKEN_USED = {"TaskTimedOut", "InvalidToken", "TaskDoesNotExist"}


class WaitingRecord(TasksRecord):
    """The part of a task or an order that its waiting workflow depends on."""

    status = UnicodeAttribute()
    waiting_token = UnicodeAttribute(null=True)


def resume(token: str, status: str) -> None:
    """Resume the workflow that waits with the token; a used token changes nothing."""
    try:
        client("stepfunctions").send_task_success(taskToken=token, output=json_format.dumps({"status": status}))
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _TOKEN_USED:
            raise


def open_keys(first: int, after: str | None) -> Iterator[tuple[int, TasksRecord]]:
    """Yield the keys of the open tasks and orders, each with its shard; start in the shard `first` behind the item `after`."""
    for shard in range(first, OPEN_SHARDS):
        range_condition = TasksRecord.pk > after if shard == first and after else None
        for key in TasksRecord.open_index.query(f"open#{shard}", range_condition):
            yield shard, key


def resume_after_clock_change() -> None:
    """Resume the next RESUMED_PER_RECORD open workflows after a move of the sandbox clock, because Step Functions waits in real
    seconds. Storing the position makes the stream record for the next ones."""
    record = sandbox_clock.stored()
    if record.shard is None or not settings().sandbox:
        return
    keys = list(islice(open_keys(int(record.shard), record.after), RESUMED_PER_RECORD))
    items = WaitingRecord.batch_get([(key.pk, key.sk) for _, key in keys], consistent_read=True) if keys else ()
    waiting = [item for item in items if item.waiting_token]
    for item in waiting:
        resume(str(item.waiting_token), item.status)
    logger.info("woken", extra={"open": len(keys), "waiting": len(waiting)})
    shard, last = keys[-1] if len(keys) == RESUMED_PER_RECORD else (None, None)
    sandbox_clock.save_wake_up_position(record, shard, last.pk if last else None)
