"""The responses about open calls and applications (api.md): their types, and functions that build them."""

from __future__ import annotations

from typing import Literal

from chalicelib.core import clock
from chalicelib.core.response_types import Count, Moment, Money, TypedDict
from chalicelib.tasks.http.response_parts import PostTerms, PriceSplit, money, price_response, terms_response
from chalicelib.tasks.model.commission import PriceParts
from chalicelib.tasks.records.application_record import ApplicationRecord
from chalicelib.tasks.records.task_record import TaskRecord

ApplicationStatus = Literal["open", "accepted", "declined", "withdrawn", "expired"]


class Wanted(TypedDict, total=False):
    """The conditions of an open call."""

    category: str
    grade_min: str
    followers_min: Count
    price_max: Money


class CallTerms(TypedDict):
    """The conditions of an open call, its budget, and the unspent part of it."""

    wanted: Wanted
    budget: Money
    unallocated: Money


class OpenCall(PostTerms, CallTerms):
    """An open call as creators see it."""

    task_id: str


class Application(PriceSplit):
    """An application to an open call."""

    id: str
    task_id: str
    account_id: str
    handle: str
    network: str
    creator_id: str
    status: ApplicationStatus
    note: str | None
    order_id: str | None
    accept_by: Moment
    created_at: Moment
    updated_at: Moment


def open_call_response(task: TaskRecord) -> OpenCall:
    """Return an open call as creators see it."""
    return {"task_id": task.pk, **terms_response(task), **call_terms_response(task)}


def call_terms_response(task: TaskRecord) -> CallTerms:
    conditions = task.call or {}
    wanted: Wanted = {}
    if "category" in conditions:
        wanted["category"] = conditions["category"]
    if "grade_min" in conditions:
        wanted["grade_min"] = conditions["grade_min"]
    if "followers_min" in conditions:
        wanted["followers_min"] = conditions["followers_min"]
    if "price_max" in conditions:
        wanted["price_max"] = money(conditions["price_max"])
    return {"wanted": wanted, "budget": money(int(task.total)), "unallocated": money(int(task.unallocated))}


def application_response(application: ApplicationRecord) -> Application:
    """Return an application to an open call; an open one expires with the call."""
    price, commission = int(application.price), int(application.commission)
    is_expired = application.status == "open" and clock.now() >= application.accept_by
    return {
        "id": application.pk,
        "task_id": str(application.task_id),
        "account_id": application.account_id,
        "handle": application.handle,
        "network": application.network,
        "creator_id": application.creator_id,
        "status": "expired" if is_expired else application.status,
        **price_response(PriceParts(price, price - commission, commission)),
        "note": application.note,
        "order_id": application.order_id,
        "accept_by": application.accept_by,
        "created_at": application.created_at,
        "updated_at": application.updated_at,
    }
