"""The routes with Powertools' APIGatewayRestResolver."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from pydantic import ValidationError

from bench.peers import use_cases
from chalicelib.accounts.http.search_requests import SearchQuery
from chalicelib.api import problems
from chalicelib.api.callers import Caller
from chalicelib.api.request_parsing import read_json
from chalicelib.core import json_format
from chalicelib.core.errors import Problem
from chalicelib.core.observability import logger
from chalicelib.tasks.http.quote_requests import QuoteBody
from chalicelib.tasks.http.requests import TaskBody

app = APIGatewayRestResolver()


@app.exception_handler(Problem)
def refuse(problem: Problem) -> Response[str]:
    return _refusal(problem)


@app.exception_handler(ValidationError)
def refuse_body(error: ValidationError) -> Response[str]:
    return _refusal(Problem("body_invalid", "The body is not as it should be.", faults=problems.faults_of(error)))


@app.get("/v1/accounts/<account_id>")
def account(account_id: str) -> Response[str]:
    return _answer(use_cases.account(_caller(), account_id))


@app.get("/v1/accounts")
def accounts() -> Response[str]:
    caller, sent = _caller(), app.current_event.query_string_parameters or {}
    return _answer(use_cases.accounts(caller, SearchQuery.model_validate(sent), app.current_event.path, sent))


@app.get("/v1/tasks/<task_id>")
def task(task_id: str) -> Response[str]:
    return _answer(use_cases.task(_caller(*use_cases.READERS), task_id))


@app.post("/v1/quotes")
def quote() -> Response[str]:
    _caller("advertiser")
    return _answer(use_cases.quote(QuoteBody.model_validate(_json())))


@app.post("/v1/tasks")
def create_task() -> Response[str]:
    caller, sent = _caller("advertiser"), _json()
    attempt = use_cases.attempt(caller, app.current_event.headers["Idempotency-Key"], sent)
    body, _ = use_cases.create_task(caller, TaskBody.model_validate(sent), attempt)
    return _answer(body, 201)


def _refusal(problem: Problem) -> Response[str]:
    request_id = _request_id()
    body = json_format.dumps(problems.of(problem, request_id))
    return Response(problem.kind.status, problems.MEDIA_TYPE, body, use_cases.headers(request_id))


def _request_id() -> str:
    return str(app.current_event.raw_event["requestContext"]["requestId"])


def _caller(*roles: str) -> Caller:
    logger.append_keys(request_id=_request_id(), route=app.current_event.path)
    return use_cases.permitted(app.current_event.raw_event["requestContext"], *roles)


def _json() -> Any:
    raw = (app.current_event.body or "").encode()
    return read_json(raw, app.current_event.headers.get("Content-Type", "application/json"))


def _answer(body: Any, status: int = 200) -> Response[str]:
    return Response(status, "application/json", json_format.dumps(body), use_cases.headers(_request_id()))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
