"""Tasks and orders as clients see them (api.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.social import anomalies
from chalicelib.tasks.model.lifecycle import APPEAL, DISPUTE, END_CODES, ORDER, TASK, UNOFFERED, EndReason
from chalicelib.tasks.model.records import (
    ApplicationRecord,
    DisputeRecord,
    Line,
    OrderRecord,
    StatementRecord,
    TaskRecord,
    order_id,
)
from chalicelib.tasks.model.terms import Split, split
from chalicelib.tasks.model.timers import Progress, Timer, first_change, order_timers, review_timers
from chalicelib.tasks.orders.disputes import stated
from chalicelib.tasks.submission import changes


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


def task_view(task: TaskRecord, lines: Iterable[Line], orders: Mapping[str, OrderRecord]) -> dict[str, Any]:
    """A task with its accounts. `totals` are prices: held + paid + refunded = their sum; `commission` is the platform's part of
    `paid`."""
    lines = list(lines)
    return {
        **task_summary(task, tally(task, standings(task, lines, orders))),
        "account_ids": [line.account_id for line in lines],
    }


def task_summary(task: TaskRecord, numbers: Tally) -> dict[str, Any]:
    """A task as lists show it."""
    return {
        "id": task.pk,
        "revision": int(task.revision),
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
        "draft_approval": task.draft_approval,
        "publishing": {"mode": task.publishing, "at": task.publish_at},
        "reserve_account_ids": task.reserve_account_ids,
        "call": None if task.call is None else _call(task),
        "max_total": None if task.max_total is None else _money(int(task.max_total)),
        "total": _money(int(task.total)),
        "totals": {name: _money(amount) for name, amount in numbers.totals.items()},
        "order_counts": numbers.order_counts,
        "review": _review(task),
        "appeal": _appeal(task),
        "reason": task.reason,
        "winding_up": task.winding_up is not None,
        "closing": None if task.winding_up is None else {"orders_left": numbers.orders_left},
        "events": _moments(task.events),
        "stuck": task.stuck,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
    }


def review_view(task: TaskRecord, numbers: Tally) -> dict[str, Any]:
    """A task in the review queue: the task, its clock, the lint findings, and how it differs from what was submitted before."""
    return {
        **task_summary(task, numbers),
        "task_id": task.pk,
        "due_at": task.review_due_at,
        "overdue": task.review_due_at is not None and clock.now() >= task.review_due_at,
        "findings": task.findings,
        "changes": changes.of_review(task),
    }


def call_view(task: TaskRecord) -> dict[str, Any]:
    """An open call as creators see it."""
    return {
        "task_id": task.pk,
        "kind": task.kind,
        "title": task.title,
        "content": task.content.as_json(),
        "source_url": task.source_url,
        "window": {"start_at": task.start_at, "end_at": task.end_at},
        "accept_by": task.accept_by,
        "retention": task.schedule.retention,
        "draft_approval": task.draft_approval,
        "publishing": {"mode": task.publishing, "at": task.publish_at},
        **_call(task),
    }


def application_view(application: ApplicationRecord) -> dict[str, Any]:
    """An application to an open call; an open one expires with the call."""
    price, commission = int(application.price), int(application.commission)
    expired = application.status == "open" and clock.now() >= application.accept_by
    return {
        "id": application.pk,
        "task_id": application.task_id,
        "account_id": application.account_id,
        "handle": application.handle,
        "network": application.network,
        "creator_id": application.creator_id,
        "status": "expired" if expired else application.status,
        **_split(Split(price, price - commission, commission)),
        "note": application.note,
        "order_id": application.order_id,
        "accept_by": application.accept_by,
        "created_at": application.created_at,
        "updated_at": application.updated_at,
    }


def dispute_summary(dispute: DisputeRecord, *, staff: bool) -> dict[str, Any]:
    """A dispute without its statements; `staff`: also which auditor ruled it."""
    ruling = dispute.ruling
    return {
        "id": dispute.pk,
        "revision": int(dispute.revision),
        "order_id": dispute.order_id,
        "task_id": dispute.task_id,
        "status": dispute.status,
        "label": DISPUTE.labels[dispute.status],
        "opened_by": dispute.opened_by,
        "reason": dispute.reason,
        "statement_counts": stated(dispute),
        "ruling": None if ruling is None else _ruling(ruling, staff),
        "timers": _timers(
            [Timer("ruling_due", dispute.ruling_due_at, DISPUTE.then("open", "ruling_missed"))]
            if dispute.status == "open"
            else []
        ),
        "opened_at": dispute.opened_at,
        "due_at": dispute.ruling_due_at,
        "ended_at": dispute.ended_at,
    }


def dispute_view(dispute: DisputeRecord, statements: Iterable[StatementRecord], *, staff: bool) -> dict[str, Any]:
    """A dispute with what both sides stated."""
    return {
        **dispute_summary(dispute, staff=staff),
        "statements": [
            {"by": one.stated_by, "note": one.note, "urls": one.urls, "at": one.stated_at} for one in statements
        ],
    }


def _ruling(ruling: dict[str, Any], staff: bool) -> dict[str, Any]:
    """The ruling; who the auditor is, is for staff."""
    by = ruling["by"] if staff else "auditor"
    return {**ruling, "by": by, "at": clock.parse(ruling["at"])}


def cancellation_view(task: TaskRecord, lines: list[dict[str, Any]], revision: str) -> dict[str, Any]:
    """What cancelling a task does to each of its orders, and in all."""
    amounts = ("price", "compensation", "net", "commission", "returned")
    return {
        "task_id": task.pk,
        "status": task.status,
        "revision": revision,
        "lines": [{**line, **{name: _money(line[name]) for name in amounts}} for line in lines],
        **{name: _money(sum(line[name] for line in lines)) for name in ("compensation", "net", "commission")},
        "returned": _money(sum(line["returned"] for line in lines) + _unspent(task)),
        "stays_held": _money(sum(line["price"] for line in lines if line["stays"] and line["status"] in HELD)),
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
        "settled": None if order.settled is None else {name: _money(int(n)) for name, n in order.settled.items()},
        "post_url": order.post_url,
        "window": {"start_at": order.start_at, "end_at": order.end_at},
        "accept_by": order.accept_by,
        "retention": order.schedule.retention,
        "publishing": {"mode": order.publishing, "at": order.publish_at},
        "reason": _end_reason(order),
        "counter": None if order.counter is None else _counter(order.counter),
        "draft_approval": order.draft_approval,
        "draft": None if order.draft is None else _draft(order.draft),
        "dispute_id": order.dispute_id,
        "report": None if order.report is None else {**order.report, "at": clock.parse(order.report["at"])},
        "check_delay": None if order.delay is None else _delay(order.delay),
        "evidence": _moments(_evidence(order)),
        "snapshots": _moments(order.snapshots),
        "anomalies": [one.as_json() for one in anomalies.of(order.snapshots, order.forecast, bool(order.links))],
        "timers": _timers(order.timers),
        "deadline": order.next_timer_at,
        "events": _moments(order.events),
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
        "settled": None,
        "post_url": None,
        "window": {"start_at": task.start_at, "end_at": task.end_at},
        "accept_by": task.accept_by,
        "retention": task.schedule.retention,
        "publishing": {"mode": task.publishing, "at": task.publish_at},
        "reason": _unoffered_reason(standing.status),
        "counter": None,
        "draft_approval": task.draft_approval,
        "draft": None,
        "dispute_id": None,
        "report": None,
        "check_delay": None,
        "evidence": [],
        "snapshots": [],
        "anomalies": [],
        "timers": _timers(_unoffered_timers(task)),
        "deadline": first_change(_unoffered_timers(task)),
        "events": [],
        "stuck": None,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
    }


HELD = frozenset({"pending", "offered", "accepted", "published", "disputed"})
"""Statuses of an order whose price is still held."""


def _end_reason(order: OrderRecord) -> EndReason | None:
    """Why the order ended; of an order that ended before reasons were stored, by its last event."""
    if order.reason is not None or not order.ended:
        stored: EndReason | None = order.reason
        return stored
    for event in reversed(order.events):
        codes = END_CODES.get((event["event"], order.status))
        if codes:
            changed = "post_changed" in codes and bool((order.evidence or [{}])[-1].get("found"))
            return {"code": "post_changed" if changed else codes[0]}
    return None


def _unoffered_reason(status: str) -> EndReason | None:
    """Why an order ended that was never offered: with its task."""
    codes = END_CODES.get((status, status))
    return {"code": codes[0]} if codes else None


def _unoffered_timers(task: TaskRecord) -> tuple[Timer, ...]:
    """The timers of an order that was not offered yet: those of the review, then those of an offer."""
    if task.status == "in_review" and task.review_due_at is not None:
        return review_timers(task.review_due_at, task.schedule)
    return order_timers(task.schedule, Progress()) if task.status == "running" else ()


def _review(task: TaskRecord) -> dict[str, Any]:
    review = task.review or {}
    undecided = {"draft": "not_submitted", "in_review": "pending", "cancelled": "missed"}.get(task.status, "pending")
    return {
        "status": review.get("status", undecided),
        "due_at": task.review_due_at,
        "reasons": review.get("reasons", []),
        "round": int(task.round),
        "findings": task.findings,
        "findings_more": int(task.findings_more or 0),
    }


def _appeal(task: TaskRecord) -> dict[str, Any] | None:
    appeal = task.appeal
    if appeal is None:
        return None
    names = ("status", "note", "reasons")
    return {
        **{name: appeal[name] for name in names},
        "label": APPEAL.labels[appeal["status"]],
        "at": clock.parse(appeal["at"]),
    }


def _call(task: TaskRecord) -> dict[str, Any]:
    wanted = dict(task.call or {})
    if "price_max" in wanted:
        wanted["price_max"] = _money(wanted["price_max"])
    return {"wanted": wanted, "budget": _money(int(task.total)), "unallocated": _money(_unspent(task))}


def _unspent(task: TaskRecord) -> int:
    return int(task.unallocated)


def draft_review_view(order: OrderRecord) -> dict[str, Any]:
    """A draft that waits for an auditor, with what the brief says."""
    draft: dict[str, Any] = order.draft or {}
    due_at = clock.parse(draft["due_at"])
    return {
        "order_id": order.pk,
        "task_id": order.task_id,
        "account_id": order.account_id,
        "handle": order.handle,
        "title": order.title,
        "text": draft["text"],
        "brief": order.text,
        "urls": order.urls,
        "findings": draft["findings"],
        "findings_more": draft.get("findings_more", 0),
        "due_at": due_at,
        "overdue": clock.now() >= due_at,
        "revision": int(order.revision),
    }


def _draft(draft: dict[str, Any]) -> dict[str, Any]:
    """The draft as both sides see it: of an auditor's decision what it says, not who took it."""
    review = draft.get("review")
    said = {} if review is None else {"review": {name: review[name] for name in ("decision", "reasons")}}
    return {"findings_more": 0, **draft, "due_at": clock.parse(draft["due_at"]), **said}


def _counter(counter: dict[str, Any]) -> dict[str, Any]:
    parts = split(int(counter["price"]), rules().commission_bps)
    return {**counter, "at": clock.parse(counter["at"]), **_split(parts)}


def _evidence(order: OrderRecord) -> list[dict[str, Any]]:
    """What the checks found, in order. Unannounced checks that found the post in order are shown once the order has ended: before
    that, they would show how many are still to come (rule 29)."""
    hidden = (order.unannounced or {}).get("evidence", []) if order.ended else []
    return sorted([*(order.evidence or []), *hidden], key=lambda found: str(found["at"]))


def _delay(delay: dict[str, str]) -> dict[str, Any]:
    return {**delay, "since": clock.parse(delay["since"]), "retry_at": clock.parse(delay["retry_at"])}


def _moments(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**entry, "at": clock.parse(entry["at"])} for entry in entries]


def _timers(timers: Iterable[Timer]) -> list[dict[str, Any]]:
    return [{"name": timer.name, "at": timer.at, "default_outcome": timer.default_outcome} for timer in timers]


def _split(parts: Split) -> dict[str, Money]:
    return {"price": _money(parts.price), "commission": _money(parts.commission), "net": _money(parts.net)}


def _money(amount: int) -> Money:
    return Money(amount, rules().currency)
