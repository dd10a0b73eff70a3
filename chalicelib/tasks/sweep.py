"""Resumes what stands still: open tasks and orders whose workflow is not running (an aborted execution, a restarted
cloud, a lost stream record). Each workflow begins with the stored status, so it goes on from where it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from chalicelib import clock
from chalicelib.cloud import client
from chalicelib.observability import cause, count, logger
from chalicelib.settings import deployment
from chalicelib.store import TasksRecord
from chalicelib.tasks import outbox
from chalicelib.tasks.offers import offer
from chalicelib.tasks.records import OPEN_SHARDS, OrderRecord, TaskRecord
from chalicelib.tasks.settlement import close_if_settled
from chalicelib.tasks.transitions import change


def resume() -> dict[str, Any]:
    """Looks at every open item once: `{"open", "started", "resumed", "offered", "completed", "stuck"}` are counts.

    `started`: no execution had ever begun; `resumed`: it had ended, and a further run was asked for, which the outbox
    starts; `offered`, `completed`: a running task's missing orders and its missed end were made good; `stuck`: parked
    items are left to staff."""
    counts = dict.fromkeys(("open", "started", "resumed", "offered", "completed", "stuck"), 0)
    for item in _open_items():
        counts["open"] += 1
        if item.stuck:
            counts["stuck"] += 1
            continue
        if isinstance(item, TaskRecord) and item.status == "running":
            counts["offered"] += offer(item, clock.now())
            if close_if_settled(item.pk).ended:
                counts["completed"] += 1
                continue
        state = _execution_state(item.pk, int(item.run))
        if state is None:
            counts["started"] += outbox.start(item.pk, int(item.run))
        elif state != "RUNNING":
            counts["resumed"] += _ask_for_a_further_run(item)
    for name, number in counts.items():
        count("Sweep", number, found=name)
    logger.info("swept", extra=counts)
    return counts


def _open_items() -> Iterator[TaskRecord | OrderRecord]:
    for shard in range(OPEN_SHARDS):
        for key in TasksRecord.open_index.query(f"open#{shard}"):
            record: type[TaskRecord | OrderRecord] = TaskRecord if key.sk == "task" else OrderRecord
            item = record.find(key.pk, key.sk)
            if item is not None and item.open is not None:
                yield item


def _execution_state(item_id: str, run: int) -> str | None:
    """`RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`; None if there is no such execution."""
    arns = deployment()
    machine = arns.task_machine_arn if item_id.startswith("tsk_") else arns.order_machine_arn
    name = outbox.execution_name(item_id, run)
    try:
        execution = client("stepfunctions").describe_execution(
            executionArn=f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        )
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ExecutionDoesNotExist":
            raise
        return None
    return str(execution["status"])


def _ask_for_a_further_run(item: TaskRecord | OrderRecord) -> bool:
    record, run = type(item), int(item.run)
    because = [record.cause.set(known)] if (known := cause()) else []
    return change(item, [record.run.set(run + 1), *because], (record.run == run) & record.open.exists())
