"""Who sees which tasks and orders, and the lists of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.api.callers import Caller
from chalicelib.errors import Problem, not_found
from chalicelib.store import Page, read_page
from chalicelib.tasks.lifecycle import TASK
from chalicelib.tasks.records import OrderRecord, TaskRecord, find_order, find_task, offered_orders
from chalicelib.tasks.views import Standing, standings

STAFF = ("auditor", "finance")


def visible_task(task_id: str, caller: Caller) -> TaskRecord:
    """The task, for its advertiser and for staff; to anybody else there is none."""
    task = find_task(task_id)
    if task.owner != caller.advertiser_id and not caller.has(*STAFF):
        raise not_found("task")
    return task


def visible_order(order_id: str, caller: Caller) -> OrderRecord:
    """The order, for its creator, its advertiser and staff; to anybody else there is none."""
    order = find_order(order_id)
    if caller.creator_id != order.owner and caller.advertiser_id != order.advertiser_id and not caller.has(*STAFF):
        raise not_found("order")
    return order


def tasks_of(
    advertiser_id: str, status: str | None, limit: int, after: dict[str, Any] | None
) -> tuple[Page[TaskRecord], Mapping[str, OrderRecord]]:
    """The advertiser's tasks, newest first, and their offered orders."""
    where = TaskRecord.status == status if status else None
    page = read_page(TaskRecord, advertiser_id, index="by_owner", limit=limit, after=after, where=where)
    return page, offered_orders(page.items)


def all_tasks(
    status: str | None, limit: int, after: dict[str, Any] | None
) -> tuple[Page[TaskRecord], Mapping[str, OrderRecord]]:
    """Everybody's tasks, status by status, in each by time; and their offered orders."""
    statuses = [status] if status else list(TASK.states)
    begin = (after or {}).get("queue", {}).get("S", _queue(statuses[0]))
    waiting = list(map(_queue, statuses))
    items: list[TaskRecord] = []
    for queue in waiting[waiting.index(begin) :]:
        start = after if after and after.get("queue", {}).get("S") == queue and "pk" in after else None
        page = read_page(TaskRecord, queue, index="by_queue", limit=limit - len(items), after=start, newest_first=False)
        items += page.items
        if page.after is not None:
            return Page(items, page.after), offered_orders(items)
        if len(items) == limit and queue != waiting[-1]:
            following = waiting[waiting.index(queue) + 1]
            return Page(items, {"queue": {"S": following}}), offered_orders(items)
    return Page(items, None), offered_orders(items)


def orders_of_task(task: TaskRecord, status: str | None, limit: int, after: dict[str, Any] | None) -> Page[Standing]:
    """The orders of the task, in the order of its accounts."""
    found = standings(task, offered_orders([task]))
    begin = int((after or {}).get("place", 0))
    chosen = [place for place in range(begin, len(found)) if status in (None, found[place].status)]
    more = {"place": chosen[limit]} if len(chosen) > limit else None
    return Page([found[place] for place in chosen[:limit]], more)


def orders_of_creator(
    creator_id: str, status: str | None, limit: int, after: dict[str, Any] | None
) -> Page[OrderRecord]:
    """The creator's orders, newest first."""
    where = OrderRecord.status == status if status else None
    return read_page(OrderRecord, creator_id, index="by_owner", limit=limit, after=after, where=where)


def stuck_orders(limit: int, after: dict[str, Any] | None) -> Page[OrderRecord]:
    """The orders whose workflow failed for good, longest first."""
    return read_page(OrderRecord, "stuck", index="by_queue", limit=limit, after=after, newest_first=False)


def require_status(status: str | None, expected: str) -> None:
    """Raises Problem `parameter_invalid` unless `status` is `expected`."""
    if status != expected:
        raise Problem("parameter_invalid", f"Staff read this list with status={expected}.")


def _queue(status: str) -> str:
    return "review" if status == "in_review" else f"task:{status}"
