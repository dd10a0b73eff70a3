"""The lists of tasks, and of the orders of one task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.store import Page, PageKey, TasksRecord, read_page, read_queues
from chalicelib.tasks.model.lifecycle import TASK
from chalicelib.tasks.model.order_standings import Standing, standings
from chalicelib.tasks.model.order_tally import Tally, known_tally, tally
from chalicelib.tasks.model.transition_write import task_queues
from chalicelib.tasks.records.order_record import OrderRecord, orders_of
from chalicelib.tasks.records.task_lines import Line, lines_of
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.tasks.records.workflow_item import OPEN_SHARDS

ORDERS_READ_MAX = 1_000
"""The number of orders that one page of a list of tasks reads at most, unless its first task alone has more."""


@dataclass(frozen=True)
class TasksWithOrders:
    """Tasks with their lines by task id, and their offered orders by order id."""

    tasks: Page[TaskRecord]
    lines: Mapping[str, tuple[Line, ...]]
    orders: Mapping[str, OrderRecord]


@dataclass(frozen=True)
class TasksWithTallies:
    """Tasks with the numbers of their orders by task id."""

    tasks: Page[TaskRecord]
    tallies: Mapping[str, Tally]


def tasks_of(advertiser_id: str, status: str | None, limit: int, after: PageKey | None) -> Page[TaskRecord]:
    """Return the advertiser's tasks, newest first."""
    where = TaskRecord.queue.is_in(*task_queues(status)) if status else None
    return read_page(
        TaskRecord,
        advertiser_id,
        index="items_of_owner",
        limit=limit,
        after=after,
        where=where,
        only_if=lambda task: status in (None, task.status),  # it can have changed since the index was written
    )


def all_tasks(status: str | None, limit: int, after: PageKey | None) -> Page[TaskRecord]:
    """Return the tasks of all advertisers, by status and time."""
    return read_queues(TaskRecord, task_queues(*([status] if status else TASK.states)), limit, after, index="in_queue")


def stuck_tasks(limit: int, after: PageKey | None) -> Page[TaskRecord]:
    """Return the tasks whose workflow is stuck, by shard of the open items and id."""
    start = after or {}
    items: list[TaskRecord] = []
    keys: list[PageKey] = []
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


def with_orders(page: Page[TaskRecord]) -> TasksWithOrders:
    """Return a page of tasks with their lines and orders. Orders of tasks that were not approved are not read: there are none."""
    lines = lines_of(page.items)
    offered = {task.pk: lines[task.pk] for task in page.items if task.has_orders}
    return TasksWithOrders(page, lines, orders_of(offered))


def with_tallies(page: Page[TaskRecord]) -> TasksWithTallies:
    """Return a page of tasks with the numbers of their orders. Orders are read only if the task does not store the numbers, and the
    page ends early if more than ORDERS_READ_MAX would be read."""
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
        found = with_orders(Page(unknown, None))
        for task in unknown:
            known[task.pk] = tally(task, standings(task, found.lines[task.pk], found.orders))
    return TasksWithTallies(page, known)


def orders_of_task(task: TaskRecord, status: str | None, limit: int, after: PageKey | None) -> Page[Standing]:
    """Return the orders of the task, in the order of its lines."""
    lines = lines_of([task])
    found = standings(task, lines[task.pk], orders_of(lines))
    begin = int((after or {}).get("place", 0))
    chosen = [place for place in range(begin, len(found)) if status in (None, found[place].status)]
    more = {"place": chosen[limit]} if len(chosen) > limit else None
    keys = [{"place": place + 1} for place in chosen[:limit]]
    return Page([found[place] for place in chosen[:limit]], more, keys=keys)
