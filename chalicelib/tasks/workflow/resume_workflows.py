"""Resume waiting workflows: they load their item again and wait for what is due then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from itertools import islice

from botocore.exceptions import ClientError
from pynamodb.exceptions import AttributeDeserializationError

from chalicelib.core import clock, json_format
from chalicelib.core.aws import client
from chalicelib.core.observability import logger
from chalicelib.core.settings import settings
from chalicelib.store import TasksRecord, sandbox_clock, update_if
from chalicelib.tasks.model.lifecycle import PAYMENT
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.workflow_item import OPEN_SHARDS
from chalicelib.tasks.workflow.wait_tokens import KEY, Wait, WaitRecord

RESUMED_PER_RECORD = 100
"""The number of workflows that are resumed for one stream record: some seconds of work, and the most that one BatchGetItem
reads."""
ORDERS_PER_READ = 100
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


@dataclass(frozen=True)
class Place:
    """A place in the sequence of open tasks and orders: behind the item `after` of the index of open items in this shard, and, if
    that is a task, behind its order `after_order`."""

    shard: int = 0
    after: str | None = None
    after_order: str | None = None


def open_keys(begin: Place) -> Iterator[tuple[Place, TasksRecord]]:
    """Yield the keys of the open tasks, each followed by those of its open orders, with their places, from `begin` on.

    The index of open items has the tasks, and the orders that releases until 2026-11-28 have offered."""
    for shard in range(begin.shard, OPEN_SHARDS):
        after = begin.after if shard == begin.shard else None
        if after and after.startswith("tsk_"):
            yield from _open_orders(begin)
        for key in TasksRecord.open_index.query(f"open#{shard}", TasksRecord.pk > after if after else None):
            place = Place(shard, key.pk)
            yield place, key
            if key.sk == "task":
                yield from _open_orders(place)


def _open_orders(place: Place) -> Iterator[tuple[Place, TasksRecord]]:
    """Yield the keys of the open orders of the task at this place that are not in the index of open items themselves."""
    ids = TasksRecord.pk.between(place.after_order or "ord_", "ord_~")
    found = TasksRecord.items_of_task.query(place.after, ids)
    while batch := [key.pk for key in islice(found, ORDERS_PER_READ)]:
        for pk in _open_of(batch):
            if pk != place.after_order:
                yield Place(place.shard, place.after, pk), TasksRecord(pk, "order")


def _open_of(order_ids: list[str]) -> list[str]:
    """Return the ids of the open ones among these orders, without those in the index of open items. If one of the orders cannot be
    read, all are returned: each is examined alone."""
    read = OrderRecord.batch_get([(pk, "order") for pk in order_ids], attributes_to_get=["pk", "payment", "open"])
    with suppress(AttributeDeserializationError):
        return sorted(order.pk for order in read if order.payment == PAYMENT.first and order.open is None)
    return order_ids


def resume_after_clock_change() -> None:
    """Resume the next RESUMED_PER_RECORD open workflows after a move of the sandbox clock, because Step Functions waits in real
    seconds. Storing the position makes the stream record for the next ones."""
    record = sandbox_clock.stored()
    if record.shard is None or not settings().sandbox:
        return
    begin = Place(int(record.shard), record.after, record.after_order)
    keys = list(islice(open_keys(begin), RESUMED_PER_RECORD))
    waiting = list(WaitRecord.batch_get([(key.pk, KEY) for _, key in keys], consistent_read=True)) if keys else []
    for found in waiting:
        resume_record(found, found.wait)
    logger.info("workflows resumed", extra={"open": len(keys), "waiting": len(waiting)})
    reached = keys[-1][0] if len(keys) == RESUMED_PER_RECORD else None
    sandbox_clock.save_wake_up_position(record, *(astuple(reached) if reached else (None, None, None)))
