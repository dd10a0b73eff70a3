"""The amount that must be held for each task: the prices of its open orders and the unspent budget of an open call."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.tasks.model.order_standings import standings
from chalicelib.tasks.records.order_record import orders_of
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord

_READS_MAX = 5


def held_amounts(task_ids: Iterable[str]) -> dict[str, int]:
    """Return the amount that must be held for each task, in minor units; 0 for a task that does not exist.

    It is the prices of its orders whose payment is `held`, offered or not, and the unspent budget of an open call. Tasks and orders
    are read one after the other. A task that has changed meanwhile is read again, up to _READS_MAX times, and then left out: a
    reserve account of the same price can have replaced another, which moves no money and so changes no balance."""
    amounts: dict[str, int] = {}
    wanted = list(dict.fromkeys(task_ids))
    for _ in range(_READS_MAX):
        tasks = _tasks(wanted)
        lines = lines_of(tasks.values())
        orders = orders_of(lines)
        revisions = {task_id: int(task.revision) for task_id, task in _tasks(wanted).items()}
        for task_id in wanted:
            task = tasks.get(task_id)
            if task is None:
                amounts[task_id] = 0
            elif revisions.get(task_id) == int(task.revision):
                held = (found for found in standings(task, lines[task_id], orders) if found.payment == "held")
                amounts[task_id] = sum(standing.price for standing in held) + int(task.unallocated)
        wanted = [task_id for task_id in wanted if task_id not in amounts]
        if not wanted:
            break
    return amounts


def _tasks(task_ids: Iterable[str]) -> dict[str, TaskRecord]:
    """Return the tasks that exist, by id, read consistently."""
    keys = [(task_id, "task") for task_id in task_ids]
    return {task.pk: task for task in TaskRecord.batch_get(keys, consistent_read=True)} if keys else {}
