"""Complete a task when no money is held for it any more."""

from __future__ import annotations

from chalicelib.core import clock
from chalicelib.store import update_if
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.model.order_standings import standings
from chalicelib.tasks.model.order_tally import tally
from chalicelib.tasks.model.transition_write import Event, apply_alone
from chalicelib.tasks.records.order_record import orders_of
from chalicelib.tasks.records.stored_documents import StoredTally
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.wallet import ledger
from chalicelib.wallet.postings import task_held


def complete_if_settled(task_id: str) -> TaskRecord:
    """Complete a running task for which no money is held any more, close its hold, and store the numbers of its orders, which
    cannot change any more. Otherwise, and when repeated, it does nothing. The balance is read now, because the stream record of an
    earlier zero can be late."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        if ledger.balance(task_held(task_id)) == 0:
            if task.status == "running":
                changes = [TaskRecord.tally.set(_final_tally(task))]
                task = apply_alone(task, Event("all_settled", "system", clock.now(), changes=changes))
            elif task.ended and task.has_orders and task.tally is None and not task.winding_up:
                ended = [TaskRecord.tally.set(_final_tally(task)), TaskRecord.open.remove()]
                update_if(task, ended, task.as_read)
            ledger.close_hold(task_id)
        return task

    return retry_on_conflict(decide)


def _final_tally(task: TaskRecord) -> StoredTally:
    lines = lines_of([task])
    return tally(task, standings(task, lines[task.pk], orders_of(lines))).as_document()
