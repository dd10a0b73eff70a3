"""Build the responses about tasks (api.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.core import clock
from chalicelib.tasks.http.response_parts import HELD, money, price_parts, with_moments
from chalicelib.tasks.model.lifecycle import APPEAL, TASK
from chalicelib.tasks.model.standings import standings
from chalicelib.tasks.model.tally import Tally, tally
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_lines import Line
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.tasks.submission import resubmission_changes


def quote_response(kind: str, lines: Iterable[Line]) -> dict[str, Any]:
    """The answer to POST /v1/quotes."""
    lines = list(lines)
    return {
        "kind": kind,
        "lines": [
            {
                "account_id": line.account_id,
                "handle": line.handle,
                "price_source": line.price_source,
                **price_parts(line.split),
            }
            for line in lines
        ],
        "commission": money(sum(line.commission for line in lines)),
        "net": money(sum(line.split.net for line in lines)),
        "total": money(sum(line.price for line in lines)),
    }


def task_response(task: TaskRecord, lines: Iterable[Line], orders: Mapping[str, OrderRecord]) -> dict[str, Any]:
    """A task with its accounts. `totals` are prices: held + paid + refunded = their sum; `commission` is the platform's part of
    `paid`."""
    lines = list(lines)
    return {
        **task_summary_response(task, tally(task, standings(task, lines, orders))),
        "account_ids": [line.account_id for line in lines],
    }


def task_summary_response(task: TaskRecord, numbers: Tally) -> dict[str, Any]:
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
        "call": None if task.call is None else call_terms(task),
        "max_total": None if task.max_total is None else money(int(task.max_total)),
        "total": money(int(task.total)),
        "totals": {name: money(amount) for name, amount in numbers.totals.items()},
        "order_counts": numbers.order_counts,
        "review": _review(task),
        "appeal": _appeal(task),
        "reason": task.reason,
        "winding_up": task.winding_up is not None,
        "closing": None if task.winding_up is None else {"orders_left": numbers.orders_left},
        "events": with_moments(task.events),
        "stuck": task.stuck,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
    }


def task_in_review_response(task: TaskRecord, numbers: Tally) -> dict[str, Any]:
    """A task in the review queue: the task, its clock, the lint findings, and how it differs from what was submitted before."""
    return {
        **task_summary_response(task, numbers),
        "task_id": task.pk,
        "due_at": task.review_due_at,
        "overdue": task.review_due_at is not None and clock.now() >= task.review_due_at,
        "findings": task.findings,
        "changes": resubmission_changes.of_review(task),
    }


def cancellation_response(task: TaskRecord, lines: list[dict[str, Any]], revision: str) -> dict[str, Any]:
    """What cancelling a task does to each of its orders, and in all."""
    amounts = ("price", "compensation", "net", "commission", "returned")
    return {
        "task_id": task.pk,
        "status": task.status,
        "revision": revision,
        "lines": [{**line, **{name: money(line[name]) for name in amounts}} for line in lines],
        **{name: money(sum(line[name] for line in lines)) for name in ("compensation", "net", "commission")},
        "returned": money(sum(line["returned"] for line in lines) + _unspent(task)),
        "stays_held": money(sum(line["price"] for line in lines if line["stays"] and line["status"] in HELD)),
    }


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


def call_terms(task: TaskRecord) -> dict[str, Any]:
    wanted = dict(task.call or {})
    if "price_max" in wanted:
        wanted["price_max"] = money(wanted["price_max"])
    return {"wanted": wanted, "budget": money(int(task.total)), "unallocated": money(_unspent(task))}


def _unspent(task: TaskRecord) -> int:
    return int(task.unallocated)
