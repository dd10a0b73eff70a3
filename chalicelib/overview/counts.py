"""Counts of pending work for each role of a caller. Each count is bounded, so that a long queue costs no more than a short one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from chalicelib.accounts import advertisers
from chalicelib.accounts.review import admission, grade_appeals
from chalicelib.overview.http.responses import AdvertiserCounts, AuditorCounts, CreatorCounts, FinanceCounts
from chalicelib.store import AccountsRecord, TasksRecord, WalletRecord, count_up_to, read_page
from chalicelib.tasks import review
from chalicelib.tasks.lists import order_lists
from chalicelib.tasks.model.transitions import CALLS
from chalicelib.tasks.orders import creator_drafts, disputes
from chalicelib.tasks.records.application_record import ApplicationRecord
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.wallet import suspense, withdrawals

MOST = 100
"""The maximum of a count."""
EXAMINED_MAX = 200
"""The maximum number of orders, tasks, or applications to one call that a count examines."""
CALLS_MAX = 10
"""The maximum number of open calls whose applications are counted."""

Queues = Mapping[str, tuple[type[AccountsRecord | TasksRecord | WalletRecord], str]]
AUDITOR: Queues = {
    "reviews": (TasksRecord, review.QUEUE),
    "draft_reviews": (TasksRecord, creator_drafts.QUEUE),
    "certifications": (AccountsRecord, advertisers.QUEUE),
    "admissions": (AccountsRecord, admission.QUEUE),
    "appeals": (AccountsRecord, grade_appeals.QUEUE),
    "disputes": (TasksRecord, disputes.QUEUE),
}
FINANCE: Queues = {
    "withdrawals": (WalletRecord, withdrawals.QUEUE),
    "suspense": (WalletRecord, suspense.QUEUE),
}


def creator_counts(creator_id: str) -> CreatorCounts:
    """Return the counts of a creator: orders that wait for the creator."""
    number, more = _orders(order_lists.OrderFilter("creator", creator_id, waiting=True))
    return {"orders": number, "more": more}


def auditor_counts() -> AuditorCounts:
    """Return the lengths of the queues of auditors."""
    return cast(AuditorCounts, _lengths(AUDITOR))


def finance_counts() -> FinanceCounts:
    """Return the lengths of the queues of finance."""
    return cast(FinanceCounts, _lengths(FINANCE))


def _lengths(queues: Queues) -> dict[str, int]:
    numbers = {name: count_up_to(MOST, record, queue, index="by_queue") for name, (record, queue) in queues.items()}
    return {**numbers, "more": MOST in numbers.values()}


def advertiser_counts(advertiser_id: str) -> AdvertiserCounts:
    """Return the counts of an advertiser: orders, tasks and applications that wait for the advertiser."""
    orders, more = _orders(order_lists.OrderFilter("advertiser", advertiser_id, waiting=True))
    waiting = TaskRecord.status.is_in("draft", "rejected")
    tasks = read_page(TaskRecord, advertiser_id, index="by_owner", limit=MOST, where=waiting, examined_max=EXAMINED_MAX)
    applications, further = _applications(advertiser_id)
    return {
        "orders": orders,
        "tasks": len(tasks.items),
        "applications": applications,
        "more": more or further or tasks.after is not None,
    }


def _orders(wanted: order_lists.OrderFilter) -> tuple[int, bool]:
    page = order_lists.newest(wanted, MOST, None, EXAMINED_MAX)
    return len(page.items), page.after is not None


def _applications(advertiser_id: str) -> tuple[int, bool]:
    """Return the number of undecided applications to the newest open calls, and True if there may be more."""
    open_calls = read_page(
        TaskRecord,
        advertiser_id,
        index="by_owner",
        limit=CALLS_MAX,
        where=TaskRecord.queue == CALLS,
        examined_max=EXAMINED_MAX,
    )
    number, more = 0, open_calls.after is not None
    for task in open_calls.items:
        found = read_page(
            ApplicationRecord,
            task.pk,
            index="by_task",
            limit=MOST,
            range_condition=ApplicationRecord.pk.startswith("app_"),
            where=ApplicationRecord.status == "open",
            examined_max=EXAMINED_MAX,
        )
        number, more = number + len(found.items), more or found.after is not None
    return number, more
