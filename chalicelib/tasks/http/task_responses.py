"""The responses about tasks (api.md): their types, and functions that build them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NotRequired

from chalicelib.core import clock
from chalicelib.core.response_types import Count, Moment, Money, TypedDict
from chalicelib.tasks.closing.cancellation import CancellationLine
from chalicelib.tasks.http.open_call_responses import CallTerms, call_terms_response
from chalicelib.tasks.http.response_parts import (
    Finding,
    HistoryEvent,
    PostTerms,
    Stuck,
    TextPiece,
    Why,
    events_response,
    money,
    stuck_response,
    terms_response,
)
from chalicelib.tasks.model import order_tally
from chalicelib.tasks.model.lifecycle import APPEAL, TASK, OrderStatus, TaskStatus
from chalicelib.tasks.model.order_standings import HELD, standings
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.stored_documents import SubmittedPicture
from chalicelib.tasks.records.task_lines import Line
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.tasks.submission import resubmission_changes


class TaskTotals(TypedDict):
    """Prices of the task's orders by payment; `commission` is the platform's part of `paid`."""

    held: Money
    paid: Money
    refunded: Money
    commission: Money


class Review(TypedDict):
    """The review of a task and its clock. `findings_more`: how many findings there are beyond those of `findings`."""

    status: Literal["not_submitted", "pending", "approved", "rejected", "missed"]
    due_at: Moment | None
    reasons: list[Why]
    round: int
    findings: list[Finding]
    findings_more: Count


class ReviewAppeal(TypedDict):
    """The appeal of a rejection, with the reasons of the rejection."""

    status: Literal["open", "granted", "upheld"]
    label: str
    note: str
    reasons: list[Why]
    at: Moment


class Closing(TypedDict):
    """A task that was cancelled or stopped, while its orders are being ended one by one."""

    orders_left: Count


class TaskSummary(PostTerms):
    """A task as lists show it. `order_counts`: how many orders have each status; `label` is the original market's name of the
    status."""

    id: str
    revision: Count
    advertiser_id: str
    status: TaskStatus
    label: str
    final_at: Moment
    reserve_account_ids: list[str]
    call: CallTerms | None
    max_total: Money | None
    total: Money
    totals: TaskTotals
    order_counts: dict[OrderStatus, Count]
    review: Review
    appeal: ReviewAppeal | None
    reason: Why | None
    winding_up: bool
    closing: Closing | None
    events: list[HistoryEvent]
    stuck: Stuck | None
    created_at: Moment
    updated_at: Moment


class Task(TaskSummary):
    """A task with its accounts."""

    account_ids: list[str]


EditedValue = str | int | Sequence[str | SubmittedPicture] | None


class Edit(TypedDict):
    """A field that has changed since the last submission; for `account_ids` the removed and the added accounts, at most 100 of
    each."""

    field: str
    before: EditedValue
    after: EditedValue
    pieces: NotRequired[list[TextPiece]]


class TaskInReview(TaskSummary):
    """A task in the review queue."""

    task_id: str
    due_at: Moment | None
    overdue: bool
    findings: list[Finding]
    changes: list[Edit]


class Cancelled(TypedDict):
    """The effect of cancelling on one order: its status `then`, the `compensation` (the creator's `net` and the platform's
    `commission`), and the amount that is returned."""

    order_id: str
    account_id: str
    status: OrderStatus
    then: OrderStatus
    price: Money
    compensation: Money
    net: Money
    commission: Money
    returned: Money
    stays: bool


class Cancellation(TypedDict):
    """The effect of cancelling a task now. A cancellation with this `revision` has this effect or is refused with
    `revision_changed`."""

    task_id: str
    status: TaskStatus
    revision: str
    lines: list[Cancelled]
    compensation: Money
    net: Money
    commission: Money
    returned: Money
    stays_held: Money


def task_response(task: TaskRecord, lines: Iterable[Line], orders: Mapping[str, OrderRecord]) -> Task:
    """Return a task with its accounts, given all of its lines and orders."""
    lines = list(lines)
    numbers = order_tally.tally(task, standings(task, lines, orders))
    return {**task_summary_response(task, numbers), "account_ids": [line.account_id for line in lines]}


def task_summary_response(task: TaskRecord, numbers: order_tally.Tally) -> TaskSummary:
    """Return a task as lists show it."""
    return {
        "id": task.pk,
        "revision": int(task.revision),
        "advertiser_id": str(task.owner),
        "status": task.status,
        "label": TASK.labels[task.status],
        **terms_response(task),
        "final_at": task.schedule.final_at,
        "reserve_account_ids": task.reserve_account_ids,
        "call": None if task.call is None else call_terms_response(task),
        "max_total": None if task.max_total is None else money(int(task.max_total)),
        "total": money(int(task.total)),
        "totals": {
            "held": money(numbers.totals["held"]),
            "paid": money(numbers.totals["paid"]),
            "refunded": money(numbers.totals["refunded"]),
            "commission": money(numbers.totals["commission"]),
        },
        "order_counts": numbers.order_counts,
        "review": _review(task),
        "appeal": _appeal(task),
        "reason": task.reason,
        "winding_up": task.winding_up is not None,
        "closing": None if task.winding_up is None else {"orders_left": numbers.orders_left},
        "events": events_response(task.events),
        "stuck": stuck_response(task.stuck),
        "created_at": task.created_at,
        "updated_at": task.updated_at,
    }


def task_in_review_response(task: TaskRecord, numbers: order_tally.Tally) -> TaskInReview:
    """Return a task in the review queue, with its due time, the findings of the lint, and its changes since the last submission."""
    return {
        **task_summary_response(task, numbers),
        "task_id": task.pk,
        "due_at": task.review_due_at,
        "overdue": task.review_due_at is not None and clock.now() >= task.review_due_at,
        "findings": task.findings,
        "changes": _edits(task),
    }


def _edits(task: TaskRecord) -> list[Edit]:
    """Return the changes of the last resubmission as the reviewer sees them."""
    changes, now = resubmission_changes.changes_of(task), resubmission_changes.of_task(task)
    edits: list[Edit] = []
    for name in resubmission_changes.FIELDS:
        if name not in changes:
            continue
        if name == "text":
            pieces: list[TextPiece] = [{"change": change, "text": text} for change, text in changes["text"]]
            before = "".join(piece["text"] for piece in pieces if piece["change"] != "added")
            edits.append({"field": name, "before": before, "after": now["text"], "pieces": pieces})
        else:
            edits.append({"field": name, "before": changes[name], "after": now[name]})
    if "account_ids" in changes:
        removed, added = changes["account_ids"]
        edits.append({"field": "account_ids", "before": removed, "after": added})
    return edits


def cancellation_response(task: TaskRecord, lines: Sequence[CancellationLine], revision: str) -> Cancellation:
    """Return the effect of cancelling a task on each of its orders, and in all."""
    return {
        "task_id": task.pk,
        "status": task.status,
        "revision": revision,
        "lines": [
            {
                **line,
                "price": money(line["price"]),
                "compensation": money(line["compensation"]),
                "net": money(line["net"]),
                "commission": money(line["commission"]),
                "returned": money(line["returned"]),
            }
            for line in lines
        ],
        "compensation": money(sum(line["compensation"] for line in lines)),
        "net": money(sum(line["net"] for line in lines)),
        "commission": money(sum(line["commission"] for line in lines)),
        "returned": money(sum(line["returned"] for line in lines) + int(task.unallocated)),
        "stays_held": money(sum(line["price"] for line in lines if line["stays"] and line["status"] in HELD)),
    }


def _review(task: TaskRecord) -> Review:
    undecided: dict[str, Literal["not_submitted", "pending", "missed"]] = {
        "draft": "not_submitted",
        "cancelled": "missed",
    }
    return {
        "status": task.review["status"] if task.review else undecided.get(task.status, "pending"),
        "due_at": task.review_due_at,
        "reasons": task.review["reasons"] if task.review else [],
        "round": int(task.round),
        "findings": task.findings,
        "findings_more": int(task.findings_more or 0),
    }


def _appeal(task: TaskRecord) -> ReviewAppeal | None:
    appeal = task.appeal
    if appeal is None:
        return None
    return {
        "status": appeal["status"],
        "label": APPEAL.labels[appeal["status"]],
        "note": appeal["note"],
        "reasons": appeal["reasons"],
        "at": clock.parse(appeal["at"]),
    }
