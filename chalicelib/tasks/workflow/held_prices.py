"""What must be held for each task: the prices of its open orders and the unspent budget of an open call."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.tasks.model.standings import standings
from chalicelib.tasks.records.order_record import orders_of
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord

_READS_MAX = 5


def held_worth(task_ids: Iterable[str]) -> dict[str, int]:
    """What must be held for each task, in minor units: the prices of its orders whose payment is `held`, offered or
    not, and the part of an open call's budget that nobody was picked for; 0 for a task that does not exist.

    Tasks and orders are read one after the other. A task that changed meanwhile is read again, up to _READS_MAX times, and then
    left out: a reserve account of the same price may have taken an order's place, which moves no money and so no balance."""
    worth: dict[str, int] = {}
    wanted = list(dict.fromkeys(task_ids))
    for _ in range(_READS_MAX):
        tasks = _tasks(wanted)
        lines = lines_of(tasks.values())
        orders = orders_of(lines)
        revisions = {task_id: int(task.revision) for task_id, task in _tasks(wanted).items()}
        for task_id in wanted:
            task = tasks.get(task_id)
            if task is None:
                worth[task_id] = 0
            elif revisions.get(task_id) == int(task.revision):
                held = (found for found in standings(task, lines[task_id], orders) if found.payment == "held")
                worth[task_id] = sum(standing.price for standing in held) + int(task.unallocated)
        wanted = [task_id for task_id in wanted if task_id not in worth]
        if not wanted:
            break
    return worth


def _tasks(task_ids: Iterable[str]) -> dict[str, TaskRecord]:
    """The tasks that there are, by id, read consistently."""
    keys = [(task_id, "task") for task_id in task_ids]
    return {task.pk: task for task in TaskRecord.batch_get(keys, consistent_read=True)} if keys else {}
