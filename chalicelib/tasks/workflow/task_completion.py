"""The end of a task: it is completed when nothing is held for it any more; and what its open orders are worth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalicelib.core import clock
from chalicelib.tasks.http.order_views import standings, tally
from chalicelib.tasks.model.records import TaskRecord, find_task, lines_of, orders_of
from chalicelib.tasks.model.transitions import change, move_task, until_settled
from chalicelib.wallet import ledger
from chalicelib.wallet.postings import task_held

_READS_MAX = 5


def close_if_settled(task_id: str) -> TaskRecord:
    """Completes a running task for which nothing is held any more; its hold leaves the list of open ones, and it stores the
    numbers of its orders, which cannot change any more. Otherwise, and when repeated, nothing happens. The balance is read now:
    the record of an earlier zero may come late."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        if ledger.balance(task_held(task_id)) == 0:
            if task.status == "running":
                changes = [TaskRecord.tally.set(_final_tally(task))]
                task = move_task(task, "all_settled", at=clock.now(), by="system", changes=changes)
            elif task.ended and task.has_orders and task.tally is None and not task.winding_up:
                change(task, [TaskRecord.tally.set(_final_tally(task))], task.as_read)
            ledger.close_hold(task_id)
        return task

    return until_settled(decide)


def _final_tally(task: TaskRecord) -> dict[str, Any]:
    lines = lines_of([task])
    return tally(task, standings(task, lines[task.pk], orders_of(lines))).as_json()


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
