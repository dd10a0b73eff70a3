"""Who sees which tasks and orders, and the lists of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.api.callers import Caller
from chalicelib.core import clock
from chalicelib.core.errors import Problem, not_found
from chalicelib.store import Page, TasksRecord, read_page, read_queues
from chalicelib.tasks.http.order_views import Standing, Tally, known_tally, standings, tally
from chalicelib.tasks.model.lifecycle import TASK
from chalicelib.tasks.model.next_actor import Side
from chalicelib.tasks.model.records import (
    OPEN_SHARDS,
    DisputeRecord,
    Line,
    OrderRecord,
    TaskRecord,
    find_order,
    find_task,
    lines_of,
    orders_of,
)
from chalicelib.tasks.model.transitions import CALLS
from chalicelib.tasks.open_calls import open_calls
from chalicelib.tasks.orders.disputes import find_dispute

STAFF = ("auditor", "finance")
ORDERS_READ_MAX = 1_000
"""How many orders one page of a list of tasks reads at most, unless its first task alone has more."""


def visible_task(task_id: str, caller: Caller, *, in_calls: bool = False) -> TaskRecord:
    """The task, for its advertiser and for staff, and `in_calls` for creators while they can apply to it; to anybody else there is
    none."""
    task = find_task(task_id)
    called = in_calls and caller.has("creator") and open_calls.is_open(task, clock.now())
    if task.owner != caller.advertiser_id and not caller.has(*STAFF) and not called:
        raise not_found("task")
    return task


def visible_order(order_id: str, caller: Caller) -> OrderRecord:
    """The order, for its creator, its advertiser and staff; to anybody else there is none."""
    order = find_order(order_id)
    if caller.creator_id != order.owner and caller.advertiser_id != order.advertiser_id and not caller.has(*STAFF):
        raise not_found("order")
    return order


def visible_dispute(dispute_id: str, caller: Caller) -> DisputeRecord:
    """The dispute, for its two sides and for staff; to anybody else there is none."""
    dispute = find_dispute(dispute_id)
    if not is_party(dispute, caller) and not caller.has(*STAFF):
        raise not_found("dispute")
    return dispute


def is_party(dispute: DisputeRecord, caller: Caller) -> bool:
    """Whether the caller is one of the two sides of the dispute."""
    return bool({dispute.advertiser_id, dispute.creator_id} & parties(caller))


def parties(caller: Caller) -> frozenset[str]:
    """The ids under which the caller can be a side of an order."""
    ids = {"advertiser": caller.advertiser_id, "creator": caller.creator_id}
    return frozenset(id_ for role, id_ in ids.items() if role in caller.roles)


def side(caller: Caller, wished: Side | None) -> Side | None:
    """The side of the market that a list is about: the one that was asked for, else the caller's own, a creator's before an
    advertiser's; None for staff who are neither. Raises Problem `forbidden` without the role."""
    if wished is not None:
        if not caller.has(wished):
            raise Problem("forbidden", f"This needs the role: {wished}.")
        return wished
    sides: tuple[Side, ...] = ("creator", "advertiser")
    return next((one for one in sides if one in caller.roles), None)


@dataclass(frozen=True)
class Shown:
    """Tasks with what a view of them needs: their lines by task id, and their offered orders by order id."""

    tasks: Page[TaskRecord]
    lines: Mapping[str, tuple[Line, ...]]
    orders: Mapping[str, OrderRecord]


@dataclass(frozen=True)
class Summaries:
    """Tasks with the numbers of their orders by task id: what a list shows of them."""

    tasks: Page[TaskRecord]
    tallies: Mapping[str, Tally]


def tasks_of(advertiser_id: str, status: str | None, limit: int, after: dict[str, Any] | None) -> Page[TaskRecord]:
    """The advertiser's tasks, newest first."""
    where = TaskRecord.status == status if status else None
    return read_page(TaskRecord, advertiser_id, index="by_owner", limit=limit, after=after, where=where)


def all_tasks(status: str | None, limit: int, after: dict[str, Any] | None) -> Page[TaskRecord]:
    """Everybody's tasks, status by status, in each by time."""
    waiting = [queue for state in ([status] if status else TASK.states) for queue in _queues(state)]
    return read_queues(TaskRecord, waiting, limit, after)


def stuck_tasks(limit: int, after: dict[str, Any] | None) -> Page[TaskRecord]:
    """The tasks whose workflow failed for good, shard by shard of the open items, in each by id."""
    start = after or {}
    items: list[TaskRecord] = []
    keys: list[dict[str, Any]] = []
    for shard in range(int(start.get("shard", 0)), OPEN_SHARDS):
        last = start["pk"] if start.get("shard") == shard and "pk" in start else "tsk_"
        for key in TasksRecord.open_index.query(f"open#{shard}", TasksRecord.pk.between(last, "tsk_~")):
            task = TaskRecord.find(key.pk, "task") if key.pk != last else None
            if task is None or not task.stuck:
                continue
            if len(items) == limit:
                return Page(items, keys[-1], keys=keys)
            items.append(task)
            keys.append({"shard": shard, "pk": key.pk})
    return Page(items, None, keys=keys)


def shown(page: Page[TaskRecord]) -> Shown:
    """A page of tasks with what a full view of them needs. Of tasks that were not approved no orders are read: there are none."""
    lines = lines_of(page.items)
    offered = {task.pk: lines[task.pk] for task in page.items if task.has_orders}
    return Shown(page, lines, orders_of(offered))


def summaries(page: Page[TaskRecord]) -> Summaries:
    """A page of tasks with the numbers of their orders. Orders are read only where the task itself does not know the numbers, and
    the page ends early where more than ORDERS_READ_MAX would be read."""
    known: dict[str, Tally] = {}
    unknown: list[TaskRecord] = []
    cost = 0
    for place, task in enumerate(page.items):
        numbers = known_tally(task)
        if numbers is not None:
            known[task.pk] = numbers
            continue
        cost += task.orders_count
        if cost > ORDERS_READ_MAX and unknown and page.can_end_after(place):
            page = page.first(place)
            break
        unknown.append(task)
    if unknown:
        found = shown(Page(unknown, None))
        for task in unknown:
            known[task.pk] = tally(task, standings(task, found.lines[task.pk], found.orders))
    return Summaries(page, known)


def orders_of_task(task: TaskRecord, status: str | None, limit: int, after: dict[str, Any] | None) -> Page[Standing]:
    """The orders of the task, in the order of its lines."""
    lines = lines_of([task])
    found = standings(task, lines[task.pk], orders_of(lines))
    begin = int((after or {}).get("place", 0))
    chosen = [place for place in range(begin, len(found)) if status in (None, found[place].status)]
    more = {"place": chosen[limit]} if len(chosen) > limit else None
    keys = [{"place": place + 1} for place in chosen[:limit]]
    return Page([found[place] for place in chosen[:limit]], more, keys=keys)


def stuck_orders(limit: int, after: dict[str, Any] | None) -> Page[OrderRecord]:
    """The orders whose workflow failed for good, longest first."""
    return read_page(OrderRecord, "stuck", index="by_queue", limit=limit, after=after, newest_first=False)


def require_status(status: str | None, expected: str) -> None:
    """Raises Problem `parameter_invalid` unless `status` is `expected`."""
    if status != expected:
        raise Problem("parameter_invalid", f"Staff read this list with status={expected}.")


def _queues(status: str) -> tuple[str, ...]:
    if status == "in_review":
        return ("review",)
    return (f"task:{status}", CALLS) if status == "running" else (f"task:{status}",)
