"""The orders of a task in numbers: counts by status and sums of prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chalicelib.tasks.model.lifecycle import UNOFFERED
from chalicelib.tasks.model.standings import Standing
from chalicelib.tasks.records.task_record import TaskRecord


@dataclass(frozen=True)
class Tally:
    """The orders of a task in numbers: how many have each status, and the sums of their prices by what became of them, in minor
    units. held + paid + refunded are the prices of all orders and what an open call has not given out; `commission` is the
    platform's part of `paid`. `orders_left` are still to be ended with a closed task."""

    order_counts: dict[str, int]
    totals: dict[str, int]
    orders_left: int = 0

    def as_json(self) -> dict[str, Any]:
        return {"order_counts": self.order_counts, "totals": self.totals}


def tally(task: TaskRecord, found: Iterable[Standing]) -> Tally:
    """The numbers of these orders, all of the task's."""
    counts: Counter[str] = Counter()
    sums = {"held": int(task.unallocated), "paid": 0, "refunded": 0, "commission": 0}
    left = 0
    for standing in found:
        counts[standing.status] += 1
        if task.winding_up and standing.payment == "held":
            left += standing.order is None or standing.order.ends_with(task.winding_up)
        if standing.order is not None and standing.order.settled is not None:
            parts = standing.order.settled
            sums["paid"] += int(parts["net"]) + int(parts["commission"])
            sums["commission"] += int(parts["commission"])
            sums["refunded"] += int(parts["returned"])
        elif standing.payment is not None:
            sums[standing.payment] += standing.price
    return Tally(dict(counts), sums, left)


def known_tally(task: TaskRecord) -> Tally | None:
    """The numbers of the task's orders as far as the task itself knows them: none was offered yet, or none can change any more."""
    if task.tally is not None:
        return Tally(task.tally["order_counts"], task.tally["totals"])
    if task.has_orders or task.accounts is None:
        return None
    status, payment = UNOFFERED[task.status]
    sums = {"held": int(task.unallocated), "paid": 0, "refunded": 0, "commission": 0}
    if payment is not None and task.call is None:
        sums[payment] += int(task.total)
    return Tally({status: int(task.accounts)} if task.accounts else {}, sums)
