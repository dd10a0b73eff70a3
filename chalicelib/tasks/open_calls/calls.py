"""Open calls: a task without named accounts, with conditions and a budget; creators apply with a price, the advertiser picks.

The budget is held from the start. A pick turns a part of it into an order that is accepted at once; what nobody was picked for by
`accept_by` is returned. `unallocated` of the task is what is still to be given out, and only ever changes together with the
order that takes it or the movement that returns it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.accounts import orderable_accounts
from chalicelib.accounts.records import AccountRecord
from chalicelib.core import clock
from chalicelib.store import Action, Page, read_page
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.model.transitions import CALLS, move_task
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.wallet import ledger, movements


def is_open(task: TaskRecord, at: datetime) -> bool:
    """Whether the call takes applications and picks now."""
    return task.call is not None and task.status == "running" and at < task.accept_by


@dataclass(frozen=True)
class CallFilters:
    """Which open calls are listed; None: any. `fits`: an account that meets the conditions of the call."""

    kind: str | None = None
    category: str | None = None
    price_min: int | None = None
    title_part: str | None = None
    fits: AccountRecord | None = None

    def has(self, task: TaskRecord) -> bool:
        call: dict[str, Any] = task.call or {}
        return (
            self.kind in (None, task.kind)
            and (self.category is None or call.get("category") in (None, self.category))
            and (self.price_min is None or call.get("price_max", self.price_min) >= self.price_min)
            and (self.title_part is None or self.title_part.casefold() in task.title.casefold())
            and (self.fits is None or not orderable_accounts.unmet(self.fits, call))
        )


ANY = CallFilters()


def open_calls(limit: int, after: dict[str, Any] | None, filters: CallFilters = ANY) -> Page[TaskRecord]:
    """The calls that creators can apply to now and that `filters` let pass, the oldest first."""
    at = clock.now()
    return read_page(
        TaskRecord,
        CALLS,
        index="by_queue",
        limit=limit,
        after=after,
        newest_first=False,
        keep=lambda task: is_open(task, at) and filters.has(task),
    )


def close(task_id: str) -> TaskRecord:
    """The default of a call at accept_by: what is left of its budget is returned. Before that, and when repeated, nothing
    happens."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        at = clock.now()
        if task.queue != CALLS or task.status != "running" or at < task.accept_by:
            return task
        changes, money = released_budget(task, at)
        return move_task(task, "call_closed", at=at, by="system", changes=changes, actions=money)

    return retry_on_conflict(decide)


def close_early(task_id: str) -> TaskRecord:
    """Close the call of an advertiser who may create no tasks any more: what is left of its budget is returned. Repeated it does
    nothing."""

    def decide() -> TaskRecord:
        task = find_task(task_id)
        if task.queue != CALLS or task.status != "running":
            return task
        changes, money = released_budget(task, clock.now())
        return move_task(task, "call_closed", at=clock.now(), by="auditor", changes=changes, actions=money)

    return retry_on_conflict(decide)


def released_budget(task: TaskRecord, at: datetime) -> tuple[list[UpdateAction], list[Action]]:
    """The change and the movement that return what nobody was picked for; both empty if there is nothing."""
    if not task.unallocated:
        return [], []
    back = movements.return_unallocated(task.pk, str(task.owner), int(task.unallocated))
    return [TaskRecord.unallocated.set(0)], ledger.actions(back, at)
