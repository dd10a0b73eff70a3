"""HTTP routes of open calls and the applications to them."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.accounts.records import get_owned_account
from chalicelib.api import ApiRequest, ApiResponse, Listed, Paging, route
from chalicelib.tasks.http import access, open_call_responses
from chalicelib.tasks.http.requests import ApplicationBody, CallQuery, NothingBody
from chalicelib.tasks.open_calls import applications, open_calls

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "GET",
    "/v1/calls",
    roles=("creator",),
    query=CallQuery,
    response=Listed[open_call_responses.OpenCall],
    errors=("not_found",),
    client="calls.list",
)
def list_calls(request: ApiRequest[None, CallQuery]) -> Listed[open_call_responses.OpenCall]:
    """List the open calls that pass the filters, oldest first."""
    query: CallQuery = request.query
    account = None if query.account_id is None else get_owned_account(query.account_id, request.caller.creator_id)
    filters = open_calls.CallFilters(query.kind, query.category, query.price_min, query.q, account)
    return request.page_response(
        open_calls.open_calls(query.limit, request.after, filters), open_call_responses.open_call_response
    )


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/applications",
    roles=("creator",),
    request=ApplicationBody,
    response=open_call_responses.Application,
    errors=("account_not_available", "already_exists", "call_closed", "call_not_met"),
    status=201,
    client="calls.apply",
)
def apply_to_call(request: ApiRequest[ApplicationBody], task_id: str) -> ApiResponse[open_call_responses.Application]:
    """Apply to an open call with an account and a price."""
    price = request.body.price.money("/price").amount
    made = applications.apply(task_id, request.caller.creator_id, request.body.account_id, price, request.body.note)
    return ApiResponse(open_call_responses.application_response(made))


@route(
    blueprint,
    "GET",
    "/v1/tasks/{task_id}/applications",
    roles=("advertiser", "auditor"),
    query=Paging,
    response=Listed[open_call_responses.Application],
    client="calls.applications",
)
def list_applications(request: ApiRequest[None, Paging], task_id: str) -> Listed[open_call_responses.Application]:
    """List the applications to an open call."""
    task = access.visible_task(task_id, request.caller)
    return request.page_response(
        applications.applications_to(task.pk, request.query.limit, request.after),
        open_call_responses.application_response,
    )


@route(
    blueprint,
    "GET",
    "/v1/applications",
    roles=("creator",),
    query=Paging,
    response=Listed[open_call_responses.Application],
    client="applications.list",
)
def list_own_applications(request: ApiRequest[None, Paging]) -> Listed[open_call_responses.Application]:
    """List the creator's own applications, newest first."""
    page = applications.applications_of(request.caller.creator_id, request.query.limit, request.after)
    return request.page_response(page, open_call_responses.application_response)


@route(
    blueprint,
    "POST",
    "/v1/applications/{application_id}/accept",
    roles=("advertiser",),
    request=NothingBody,
    response=open_call_responses.Application,
    errors=(
        "account_not_available",
        "already_decided",
        "budget_spent",
        "call_closed",
        "frequency_cap",
        "state_conflict",
        "task_full",
    ),
    client="applications.accept",
)
def accept_application(request: ApiRequest[NothingBody], application_id: str) -> open_call_responses.Application:
    """Pick an applicant; the order is accepted at the named price."""
    return open_call_responses.application_response(applications.pick(application_id, request.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/applications/{application_id}/decline",
    roles=("advertiser",),
    request=NothingBody,
    response=open_call_responses.Application,
    errors=("already_decided", "call_closed"),
    client="applications.decline",
)
def decline_application(request: ApiRequest[NothingBody], application_id: str) -> open_call_responses.Application:
    """Decline an applicant."""
    return open_call_responses.application_response(applications.decline(application_id, request.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/applications/{application_id}/withdraw",
    roles=("creator",),
    request=NothingBody,
    response=open_call_responses.Application,
    errors=("already_decided", "call_closed"),
    client="applications.withdraw",
)
def withdraw_application(request: ApiRequest[NothingBody], application_id: str) -> open_call_responses.Application:
    """Withdraw an application."""
    return open_call_responses.application_response(applications.withdraw(application_id, request.caller.creator_id))
