"""Open calls: a task without named accounts, with conditions and a budget. Creators apply with a price, the advertiser picks.

The budget is held from the start. A pick turns a part of it into an order that is accepted at once; the rest is returned at
`accept_by`. `unallocated` of the task is the unspent budget; it changes only in the transaction of the order or of the movement
that takes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.accounts import orderable_accounts
from chalicelib.accounts.records import AccountRecord
from chalicelib.core import clock
from chalicelib.store import Action, Page, PageKey, read_queue
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.model.transition_write import CALLS, Event, apply_event
from chalicelib.tasks.records.stored_documents import CallConditions
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.wallet import ledger, movements


def is_open(task: TaskRecord, at: datetime) -> bool:
    """Return True if the task is an open call that accepts applications and picks now."""
    return task.call is not None and task.status == "running" and at < task.accept_by


@dataclass(frozen=True)
class CallFilters:
    """Filters of a list of open calls; None: any. `fits`: an account that meets the conditions of the call."""

    kind: str | None = None
    category: str | None = None
    price_min: int | None = None
    title_part: str | None = None
    fits: AccountRecord | None = None

    def has(self, task: TaskRecord) -> bool:
        call: CallConditions = task.call or {}
        return (
            self.kind in (None, task.kind)
            and (self.category is None or call.get("category") in (None, self.category))
            and (self.price_min is None or call.get("price_max", self.price_min) >= self.price_min)
            and (self.title_part is None or self.title_part.casefold() in task.title.casefold())
            and (self.fits is None or not orderable_accounts.unmet(self.fits, call))
        )


ANY = CallFilters()


def open_calls(limit: int, after: PageKey | None, filters: CallFilters = ANY) -> Page[TaskRecord]:
    """Return the calls that creators can apply to now and that pass the filters, the oldest first."""
    at = clock.now()
    return read_queue(
        TaskRecord,
        CALLS,
        index="in_queue",
        limit=limit,
        after=after,
        only_if=lambda task: is_open(task, at) and filters.has(task),
    )


def close(task_id: str) -> TaskRecord:
    """Close the call at accept_by and return the rest of its budget. Before that time, and when repeated, it does nothing."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        at = clock.now()
        return _close(task, "system", at) if at >= task.accept_by else task

    return retry_on_conflict(decide)


def close_early(task_id: str) -> TaskRecord:
    """Close the call of an advertiser who may create no tasks any more, and return the rest of its budget. A repetition does
    nothing."""
    return retry_on_conflict(lambda: _close(find_task(task_id), "auditor", clock.now()))


def release_budget(task: TaskRecord, at: datetime) -> tuple[list[UpdateAction], list[Action]]:
    """Return the change and the movement that return the unspent budget; both are empty if there is none."""
    if not task.unallocated:
        return [], []
    movement = movements.return_unallocated(task.pk, str(task.owner), int(task.unallocated))
    return [TaskRecord.unallocated.set(0)], ledger.actions(movement, at)


def _close(task: TaskRecord, by: str, at: datetime) -> TaskRecord:
    if task.queue != CALLS or task.status != "running":
        return task
    changes, money = release_budget(task, at)
    return apply_event(task, Event("call_closed", by, at, changes=changes), money)
