"""Accounts that a plan must leave out although they take orders: rules 13 and 13b."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.store import read_page
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.model.transition_write import task_queues
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord

Window = tuple[datetime, datetime]
EXAMINED_MAX = 200
"""The number of the advertiser's newest tasks that are read, of at most about 60 kB each."""
_NOT_OFFERED = task_queues("draft", "rejected", "cancelled")


def named_too_often(advertiser_id: str) -> frozenset[str]:
    """Return the accounts that the advertiser's tasks have named as often recently as a plan may."""
    named = named_since(advertiser_id, clock.now() - rules().plan_repeats_within)
    return frozenset(account for account, times in named.items() if times >= rules().plan_repeats_max)


def named_since(advertiser_id: str, since: datetime) -> Counter[str]:
    """Return by account the number of the advertiser's tasks since then that name it, without drafts and rejected or cancelled
    tasks."""
    page = read_page(
        TaskRecord,
        advertiser_id,
        index="items_of_owner",
        limit=EXAMINED_MAX,
        range_condition=TaskRecord.listed_at >= clock.stamp(since),
        where=~TaskRecord.queue.is_in(*_NOT_OFFERED),
        examined_max=EXAMINED_MAX,
    )
    lines = lines_of(page.items)
    return Counter(account for task in lines.values() for account in {line.account_id for line in task})


def without_place(account_ids: Iterable[str], window: Window | None) -> frozenset[str]:
    """Return which of these accounts (at most 100) have no free place in the window by rule 13."""
    account_ids = list(account_ids)
    if window is None or not account_ids:
        return frozenset()
    return post_calendar.full(account_ids, *window, clock.now())
