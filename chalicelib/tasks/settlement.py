"""The end of a task: it is completed when nothing is held for it any more; and what its open orders are worth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalicelib import clock
from chalicelib.tasks.records import TaskRecord, find_task, lines_of, orders_of
from chalicelib.tasks.transitions import change, move_task, until_settled
from chalicelib.tasks.views import standings, tally
from chalicelib.wallet import ledger
from chalicelib.wallet.postings import task_held


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
    not, and the part of an open call's budget that nobody was picked for; 0 for a task that does not exist."""
    wanted = list(dict.fromkeys(task_ids))
    keys = [(task_id, "task") for task_id in wanted]
    tasks = list(TaskRecord.batch_get(keys, consistent_read=True)) if keys else []
    lines = lines_of(tasks)
    orders = orders_of(lines)
    worth = dict.fromkeys(wanted, 0)
    for task in tasks:
        held = (standing for standing in standings(task, lines[task.pk], orders) if standing.payment == "held")
        worth[task.pk] = sum(standing.price for standing in held) + int(task.unallocated)
    return worth
