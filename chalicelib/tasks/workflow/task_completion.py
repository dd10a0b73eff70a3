"""The end of a task: it is completed when nothing is held for it any more; and what its open orders are worth."""

from __future__ import annotations

from typing import Any

from chalicelib.core import clock
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.model.standings import standings
from chalicelib.tasks.model.tally import tally
from chalicelib.tasks.model.transitions import change, move_task
from chalicelib.tasks.records.order_record import orders_of
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.wallet import ledger
from chalicelib.wallet.postings import task_held


def complete_if_settled(task_id: str) -> TaskRecord:
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

    return retry_on_conflict(decide)


def _final_tally(task: TaskRecord) -> dict[str, Any]:
    lines = lines_of([task])
    return tally(task, standings(task, lines[task.pk], orders_of(lines))).as_json()
