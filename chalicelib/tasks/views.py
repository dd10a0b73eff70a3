"""Tasks and orders as clients see them (api.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib import clock
from chalicelib.money import Money
from chalicelib.settings import rules
from chalicelib.tasks.lifecycle import ORDER, TASK, UNOFFERED
from chalicelib.tasks.records import Line, OrderRecord, TaskRecord, order_id
from chalicelib.tasks.terms import Split
from chalicelib.tasks.timers import Timer, order_timers, review_timers


@dataclass(frozen=True)
class Standing:
    """Where an order of a task stands: offered (`order`) or still a line of it."""

    line: Line
    order: OrderRecord | None
    status: str
    payment: str


def standings(task: TaskRecord, orders: Mapping[str, OrderRecord]) -> list[Standing]:
    """All orders of the task in the order of its accounts; `orders` are the offered ones by id."""
    found = []
    for line in task.order_lines:
        order = orders.get(order_id(task.pk, line.account_id))
        status, payment = (order.status, order.payment) if order else UNOFFERED[task.status]
        found.append(Standing(line, order, status, payment))
    return found


def quote_view(kind: str, lines: Iterable[Line]) -> dict[str, Any]:
    """The answer to POST /v1/quotes."""
    lines = list(lines)
    return {
        "kind": kind,
        "lines": [
            {
                "account_id": line.account_id,
                "handle": line.handle,
                "price_source": line.price_source,
                **_split(line.split),
            }
            for line in lines
        ],
        "commission": _money(sum(line.commission for line in lines)),
        "net": _money(sum(line.split.net for line in lines)),
        "total": _money(sum(line.price for line in lines)),
    }


def task_view(task: TaskRecord, orders: Mapping[str, OrderRecord]) -> dict[str, Any]:
    """A task. `totals` are prices: held + paid + refunded = their sum; `commission` is the platform's part of
    `paid`."""
    found = standings(task, orders)
    sums = {"held": 0, "paid": 0, "refunded": 0}
    for standing in found:
        sums[standing.payment] += standing.line.price
    review = task.review or {}
    return {
        "id": task.pk,
        "advertiser_id": task.owner,
        "status": task.status,
        "label": TASK.labels[task.status],
        "kind": task.kind,
        "title": task.title,
        "content": task.content.as_json(),
        "source_url": task.source_url,
        "window": {"start_at": task.start_at, "end_at": task.end_at},
        "accept_by": task.accept_by,
        "retention": task.schedule.retention,
        "final_at": task.schedule.final_at,
        "account_ids": [line.account_id for line in task.order_lines],
        "reserve_account_ids": task.reserve_account_ids,
        "max_total": None if task.max_total is None else _money(int(task.max_total)),
        "total": _money(task.total),
        "totals": {
            **{name: _money(amount) for name, amount in sums.items()},
            "commission": _money(sum(s.line.commission for s in found if s.payment == "paid")),
        },
        "order_counts": dict(Counter(standing.status for standing in found)),
        "review": {
            "status": review.get("status", "missed" if task.status == "cancelled" else "pending"),
            "due_at": task.review_due_at,
            "reasons": review.get("reasons", []),
            "round": int(task.round),
            "findings": task.findings,
        },
        "events": _events(task.events),
        "stuck": task.stuck,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
    }


def review_view(task: TaskRecord) -> dict[str, Any]:
    """A task in the review queue: the task, its clock and the lint findings."""
    return {
        **task_view(task, {}),
        "task_id": task.pk,
        "due_at": task.review_due_at,
        "overdue": clock.now() >= task.review_due_at,
        "findings": task.findings,
    }


def order_view(order: OrderRecord) -> dict[str, Any]:
    """An order that was offered; `content` is exactly what is to be posted."""
    return {
        "id": order.pk,
        "task_id": order.task_id,
        "account_id": order.account_id,
        "handle": order.handle,
        "network": order.network,
        "creator_id": order.owner,
        "kind": order.kind,
        "title": order.title,
        "content": order.content.as_json(),
        "source_url": order.source_url,
        "status": order.status,
        "label": ORDER.labels[order.status],
        "payment": order.payment,
        **_split(order.split),
        "post_url": order.post_url,
        "window": {"start_at": order.start_at, "end_at": order.end_at},
        "accept_by": order.accept_by,
        "retention": order.schedule.retention,
        "reason": order.reason,
        "timers": _timers(order_timers(order.schedule, order.published_at)),
        "events": _events(order.events),
        "stuck": order.stuck,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def standing_view(task: TaskRecord, standing: Standing) -> dict[str, Any]:
    """An order of a task, offered or not yet."""
    if standing.order is not None:
        return order_view(standing.order)
    line = standing.line
    return {
        "id": order_id(task.pk, line.account_id),
        "task_id": task.pk,
        "account_id": line.account_id,
        "handle": line.handle,
        "network": line.network,
        "creator_id": line.creator_id,
        "kind": task.kind,
        "title": task.title,
        "content": task.content.as_json(),
        "source_url": task.source_url,
        "status": standing.status,
        "label": ORDER.labels[standing.status],
        "payment": standing.payment,
        **_split(line.split),
        "post_url": None,
        "window": {"start_at": task.start_at, "end_at": task.end_at},
        "accept_by": task.accept_by,
        "retention": task.schedule.retention,
        "reason": None,
        "timers": _timers(review_timers(task.review_due_at, task.schedule)),
        "events": [],
        "stuck": None,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
    }


def _timers(timers: Iterable[Timer]) -> list[dict[str, Any]]:
    return [{"name": timer.name, "at": timer.at, "default_outcome": timer.default_outcome} for timer in timers]


def _events(events: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
    return [{**event, "at": clock.parse(event["at"])} for event in events]


def _split(parts: Split) -> dict[str, Money]:
    return {"price": _money(parts.price), "commission": _money(parts.commission), "net": _money(parts.net)}


def _money(amount: int) -> Money:
    return Money(amount, rules().currency)
