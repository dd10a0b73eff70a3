"""The routes with FastAPI behind Mangum. The views are `async` although they block: a Lambda has one request at a time, and a
thread pool would only add cost.
"""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from mangum import Mangum

from bench.peers import use_cases
from chalicelib.accounts.http.search_requests import SearchQuery
from chalicelib.api import problems
from chalicelib.api.callers import Caller
from chalicelib.core import json_format
from chalicelib.core.errors import Problem
from chalicelib.core.observability import logger
from chalicelib.tasks.http.quote_requests import QuoteBody
from chalicelib.tasks.http.requests import TaskBody

app = FastAPI()


def _context(request: Request) -> Any:
    return request.scope["aws.event"]["requestContext"]


def _permit(*roles: str) -> Any:
    async def permitted(request: Request) -> Caller:
        context = _context(request)
        logger.append_keys(request_id=context["requestId"], route=request.url.path)
        return use_cases.permitted(context, *roles)

    return Depends(permitted)


@app.exception_handler(Problem)
async def refuse(request: Request, problem: Problem) -> Response:
    request_id = _context(request)["requestId"]
    body = json_format.dumps(problems.of(problem, request_id))
    return Response(body, problem.kind.status, use_cases.headers(request_id), problems.MEDIA_TYPE)


@app.exception_handler(RequestValidationError)
async def refuse_body(request: Request, error: RequestValidationError) -> Response:
    return await refuse(request, Problem("body_invalid", str(error.errors()[:3])))


@app.get("/v1/accounts/{account_id}")
async def account(request: Request, account_id: str, caller: Annotated[Caller, _permit()]) -> Response:
    return _answer(request, use_cases.account(caller, account_id))


@app.get("/v1/accounts")
async def accounts(
    request: Request, query: Annotated[SearchQuery, Query()], caller: Annotated[Caller, _permit()]
) -> Response:
    sent = dict(request.query_params)
    return _answer(request, use_cases.accounts(caller, query, request.url.path, sent))


@app.get("/v1/tasks/{task_id}")
async def task(request: Request, task_id: str, caller: Annotated[Caller, _permit(*use_cases.READERS)]) -> Response:
    return _answer(request, use_cases.task(caller, task_id))


@app.post("/v1/quotes")
async def quote(request: Request, body: QuoteBody, caller: Annotated[Caller, _permit("advertiser")]) -> Response:
    return _answer(request, use_cases.quote(body))


@app.post("/v1/tasks")
async def create_task(
    request: Request,
    body: TaskBody,
    idempotency_key: Annotated[str, Header()],
    caller: Annotated[Caller, _permit("advertiser")],
) -> Response:
    attempt = use_cases.attempt(caller, idempotency_key, await request.json())
    made, _ = use_cases.create_task(caller, body, attempt)
    return _answer(request, made, 201)


def _answer(request: Request, body: Any, status: int = 200) -> Response:
    headers = use_cases.headers(_context(request)["requestId"])
    return Response(json_format.dumps(body), status, headers, "application/json")


handler = Mangum(app, lifespan="off")
