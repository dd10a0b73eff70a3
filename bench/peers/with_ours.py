"""The routes with our own edge and nothing else of the market: the baseline of the peers."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from bench.peers import use_cases
from chalicelib.accounts.http.search_requests import SearchQuery
from chalicelib.api import ApiRequest, ApiResponse, route
from chalicelib.api.application import Market
from chalicelib.api.request_parsing import request_path
from chalicelib.tasks.http.quote_requests import QuoteBody
from chalicelib.tasks.http.requests import TaskBody

blueprint = Blueprint(__name__)


@route(blueprint, "GET", "/v1/accounts/{account_id}", roles=())
def account(request: ApiRequest, account_id: str) -> dict[str, Any]:
    return use_cases.account(request.caller, account_id)


@route(blueprint, "GET", "/v1/accounts", roles=(), query=SearchQuery)
def accounts(request: ApiRequest[None, SearchQuery]) -> dict[str, Any]:
    sent = dict(request.http.query_params or {})
    return use_cases.accounts(request.caller, request.query, request_path(request.http), sent)


@route(blueprint, "GET", "/v1/tasks/{task_id}", roles=use_cases.READERS)
def task(request: ApiRequest, task_id: str) -> dict[str, Any]:
    return use_cases.task(request.caller, task_id)


@route(blueprint, "POST", "/v1/quotes", roles=("advertiser",), request=QuoteBody)
def quote(request: ApiRequest[QuoteBody]) -> dict[str, Any]:
    return use_cases.quote(request.body)


@route(blueprint, "POST", "/v1/tasks", roles=("advertiser",), request=TaskBody, key_required=True, status=201)
def create_task(request: ApiRequest[TaskBody]) -> ApiResponse[Any]:
    made, replayed = use_cases.create_task(request.caller, request.body, request.required_attempt)
    return ApiResponse(made, replayed=replayed)


app = Market(app_name="peer")
app.api.binary_types = []
app.register_blueprint(blueprint)
handler = app
