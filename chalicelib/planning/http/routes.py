"""HTTP routes of discovery."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.accounts.records import get_account
from chalicelib.api import Answer, Call, route
from chalicelib.core.errors import Problem
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.forecast import forecast
from chalicelib.planning import plan_building, saved_plans
from chalicelib.planning.http.requests import ForecastQuery, PlanBody, PlansQuery, PlanTaskBody
from chalicelib.tasks.submission.create import REFUSALS

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/forecast",
    roles=(),
    query=ForecastQuery,
    answer="AccountForecast",
    refuses=("state_conflict",),
)
def account_forecast(call: Call[None], account_id: str) -> dict[str, Any]:
    """What one order of a kind can be expected to bring: reads, interactions, clicks, each with an 80 % interval."""
    account = get_account(account_id)
    if account.evidence is None:
        raise Problem("state_conflict", "Nothing is known yet of what the account's posts bring.")
    kind = call.query.kind
    found = forecast(Evidence.from_json(account.evidence), account.category, account.grade, kind)
    return {"account_id": account_id, "kind": kind, **found.as_json()}


@route(
    blueprint,
    "POST",
    "/v1/plans",
    roles=("advertiser",),
    body=PlanBody,
    answer="Plan",
    refuses=("account_not_available", "frequency_cap", "price_unknown", "state_conflict"),
    quota="searches",
)
def plan(call: Call[PlanBody]) -> Answer:
    """The accounts that bring the most for a budget, and why each; kept, so that it can become a task."""
    advertiser_id = call.caller.advertiser_id

    def make() -> dict[str, Any]:
        asked = call.body.model_dump(mode="json", exclude={"task"})
        return {"asked": asked, **plan_building.build_plan(call.body.wish(), advertiser_id, call.body.task)}

    body, replayed = saved_plans.save(advertiser_id, make, call.attempt)
    return Answer(body, 201, replayed=replayed)


@route(blueprint, "GET", "/v1/plans", roles=("advertiser",), query=PlansQuery, answer="PlanSummary")
def list_plans(call: Call[None]) -> dict[str, Any]:
    """The caller's plans without their accounts, newest first."""
    page = saved_plans.of_advertiser(call.caller.advertiser_id, call.query.status, call.query.limit, call.after)
    return call.listed(page, saved_plans.summary)


@route(blueprint, "GET", "/v1/plans/{plan_id}", roles=("advertiser",), answer="Plan")
def read_plan(call: Call[None], plan_id: str) -> dict[str, Any]:
    """A plan as it was made, whether it can still become a task, or which one it became."""
    return saved_plans.view(saved_plans.find(plan_id, call.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/plans/{plan_id}/task",
    roles=("advertiser",),
    body=PlanTaskBody,
    needs_key=True,
    answer="Task",
    refuses=(*REFUSALS, "plan_stale", "state_conflict"),
)
def order_plan(call: Call[PlanTaskBody], plan_id: str) -> Answer:
    """Make a plan a task, with its accounts at its prices or lower ones; once."""
    body, replayed = saved_plans.order(plan_id, call.caller.advertiser_id, call.body.draft_for, call.once)
    return Answer(body, 201, replayed=replayed)
