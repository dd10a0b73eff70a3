"""The orders of a task in numbers: counts by status and sums of prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.tasks.model.lifecycle import UNOFFERED, OrderStatus
from chalicelib.tasks.model.order_standings import Standing
from chalicelib.tasks.records.stored_documents import StoredTally
from chalicelib.tasks.records.task_record import TaskRecord


@dataclass(frozen=True)
class Tally:
    """The orders of a task in numbers: the count of each status, and the sums of their prices by payment, in minor units.

    held + paid + refunded is the price of all orders and the unspent budget of an open call; `commission` is the platform's part
    of `paid`. `orders_left` are still to be ended with a closed task."""

    order_counts: dict[OrderStatus, int]
    totals: dict[str, int]
    orders_left: int = 0

    def as_document(self) -> StoredTally:
        return {"order_counts": self.order_counts, "totals": self.totals}


def tally(task: TaskRecord, found: Iterable[Standing]) -> Tally:
    """Return the numbers of a task from all of its orders."""
    counts: Counter[OrderStatus] = Counter()
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
    """Return the numbers of a task without reading its orders: none was offered yet, or none can change any more. None if its
    orders have to be read."""
    if task.tally is not None:
        return Tally(task.tally["order_counts"], task.tally["totals"])
    if task.has_orders or task.accounts is None:
        return None
    status, payment = UNOFFERED[task.status]
    sums = {"held": int(task.unallocated), "paid": 0, "refunded": 0, "commission": 0}
    if payment is not None and task.call is None:
        sums[payment] += int(task.total)
    return Tally({status: int(task.accounts)} if task.accounts else {}, sums)
