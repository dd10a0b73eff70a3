"""Tasks and orders whose workflow failed for good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.tasks.lists import order_lists, task_lists
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord

PAGE = 100


def stuck_records() -> Iterator[TaskRecord | OrderRecord]:
    """Return the stuck tasks, then the stuck orders, each of them longest first."""
    after: dict[str, Any] | None = None
    while True:
        tasks = task_lists.stuck_tasks(PAGE, after)
        yield from tasks.items
        after = tasks.after
        if after is None:
            break
    while True:
        orders = order_lists.stuck_orders(PAGE, after)
        yield from orders.items
        after = orders.after
        if after is None:
            return
