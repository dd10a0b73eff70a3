"""HTTP routes of discovery."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.accounts import membership
from chalicelib.api import Call, route
from chalicelib.discovery import plans
from chalicelib.discovery.forecast import forecast
from chalicelib.discovery.schemas import ForecastQuery, PlanBody
from chalicelib.errors import Problem
from chalicelib.grading.evidence import Evidence

blueprint = Blueprint(__name__)


@route(blueprint, "GET", "/v1/accounts/{account_id}/forecast", roles=(), query=ForecastQuery)
def account_forecast(call: Call[None], account_id: str) -> dict[str, Any]:
    """What one order of a kind can be expected to bring: reads, interactions, clicks, each with an 80 % interval."""
    account = membership.find(account_id)
    if account.evidence is None:
        raise Problem("state_conflict", "Nothing is known yet of what the account's posts bring.")
    kind = call.query.kind
    found = forecast(Evidence.from_json(account.evidence), account.category, account.grade, kind)
    return {"account_id": account_id, "kind": kind, **found.as_json()}


@route(blueprint, "POST", "/v1/plans", roles=("advertiser",), body=PlanBody)
def plan(call: Call[PlanBody]) -> dict[str, Any]:
    """The accounts that bring the most for a budget, why each, and the task they would make; nothing is stored."""
    return plans.planned(call.body.wish(), call.body.task)
