"""Resume waiting workflows: they load their item again and wait for what is due then."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from botocore.exceptions import ClientError

from chalicelib.core import clock, json_format
from chalicelib.core.aws import client
from chalicelib.core.observability import logger
from chalicelib.core.settings import settings
from chalicelib.store import TasksRecord, sandbox_clock, update_if
from chalicelib.tasks.records.workflow_item import OPEN_SHARDS
from chalicelib.tasks.workflow.wait_tokens import KEY, Wait, WaitRecord

RESUMED_PER_RECORD = 100
"""The number of workflows that are resumed for one stream record: some seconds of work, and the most that one BatchGetItem
reads."""
_TOKEN_USED = {"TaskTimedOut", "InvalidToken", "TaskDoesNotExist"}


USUAL_NEXT = {
    "offered": "accepted",
    "accepted": "published",
    "published": "disputed",
    "disputed": "published",
    "in_review": "running",
    "running": "completed",
}
"""The status after each wait in which the definition goes on without loading the item (infra/*.asl.json, `Next`)."""


def resume(token: str, waited: str, item_id: str, wait: Wait, *, is_plain: bool = False) -> bool:
    """Resume the workflow that waits with the token in the status `waited`, with what it waits for next. Return False if the token
    was used or its wait is over.

    The usual next status is a success; everything else is one of the errors `Ended` and `Changed`, which the definition catches.
    `is_plain`: the definition is from before 2026-11-27 and loads the item after any success."""
    machines = client("stepfunctions")
    try:
        if is_plain or wait.status == USUAL_NEXT.get(waited):
            machines.send_task_success(taskToken=token, output=json_format.dumps(wait.as_input(item_id, clock.now())))
        else:
            machines.send_task_failure(taskToken=token, error="Ended" if wait.is_over else "Changed", cause=wait.status)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _TOKEN_USED:
            raise
        return False
    return True


def answer_last_check(token: str, item_id: str, wait: Wait) -> None:
    """End the workflow that made the last check; `Changed` if the order goes on."""
    resume(token, "", item_id, wait, is_plain=wait.is_over)


def resume_record(record: WaitRecord, wait: Wait) -> bool:
    """Resume the workflow of the stored wait. Return False if it does not wait with this token."""
    if record.token is None:
        return False
    return resume(record.token, record.status, record.pk, wait, is_plain=bool(record.is_plain))


def resume_if_changed(item_id: str, wait: Wait) -> bool:
    """Resume the workflow of the item if it waits for something else than `wait`. Return False if it does not, or if no wait is
    stored."""
    record = WaitRecord.find(item_id, KEY)
    if record is None or record.token is None or record.wait == wait:
        return False
    resume_record(record, wait)
    return True


def resume_after_change(item_id: str, record: WaitRecord | None, before: Wait, wait: Wait) -> None:
    """Resume the workflow of an item that waited for `before` and now waits for `wait`. `record` is its stored wait, which may be
    older than the item.

    If the workflow does not wait with the stored token, it is between two waits. The change is stored then, on the condition that
    no other token was stored meanwhile; the step that stores the next one finds it. This is not needed if the workflow itself has
    ended the item after its wait for `before`."""
    while True:
        if record is not None and record.wait != wait and resume_record(record, wait):
            return
        token = None if record is None else record.token
        if token is not None and wait.is_over and record is not None and record.wait == before:
            return
        same = WaitRecord.token.does_not_exist() if token is None else WaitRecord.token == token
        if update_if(WaitRecord(item_id, KEY), [WaitRecord.changed_in.set(wait.revision)], same):
            return
        record = WaitRecord.find(item_id, KEY)


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
    waiting = list(WaitRecord.batch_get([(key.pk, KEY) for _, key in keys], consistent_read=True)) if keys else []
    for found in waiting:
        resume_record(found, found.wait)
    logger.info("workflows resumed", extra={"open": len(keys), "waiting": len(waiting)})
    shard, last = keys[-1] if len(keys) == RESUMED_PER_RECORD else (None, None)
    sandbox_clock.save_wake_up_position(record, shard, last.pk if last else None)
