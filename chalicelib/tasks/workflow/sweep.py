"""Resume open tasks and orders whose workflow is not running: after an aborted execution, a restarted cloud or a lost stream
record. Each workflow begins with the stored status, so it goes on from there.

A run examines as many open items as it has time for; the next run continues behind the last of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core import clock
from chalicelib.core.observability import cause, count, logger
from chalicelib.core.rules import rules
from chalicelib.store import TasksRecord, update_if
from chalicelib.tasks.model.lifecycle import PAYMENT
from chalicelib.tasks.orders.offers import offer
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.tasks.workflow import executions
from chalicelib.tasks.workflow.executions import execution_state
from chalicelib.tasks.workflow.look_schedule import is_late, schedule_look
from chalicelib.tasks.workflow.resume_workflows import Place, open_keys, resume_if_changed
from chalicelib.tasks.workflow.stuck_workflows import retry
from chalicelib.tasks.workflow.task_completion import complete_if_settled
from chalicelib.tasks.workflow.wait_tokens import wait_of

MARGIN_MS = 20_000
"""No item is examined with less time left: one takes well below a second, its retries some seconds."""


OrderListener = Callable[[OrderRecord], bool]
_listeners: list[OrderListener] = []


class SweepPosition(TasksRecord):
    """The position at which the last run stopped for lack of time: pk is `sweep`, sk `position`; the items before this
    resume_workflows.Place were examined."""

    shard = NumberAttribute(default=0)
    after = UnicodeAttribute(null=True)
    after_order = UnicodeAttribute(null=True)


class Unfinished(Exception):
    """Some items could not be examined; the log names them. The alarm of the function fires; the other items were examined."""


def when_examined(listener: OrderListener) -> None:
    """Register a listener for each open order that a run examines; it returns True if it has sent a reminder."""
    if listener not in _listeners:
        _listeners.append(listener)


def resume(left_ms: Callable[[], int] | None = None) -> dict[str, int]:
    """Examine the open items that fit into the remaining time (all if that is not known), and return counts.

    `open`: examined; `started`: it had no execution; `resumed`: its execution had ended, and a further run was requested, which the
    outbox starts; `woken`: it waited in a state that is over; `offered`, `completed`: missing orders of a running task were
    offered, a missed end was written; `stuck`: stuck items are left to staff, and after `stuck_retry` they are resumed too (rule
    30); `scheduled`: a look at a post that was not made was scheduled again; `reminded`: a reminder was sent (rule 32).

    Raises Unfinished at the end if one `failed`: the items behind a damaged one are still examined."""
    counts = dict.fromkeys(
        ("open", "started", "resumed", "woken", "offered", "completed", "stuck", "scheduled", "reminded", "failed"), 0
    )
    found = SweepPosition.find("sweep", "position")
    begun = Place(int(found.shard), found.after, found.after_order) if found else Place()
    reached = begun
    try:
        for place, key in open_keys(begun):
            if left_ms is not None and left_ms() < MARGIN_MS:
                break
            reached = place
            try:
                item = _examine(key, counts)
                if isinstance(item, OrderRecord):
                    counts["reminded"] += sum(listener(item) for listener in _listeners)
            except Exception as error:
                counts["failed"] += 1
                logger.error("sweep of an item failed", extra={"item": key.pk, "error": type(error).__name__})
        else:
            reached = Place()
    finally:
        if reached != begun:
            SweepPosition("sweep", "position", **asdict(reached)).save()
    for name, number in counts.items():
        count("Sweep", number, found=name)
    logger.info("swept", extra=counts)
    if counts["failed"]:
        raise Unfinished(f"{counts['failed']} items; {counts['open']} were examined")
    return counts


def _examine(key: TasksRecord, counts: dict[str, int]) -> TaskRecord | OrderRecord | None:
    """Examine one item, count the actions, and return the item if it is open."""
    record: type[TaskRecord | OrderRecord] = TaskRecord if key.sk == "task" else OrderRecord
    item = record.find(key.pk, key.sk)
    if item is None or not _is_open(item):
        return None
    counts["open"] += 1
    if isinstance(item, TaskRecord) and item.ended and not item.winding_up:  # only its orders go on
        complete_if_settled(item.pk)
        return item
    if item.stuck:
        if clock.now() >= clock.parse(item.stuck["at"]) + rules().stuck_retry and retry(item, "system"):
            counts["resumed"] += 1
        else:
            counts["stuck"] += 1
        return item
    if isinstance(item, TaskRecord) and item.status == "running":
        counts["offered"] += offer(item, clock.now())
        if complete_if_settled(item.pk).ended:
            counts["completed"] += 1
            return None
    state = execution_state(item.pk, int(item.run))
    if state is None:
        counts["started"] += executions.start(item.pk, int(item.run), wait_of(item))
    elif state != "RUNNING":
        counts["resumed"] += _request_further_run(item)
    else:
        counts["woken"] += resume_if_changed(item.pk, wait_of(item))
    if isinstance(item, OrderRecord) and is_late(item):
        counts["scheduled"] += schedule_look(item)
    return item


def _is_open(item: TaskRecord | OrderRecord) -> bool:
    return item.open is not None if isinstance(item, TaskRecord) else not item.ended


def _request_further_run(item: TaskRecord | OrderRecord) -> bool:
    record, run = type(item), int(item.run)
    changes = [record.run.set(run + 1)]
    if cause_id := cause():
        changes.append(record.cause.set(cause_id))
    is_open = record.open.exists() if isinstance(item, TaskRecord) else OrderRecord.payment == PAYMENT.first
    return update_if(item, changes, (record.run == run) & is_open)
