"""Every order of a task with its status, offered or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.tasks.model.lifecycle import UNOFFERED, OrderStatus, Payment
from chalicelib.tasks.records.order_record import OrderRecord, order_id
from chalicelib.tasks.records.task_lines import Line
from chalicelib.tasks.records.task_record import TaskRecord

HELD: frozenset[OrderStatus] = frozenset({"pending", "offered", "accepted", "published", "disputed"})
"""Statuses of an order whose price is still held."""


@dataclass(frozen=True)
class Standing:
    """An order of a task with its status and payment; `order` is None while it is only a line of the task."""

    line: Line
    order: OrderRecord | None
    status: OrderStatus
    payment: Payment | None

    @property
    def price(self) -> int:
        """The present price in minor units; a counter-offer can change it after the offer."""
        return int(self.order.price) if self.order else self.line.price


def standings(task: TaskRecord, lines: Iterable[Line], orders: Mapping[str, OrderRecord]) -> list[Standing]:
    """Return all orders of the task in the order of its lines; `orders` are the offered ones by id."""
    found = []
    is_held = task.winding_up and not task.unoffered_returned
    task_status = "running" if is_held else task.status
    for line in lines:
        order = orders.get(order_id(task.pk, line.account_id))
        status, payment = (order.status, order.payment) if order else UNOFFERED[task_status]
        found.append(Standing(line, order, status, payment))
    return found
