"""Counts of pending work for each role of a caller, with the time that is due first. Each count is bounded, so that a long queue
costs no more than a short one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from chalicelib.core import clock
from chalicelib.overview.http.response_types import (
    AdvertiserCounts,
    AdvertiserQueues,
    AuditorCounts,
    AuditorQueues,
    CreatorCounts,
    CreatorQueues,
    FinanceCounts,
    FinanceQueues,
    Queue,
)
from chalicelib.queues.queue_table import QUEUES, QueueName, times
from chalicelib.store import read_page
from chalicelib.tasks.lists import order_lists
from chalicelib.tasks.model.next_actor import next_actor
from chalicelib.tasks.model.transition_write import CALLS, task_queues
from chalicelib.tasks.records.application_record import ApplicationRecord
from chalicelib.tasks.records.dispute_record import Side
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord

MOST = 100
"""The maximum of a count."""
EXAMINED_MAX = 200
"""The maximum number of orders, tasks, or applications to one call that a count examines."""
CALLS_MAX = 10
"""The maximum number of open calls whose applications are counted."""

AUDITOR: tuple[QueueName, ...] = tuple(name for name, queue in QUEUES.items() if queue.role == "auditor")
FINANCE: tuple[QueueName, ...] = tuple(name for name, queue in QUEUES.items() if queue.role == "finance")


def creator_counts(creator_id: str) -> CreatorCounts:
    """Return the counts of a creator: orders that wait for the creator, and disputes."""
    work, number, more = _orders("creator", creator_id)
    return {"orders": number, "more": more, "queues": cast(CreatorQueues, _waiting(work, CreatorQueues))}


def advertiser_counts(advertiser_id: str) -> AdvertiserCounts:
    """Return the counts of an advertiser: orders, tasks and applications that wait for the advertiser, and disputes."""
    work, orders, more = _orders("advertiser", advertiser_id)
    tasks = read_page(
        TaskRecord,
        advertiser_id,
        index="items_of_owner",
        limit=MOST,
        where=TaskRecord.queue.is_in(*task_queues("draft", "rejected")),
        examined_max=EXAMINED_MAX,
    )
    work["tasks"] = [task.accept_by for task in tasks.items]
    work["applications"], further = _applications(advertiser_id)
    return {
        "orders": orders,
        "tasks": len(tasks.items),
        "applications": len(work["applications"]),
        "more": more or further or tasks.after is not None,
        "queues": cast(AdvertiserQueues, _waiting(work, AdvertiserQueues)),
    }


def auditor_counts() -> AuditorCounts:
    """Return the lengths of the queues of auditors."""
    queues = _staff_queues(AUDITOR)
    lengths = {name: queue["waiting"] for name, queue in queues.items() if name != "stuck_orders"}
    more = MOST in lengths.values()
    return cast(AuditorCounts, {**lengths, "more": more, "queues": cast(AuditorQueues, queues)})


def finance_counts() -> FinanceCounts:
    """Return the lengths of the queues of finance."""
    queues = _staff_queues(FINANCE)
    lengths = {name: queue["waiting"] for name, queue in queues.items()}
    more = MOST in lengths.values()
    return cast(FinanceCounts, {**lengths, "more": more, "queues": cast(FinanceQueues, queues)})


def _staff_queues(names: Iterable[QueueName]) -> dict[QueueName, Queue]:
    found: dict[QueueName, Queue] = {}
    for name in names:
        moments = times(name, MOST)
        if QUEUES[name].has_deadlines:
            found[name] = _queue(moments)
        else:
            found[name] = {
                "waiting": len(moments),
                "due_at": None,
                "since": moments[0] if moments else None,
                "overdue": 0,
            }
    return found


def _queue(deadlines: Iterable[datetime | None]) -> Queue:
    """Return the state of a queue with these deadlines."""
    found = list(deadlines)
    known = [moment for moment in found if moment is not None]
    now = clock.now()
    return {
        "waiting": len(found),
        "due_at": min(known, default=None),
        "since": None,
        "overdue": sum(moment <= now for moment in known),
    }


def _waiting(work: Mapping[str, list[datetime | None]], queues: type) -> dict[str, Queue]:
    return {name: _queue(work.get(name, [])[:MOST]) for name in queues.__annotations__}


def _orders(side: Side, owner: str) -> tuple[dict[str, list[datetime | None]], int, bool]:
    """Return the deadlines of the side's work by its kind, the number of orders that wait for the side (at most MOST), and True if
    there may be more."""
    wanted = order_lists.OrderFilter(side, owner, unsettled=True)
    page = order_lists.newest(wanted, EXAMINED_MAX, None, EXAMINED_MAX)
    work: defaultdict[str, list[datetime | None]] = defaultdict(list)
    number = 0
    for order in page.items:
        mine = next_actor(order) == side
        number += mine
        kind = "disputes" if order.status == "disputed" else _kind_of_work(order, side) if mine else None
        if kind is not None:
            work[kind].append(order.next_timer_at)
    return work, min(number, MOST), page.after is not None or number > MOST


def _kind_of_work(order: OrderRecord, side: Side) -> str:
    if side == "advertiser":
        return "counter_offers" if order.status == "offered" else "drafts"
    if order.status == "offered":
        return "offers"
    return "drafts" if order.draft_approval and order.draft_status != "approved" else "publications"


def _applications(advertiser_id: str) -> tuple[list[datetime | None], bool]:
    """Return the deadlines of the undecided applications to the newest open calls, and True if there may be more."""
    open_calls = read_page(
        TaskRecord,
        advertiser_id,
        index="items_of_owner",
        limit=CALLS_MAX,
        where=TaskRecord.queue == CALLS,
        examined_max=EXAMINED_MAX,
    )
    deadlines: list[datetime | None] = []
    more = open_calls.after is not None
    for task in open_calls.items:
        found = read_page(
            ApplicationRecord,
            task.pk,
            index="items_of_task",
            limit=MOST,
            range_condition=ApplicationRecord.pk.startswith("app_"),
            only_if=lambda application: application.status == "open",
            examined_max=EXAMINED_MAX,
        )
        deadlines += [application.accept_by for application in found.items]
        more = more or found.after is not None
    return deadlines, more
