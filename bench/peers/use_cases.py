"""The steps of both peers after their framework's part: the code of our own edge that depends on no framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.accounts.http.account_responses import STAFF, account_response
from chalicelib.accounts.http.search_requests import SearchQuery
from chalicelib.accounts.records import get_account
from chalicelib.accounts.search import account_search
from chalicelib.api import pagination, problems
from chalicelib.api.callers import Caller, caller_of
from chalicelib.core import idempotency, ids
from chalicelib.core.errors import Problem, not_found
from chalicelib.store import Page
from chalicelib.tasks.http import access, quote_responses, task_responses
from chalicelib.tasks.http.quote_requests import QuoteBody
from chalicelib.tasks.http.requests import TaskBody
from chalicelib.tasks.lists import task_lists
from chalicelib.tasks.submission import create, quotes

READERS = ("advertiser", "auditor", "finance")


def permitted(context: Mapping[str, Any], *roles: str) -> Caller:
    """Return the caller, who has one of the roles. Raise Problem."""
    caller = caller_of(context)
    if roles and not caller.has(*roles):
        raise Problem("forbidden", f"This needs one of the roles: {', '.join(roles)}.")
    return caller


def formed(prefix: str, text: str) -> str:
    """Return the id. Raise Problem `not_found` if it is malformed."""
    if not ids.is_id(prefix, text):
        raise not_found(prefix)
    return text


def headers(request_id: str) -> dict[str, str]:
    return {"X-Request-Id": request_id, **problems.SECURITY_HEADERS}


def account(caller: Caller, account_id: str) -> dict[str, Any]:
    return _card(get_account(formed("acc", account_id)), caller)


def accounts(caller: Caller, query: SearchQuery, path: str, sent: Mapping[str, str]) -> dict[str, Any]:
    filters = sorted((name, text) for name, text in sent.items() if name not in ("cursor", "limit"))
    scope = str([caller.sub, "GET", path, filters])
    after = pagination.unseal(query.cursor, scope) if query.cursor else None
    page = account_search.find(query.wanted(), query.limit, after)
    cursor = pagination.seal(page.after, scope) if page.after else None
    return {"data": [_card(record, caller) for record in page.items], "next_cursor": cursor}


def task(caller: Caller, task_id: str) -> dict[str, Any]:
    record = access.visible_task(formed("tsk", task_id), caller)
    found = task_lists.with_orders(Page([record], None))
    return {**task_responses.task_response(record, found.lines[record.pk], found.orders)}


def quote(body: QuoteBody) -> dict[str, Any]:
    return {**quote_responses.quote_response(body.kind, quotes.quote(body.kind, body.account_ids))}


def attempt(caller: Caller, key: str, sent: Any) -> idempotency.Attempt:
    return idempotency.Attempt(caller.sub, key, idempotency.fingerprint("POST", "/v1/tasks", sent))


def create_task(caller: Caller, body: TaskBody, attempt: idempotency.Attempt) -> tuple[dict[str, Any], bool]:
    return create.create(body.brief(), caller.advertiser_id, attempt, as_draft=body.draft)


def _card(record: Any, caller: Caller) -> dict[str, Any]:
    return {**account_response(record, STAFF if caller.has("auditor", "finance") else caller.creator_id)}
