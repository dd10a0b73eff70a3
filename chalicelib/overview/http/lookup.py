"""Find one thing by its id, or accounts by a handle: the one request of the console's search field."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.accounts import advertisers
from chalicelib.accounts.records import AccountRecord, find_by_handle, get_account
from chalicelib.accounts.review import grade_appeals
from chalicelib.accounts.search import account_search
from chalicelib.api import STAFF_ROLES, Caller
from chalicelib.core import ids
from chalicelib.core.errors import Problem, not_found
from chalicelib.overview.http.response_types import Found
from chalicelib.planning import saved_plans
from chalicelib.planning.saved_plans import plan_response
from chalicelib.shortlists import shortlists
from chalicelib.social.handles import canonical
from chalicelib.tasks.http import access
from chalicelib.tasks.records.application_record import find_application
from chalicelib.tasks.records.task_record import find_task
from chalicelib.wallet import suspense, topups
from chalicelib.wallet.withdrawals import withdrawal_requests

ACCOUNTS_MAX = 10
NETWORKS = ("sandbox", "weibo")
"""The networks whose handles are looked up at once; on other networks the search finds them."""


def look_up(text: str, caller: Caller) -> list[Found]:
    """Return the thing with this id if the caller may read it, or the accounts with this handle, at most ACCOUNTS_MAX: those that
    have exactly this handle, otherwise the listed ones whose handle contains the text, best grade first."""
    prefix = text.partition("_")[0]
    if prefix in _BY_PREFIX and ids.is_id(prefix, text):
        try:
            return [_BY_PREFIX[prefix](text, caller)]
        except Problem as problem:
            if problem.code != "not_found":
                raise
            return []
    return [_found_account(record) for record in _with_handle(text)]


def _with_handle(text: str) -> list[AccountRecord]:
    exact: dict[str, AccountRecord] = {}
    for network in NETWORKS:
        try:
            record = find_by_handle(network, text)
            wanted = canonical(network, text)
        except ValueError:  # this names no account
            continue
        if record is not None and canonical(record.network, record.handle) == wanted:
            exact[record.pk] = record
    if exact:
        return list(exact.values())
    return account_search.find(account_search.Wanted(q=text), ACCOUNTS_MAX).items


def _require(caller: Caller, *roles: str) -> None:
    if not caller.has(*roles):
        raise not_found("thing")


def _found_account(record: AccountRecord) -> Found:
    return {"type": "account", "id": record.pk, "title": record.handle, "status": record.status, "parent_id": None}


def _account(account_id: str, caller: Caller) -> Found:
    return _found_account(get_account(account_id))


def _advertiser(advertiser_id: str, caller: Caller) -> Found:
    if advertiser_id != caller.advertiser_id:
        _require(caller, *STAFF_ROLES)
    record = advertisers.find(advertiser_id)
    return {"type": "advertiser", "id": record.pk, "title": record.name, "status": record.status, "parent_id": None}


def _task(task_id: str, caller: Caller) -> Found:
    task = access.visible_task(task_id, caller, in_calls=True)
    return {"type": "task", "id": task.pk, "title": task.title, "status": task.status, "parent_id": None}


def _order(order_id: str, caller: Caller) -> Found:
    order = access.visible_order(order_id, caller)
    title = f"{order.title} · {order.handle}"
    return {"type": "order", "id": order.pk, "title": title, "status": order.status, "parent_id": str(order.task_id)}


def _dispute(dispute_id: str, caller: Caller) -> Found:
    found = access.visible_dispute(dispute_id, caller)
    code = found.reason["code"]
    return {"type": "dispute", "id": found.pk, "title": code, "status": found.status, "parent_id": found.order_id}


def _appeal(appeal_id: str, caller: Caller) -> Found:
    found = grade_appeals.find(appeal_id)
    if found.creator_id != caller.creator_id:
        _require(caller, "auditor")
    return {
        "type": "grade_appeal",
        "id": found.pk,
        "title": found.reason,
        "status": found.status,
        "parent_id": found.account_id,
    }


def _application(application_id: str, caller: Caller) -> Found:
    found = find_application(application_id)
    task_id = str(found.task_id)
    if found.creator_id != caller.creator_id and find_task(task_id).owner != caller.advertiser_id:
        _require(caller, "auditor")
    return {
        "type": "application",
        "id": found.pk,
        "title": found.handle,
        "status": found.status,
        "parent_id": task_id,
    }


def _topup(topup_id: str, caller: Caller) -> Found:
    found = topups.find_own(caller.advertiser_id, topup_id)
    return {"type": "topup", "id": found.pk, "title": found.provider, "status": found.status_now, "parent_id": None}


def _withdrawal(withdrawal_id: str, caller: Caller) -> Found:
    if caller.has("finance"):
        found = withdrawal_requests.find(withdrawal_id)
    else:
        found = withdrawal_requests.find_own(withdrawal_id, (caller.advertiser_id, caller.creator_id))
    return {
        "type": "withdrawal",
        "id": found.pk,
        "title": found.provider,
        "status": found.status,
        "parent_id": found.owner,
    }


def _suspense(suspense_id: str, caller: Caller) -> Found:
    _require(caller, "finance")
    found = suspense.find(suspense_id)
    return {"type": "suspense", "id": found.pk, "title": found.reason, "status": found.status, "parent_id": None}


def _plan(plan_id: str, caller: Caller) -> Found:
    found = plan_response(saved_plans.find(plan_id, caller.advertiser_id))
    return {
        "type": "plan",
        "id": found["id"],
        "title": found["goal"],
        "status": found["status"],
        "parent_id": found["task_id"],
    }


def _shortlist(shortlist_id: str, caller: Caller) -> Found:
    found = shortlists.find(shortlist_id, caller.advertiser_id)
    return {"type": "shortlist", "id": found.pk, "title": found.name, "status": None, "parent_id": None}


_BY_PREFIX: dict[str, Callable[[str, Caller], Found]] = {
    "acc": _account,
    "adv": _advertiser,
    "tsk": _task,
    "ord": _order,
    "dsp": _dispute,
    "apl": _appeal,
    "app": _application,
    "pay": _topup,
    "wdr": _withdrawal,
    "sus": _suspense,
    "pln": _plan,
    "lst": _shortlist,
}
