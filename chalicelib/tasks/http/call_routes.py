"""HTTP routes of open calls and the applications to them."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.accounts.records import get_owned_account
from chalicelib.api import Answer, Call, Paging, route
from chalicelib.tasks.http import access, call_responses
from chalicelib.tasks.http.requests import ApplicationBody, CallQuery, NothingBody
from chalicelib.tasks.open_calls import applications, calls

blueprint = Blueprint(__name__)


@route(blueprint, "GET", "/v1/calls", roles=("creator",), query=CallQuery, answer="OpenCall", refuses=("not_found",))
def list_calls(call: Call[None]) -> dict[str, Any]:
    """The open calls that pass the filters, oldest first."""
    query: CallQuery = call.query
    account = None if query.account_id is None else get_owned_account(query.account_id, call.caller.creator_id)
    filters = calls.CallFilters(query.kind, query.category, query.price_min, query.q, account)
    return call.listed(calls.open_calls(query.limit, call.after, filters), call_responses.open_call_response)


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/applications",
    roles=("creator",),
    body=ApplicationBody,
    answer="Application",
    refuses=("account_not_available", "already_exists", "call_closed", "call_not_met"),
)
def apply_to_call(call: Call[ApplicationBody], task_id: str) -> Answer:
    """Apply to an open call with an account and a price."""
    price = call.body.price.money("/price").amount
    made = applications.apply(task_id, call.caller.creator_id, call.body.account_id, price, call.body.note)
    return Answer(call_responses.application_response(made), 201)


@route(
    blueprint,
    "GET",
    "/v1/tasks/{task_id}/applications",
    roles=("advertiser", "auditor"),
    query=Paging,
    answer="Application",
)
def list_applications(call: Call[None], task_id: str) -> dict[str, Any]:
    """The applications to a call."""
    task = access.visible_task(task_id, call.caller)
    return call.listed(
        applications.applications_to(task.pk, call.query.limit, call.after), call_responses.application_response
    )


@route(blueprint, "GET", "/v1/applications", roles=("creator",), query=Paging, answer="Application")
def list_own_applications(call: Call[None]) -> dict[str, Any]:
    """The creator's own applications, newest first."""
    page = applications.applications_of(call.caller.creator_id, call.query.limit, call.after)
    return call.listed(page, call_responses.application_response)


@route(
    blueprint,
    "POST",
    "/v1/applications/{application_id}/accept",
    roles=("advertiser",),
    body=NothingBody,
    answer="Application",
    refuses=(
        "account_not_available",
        "already_decided",
        "budget_spent",
        "call_closed",
        "frequency_cap",
        "state_conflict",
        "task_full",
    ),
)
def accept_application(call: Call[NothingBody], application_id: str) -> dict[str, Any]:
    """Take an applicant: its order is accepted at the price it named."""
    return call_responses.application_response(applications.pick(application_id, call.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/applications/{application_id}/decline",
    roles=("advertiser",),
    body=NothingBody,
    answer="Application",
    refuses=("already_decided", "call_closed"),
)
def decline_application(call: Call[NothingBody], application_id: str) -> dict[str, Any]:
    """Decline an applicant."""
    return call_responses.application_response(applications.decline(application_id, call.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/applications/{application_id}/withdraw",
    roles=("creator",),
    body=NothingBody,
    answer="Application",
    refuses=("already_decided", "call_closed"),
)
def withdraw_application(call: Call[NothingBody], application_id: str) -> dict[str, Any]:
    """Take an application back."""
    return call_responses.application_response(applications.withdraw(application_id, call.caller.creator_id))
