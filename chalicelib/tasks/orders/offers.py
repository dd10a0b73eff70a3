"""Offer the orders of a running task: each line becomes an order that is offered to its creator, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.click_links import for_order
from chalicelib.core import clock
from chalicelib.core.observability import cause
from chalicelib.store import Refused, put, transact
from chalicelib.tasks.model.closing_gate import GATE, gate_actions
from chalicelib.tasks.records.event_history import event_line
from chalicelib.tasks.records.order_record import OrderRecord, order_id, orders_of
from chalicelib.tasks.records.task_lines import Line, lines_of
from chalicelib.tasks.records.task_record import TaskRecord

BATCH = 25
"""The number of orders that one transaction offers."""


def offer(task: TaskRecord, at: datetime) -> int:
    """Offer every line that was not offered yet, unless the task is closed, and return their number. A repetition does nothing."""
    if task.status != "running":
        return 0
    lines = lines_of([task])
    known = orders_of(lines)
    missing = [line for line in lines[task.pk] if order_id(task.pk, line.account_id) not in known]
    return sum(_offer_batch(task, batch, at) for batch in _batches(missing))


def offered_order(
    task: TaskRecord, line: Line, at: datetime, *, accept_by: datetime | None = None, note: str | None = None
) -> OrderRecord:
    """Return the order of this line, offered at `at`; with `accept_by` if it differs from that of the task."""
    differing = {"accept_by": accept_by} if accept_by else {}
    return _order(task, line, "offered", at, "system", note, **differing)


def picked_order(task: TaskRecord, line: Line, at: datetime, note: str) -> OrderRecord:
    """Return the order of a creator who applied to the task's open call and was picked; it is accepted from the start."""
    return _order(task, line, "picked", at, "advertiser", note, answered="accepted")


def _offer_batch(task: TaskRecord, lines: list[Line], at: datetime) -> int:
    orders = {order.pk: order for order in (offered_order(task, line, at) for line in lines)}
    while orders:
        puts = [put(pk, order, OrderRecord.pk.does_not_exist()) for pk, order in orders.items()]
        try:
            transact([*gate_actions(task.pk), *puts])
            return len(orders)
        except Refused as refused:
            if GATE in refused.labels:
                return 0
            orders = {pk: order for pk, order in orders.items() if pk not in refused.labels}
    return 0


def _order(
    task: TaskRecord, line: Line, event: str, at: datetime, by: str, note: str | None, **differing: Any
) -> OrderRecord:
    pk = order_id(task.pk, line.account_id)
    return OrderRecord(
        pk,
        "order",
        owner=line.creator_id,
        listed_at=f"{clock.stamp(at)}#{pk}",
        task_id=task.pk,
        status=OrderRecord.machine.then("pending", event),
        payment="held",
        advertiser_id=task.owner,
        account_id=line.account_id,
        network=line.network,
        handle=line.handle,
        price=line.price,
        commission=line.commission,
        links=for_order(pk, task.urls),
        created_at=at,
        updated_at=at,
        events=[event_line(event, at, by, note)],
        cause=cause() or task.cause,
        **{**task.copied_terms(), **differing},
    )


def _batches(lines: list[Line]) -> Iterator[list[Line]]:
    for begin in range(0, len(lines), BATCH):
        yield lines[begin : begin + BATCH]
