"""Every order of a task with its status, offered or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.tasks.model.lifecycle import UNOFFERED
from chalicelib.tasks.records.order_record import OrderRecord, order_id
from chalicelib.tasks.records.task_lines import Line
from chalicelib.tasks.records.task_record import TaskRecord


@dataclass(frozen=True)
class Standing:
    """Where an order of a task stands: offered (`order`) or still a line of it."""

    line: Line
    order: OrderRecord | None
    status: str
    payment: str | None

    @property
    def price(self) -> int:
        """What the order costs now, in minor units; a counter-offer may have changed it since it was offered."""
        return int(self.order.price) if self.order else self.line.price


def standings(task: TaskRecord, lines: Iterable[Line], orders: Mapping[str, OrderRecord]) -> list[Standing]:
    """All orders of the task in the order of its lines; `orders` are the offered ones by id."""
    found = []
    still_held = task.winding_up and not task.unoffered_returned
    of_task = "running" if still_held else task.status
    for line in lines:
        order = orders.get(order_id(task.pk, line.account_id))
        status, payment = (order.status, order.payment) if order else UNOFFERED[of_task]
        found.append(Standing(line, order, status, payment))
    return found
