"""HTTP routes of forecasts and plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint

from chalicelib.accounts.http.account_responses import account_response
from chalicelib.accounts.records import get_account
from chalicelib.api import STAFF_ROLES, ApiRequest, ApiResponse, Listed, route
from chalicelib.planning import account_comparison, plan_building, saved_plans
from chalicelib.planning.http import response_types
from chalicelib.planning.http.requests import ComparisonQuery, ForecastQuery, PlanBody, PlansQuery, PlanTaskBody
from chalicelib.planning.plan_building import forecast_response
from chalicelib.tasks.http import task_responses
from chalicelib.tasks.submission.create import REFUSALS

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/forecast",
    roles=(),
    query=ForecastQuery,
    response=response_types.AccountForecast,
    errors=("state_conflict",),
    client="accounts.forecast",
)
def account_forecast(request: ApiRequest[None, ForecastQuery], account_id: str) -> response_types.AccountForecast:
    """Return the forecast of one order of a kind: reads, interactions and clicks, each with an 80 % interval."""
    kind = request.query.kind
    found = account_comparison.account_forecast(get_account(account_id), kind)
    return {"account_id": account_id, "kind": kind, **forecast_response(found)}


@route(
    blueprint,
    "GET",
    "/v1/accounts/comparison",
    roles=(),
    query=ComparisonQuery,
    response=Listed[response_types.ComparedAccount],
    errors=("not_found",),
    quota="searches",
    client="accounts.compare",
)
def compare_accounts(request: ApiRequest[None, ComparisonQuery]) -> Listed[response_types.ComparedAccount]:
    """Return two to five accounts side by side: cards, factors of the grade, and price, forecast and costs of one kind of order."""
    kind, creator_id = request.query.kind, request.caller.creator_id
    data: list[response_types.ComparedAccount] = [
        {"account": account_response(account, creator_id), **account_comparison.compare(account, kind)}
        for account in account_comparison.accounts_of(request.query.account_ids.split(","))
    ]
    return {"data": data, "next_cursor": None}


@route(
    blueprint,
    "POST",
    "/v1/plans",
    roles=("advertiser",),
    request=PlanBody,
    response=response_types.Plan,
    errors=("account_not_available", "frequency_cap", "price_unknown", "state_conflict"),
    quota="searches",
    status=201,
    client="plans.make",
)
def plan(request: ApiRequest[PlanBody]) -> ApiResponse[response_types.Plan]:
    """Plan the accounts that bring the most for a budget, with reasons; the plan is stored and can become a task."""
    advertiser_id = request.caller.advertiser_id

    def make() -> Mapping[str, Any]:
        sent = request.body.model_dump(mode="json", exclude={"task"})
        return {"asked": sent, **plan_building.build_plan(request.body.wish(), advertiser_id, request.body.task)}

    body, replayed = saved_plans.save(advertiser_id, make, request.attempt)
    return ApiResponse(body, replayed=replayed)


@route(
    blueprint,
    "GET",
    "/v1/plans",
    roles=("advertiser", *STAFF_ROLES),
    query=PlansQuery,
    response=Listed[response_types.PlanSummary],
    client="plans.list",
)
def list_plans(request: ApiRequest[None, PlansQuery]) -> Listed[response_types.PlanSummary]:
    """Return the caller's plans without their accounts, newest first. Staff name the advertiser."""
    query = request.query
    owner = request.owning_advertiser(query.advertiser_id, *STAFF_ROLES)
    page = saved_plans.of_advertiser(owner, query.status, query.limit, request.after)
    return request.page_response(page, saved_plans.plan_summary_response)


@route(
    blueprint, "GET", "/v1/plans/{plan_id}", roles=("advertiser",), response=response_types.Plan, client="plans.read"
)
def read_plan(request: ApiRequest, plan_id: str) -> response_types.Plan:
    """Return a plan as it was made, with its present status and the task that it became."""
    return saved_plans.plan_response(saved_plans.find(plan_id, request.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/plans/{plan_id}/task",
    roles=("advertiser",),
    request=PlanTaskBody,
    key_required=True,
    response=task_responses.Task,
    errors=(*REFUSALS, "plan_stale", "state_conflict"),
    status=201,
    client="plans.order",
)
def order_plan(request: ApiRequest[PlanTaskBody], plan_id: str) -> ApiResponse[task_responses.Task]:
    """Make a plan a task, with its accounts at its prices or lower ones; once."""
    body, replayed = saved_plans.order(
        plan_id, request.caller.advertiser_id, request.body.brief_for, request.required_attempt
    )
    return ApiResponse(body, replayed=replayed)
