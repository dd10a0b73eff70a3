"""History of an enterprise or an account for the auditors who decide about it: bounded reads of the newest items."""

from __future__ import annotations

from collections import Counter

from chalicelib.accounts.records import AccountRecord
from chalicelib.core import clock
from chalicelib.decisions import decision_log
from chalicelib.decisions.decision_log import decision_response
from chalicelib.overview.http.response_types import (
    PastDispute,
    PastOrder,
    PastOrders,
    PastRejection,
    PastTask,
    PastTasks,
)
from chalicelib.store import read_page
from chalicelib.tasks.lists import dispute_lists, task_lists
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord

EXAMINED_MAX = 50
"""The number of tasks or disputes, and of the orders of an account, that are counted."""
ORDERS_READ_MAX = 200
"""The number of the owner's newest orders among which those of an account are searched."""
SHOWN = 20


def decisions_about(subject_id: str) -> list[decision_log.Decision]:
    """Return the newest decisions about the subject."""
    return [decision_response(record) for record in decision_log.listed(subject_id, SHOWN, None).items]


def tasks_of(advertiser_id: str) -> PastTasks:
    """Return the newest tasks of the advertiser with their rejections, and how many of them have each status."""
    page = task_lists.tasks_of(advertiser_id, None, EXAMINED_MAX, None)
    return {
        "counted": len(page.items),
        "more": page.after is not None,
        "counts": dict(Counter(task.status for task in page.items)),
        "newest": [_past_task(task) for task in page.items[:SHOWN]],
    }


def disputes_of(party_id: str) -> list[PastDispute]:
    """Return the newest disputes of this advertiser or creator."""
    page = dispute_lists.of_party(party_id, None, SHOWN, None)
    return [
        {
            "id": one.pk,
            "order_id": one.order_id,
            "status": one.status,
            "reason_code": one.reason["code"],
            "opened_by": one.opened_by,
            "opened_at": one.opened_at,
        }
        for one in page.items
    ]


def orders_of(account: AccountRecord) -> PastOrders:
    """Return the newest orders of the account under its present owner, and how many of them have each status."""
    if account.owner is None:
        return {"counted": 0, "more": False, "counts": {}, "newest": []}
    page = read_page(
        OrderRecord,
        account.owner,
        index="items_of_owner",
        limit=EXAMINED_MAX,
        where=OrderRecord.account_id == account.pk,
        only_if=lambda order: order.sk == "order",
        examined_max=ORDERS_READ_MAX,
    )
    return {
        "counted": len(page.items),
        "more": page.after is not None,
        "counts": dict(Counter(order.status for order in page.items)),
        "newest": [_past_order(order) for order in page.items[:SHOWN]],
    }


def _past_task(task: TaskRecord) -> PastTask:
    rejections: list[PastRejection] = [
        {"at": clock.parse(line["at"]), "reason_codes": [code for code in line.get("note", "").split(", ") if code]}
        for line in task.events
        if line["event"] == "rejected"
    ]
    return {
        "id": task.pk,
        "title": task.title,
        "status": task.status,
        "created_at": task.created_at,
        "rejections": rejections,
    }


def _past_order(order: OrderRecord) -> PastOrder:
    return {
        "id": order.pk,
        "task_id": str(order.task_id),
        "title": order.title,
        "status": order.status,
        "reason_code": order.reason["code"] if order.reason else None,
        "dispute_id": order.dispute_id,
        "created_at": order.created_at,
    }
