"""The routes with our own edge, and nothing else of the market: what its peers are compared with."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from bench.peers import answers
from chalicelib.accounts.http.requests import SearchQuery
from chalicelib.api import Answer, Call, route
from chalicelib.api.application import Market
from chalicelib.api.routing import request_path
from chalicelib.tasks.http.requests import QuoteBody, TaskBody

blueprint = Blueprint(__name__)


@route(blueprint, "GET", "/v1/accounts/{account_id}", roles=())
def account(call: Call[None], account_id: str) -> dict[str, Any]:
    return answers.account(call.caller, account_id)


@route(blueprint, "GET", "/v1/accounts", roles=(), query=SearchQuery)
def accounts(call: Call[None]) -> dict[str, Any]:
    sent = dict(call.request.query_params or {})
    return answers.accounts(call.caller, call.query, request_path(call.request), sent)


@route(blueprint, "GET", "/v1/tasks/{task_id}", roles=answers.READERS)
def task(call: Call[None], task_id: str) -> dict[str, Any]:
    return answers.task(call.caller, task_id)


@route(blueprint, "POST", "/v1/quotes", roles=("advertiser",), body=QuoteBody)
def quote(call: Call[QuoteBody]) -> dict[str, Any]:
    return answers.quote(call.body)


@route(blueprint, "POST", "/v1/tasks", roles=("advertiser",), body=TaskBody, needs_key=True)
def create_task(call: Call[TaskBody]) -> Answer:
    made, replayed = answers.create_task(call.caller, call.body, call.once.key, call.body.model_dump(mode="json"))
    return Answer(made, 201, replayed=replayed)


app = Market(app_name="peer")
app.api.binary_types = []
app.register_blueprint(blueprint)
handler = app
