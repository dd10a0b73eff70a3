"""The route decorator: reads a request into a Call, checks role, headers, body and query, and renders the answer.

A view is a function of a Call (and its path parameters) that returns an Answer or a JSON-able dict, or raises Problem.
Every route is also listed in ROUTES: the documentation and the tests of roles read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

from chalice.app import Blueprint, CognitoUserPoolAuthorizer, MultiDict, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.api import pagination, problems, quotas, text_fields
from chalicelib.api.callers import Caller, caller_of
from chalicelib.api.negotiation import prefers
from chalicelib.api.urls import base_url
from chalicelib.api.validation_errors import FAULTS_MAX, pointer_part
from chalicelib.core import idempotency, ids, json_format
from chalicelib.core.errors import Fault, InvalidBody, Problem, not_found
from chalicelib.core.idempotency import Attempt
from chalicelib.core.money import Money
from chalicelib.core.observability import begin, logger
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from chalicelib.store import Page, sandbox_clock, unavailable

BODY_MAX_BYTES = 256 * 1024
LIST_MAX_BYTES = 1_000_000
"""Of a list's JSON. A function answers with at most 6 MB, and the gateway with 10 MB."""
DEPTH_MAX = 32
USERS = CognitoUserPoolAuthorizer("Users", provider_arns=[{"Fn::GetAtt": ["UserPool", "Arn"]}])  # type: ignore[list-item]
KEY_FORM = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,62}[\x21-\x7e])?")

B = TypeVar("B")
Revision = Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]
Headers = dict[str, str | list[str]]


class Body(BaseModel):
    """Base of all request bodies: unknown fields are refused, so that a typo is never silently ignored. pydantic builds a body when
    the first one comes: at start it would build all of them, a quarter of what the rooms take to import (bench.cold)."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class DecisionBody(Body):
    """Base of the bodies of decisions. `revision` is the one that was read in the subject or in its queue item (rule 27)."""

    revision: Revision


class MoneyIn(Body):
    """Money in a request: `{"amount": 500000, "currency": "CNY"}`."""

    amount: int = Field(strict=True, ge=0, le=2**53 - 1)
    currency: str = Field(max_length=16)

    def money(self, pointer: str) -> Money:
        """The domain value. Raises InvalidBody if the currency is not this market's."""
        if self.currency != rules().currency:
            raise InvalidBody(Fault(f"{pointer}/currency", "currency", f"This market works in {rules().currency}."))
        return Money(self.amount, self.currency)


@dataclass(frozen=True)
class Answer:
    """What a view returns: status, JSON body, and whether it repeats an earlier answer."""

    body: Any
    status: int = 200
    replayed: bool = False
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call(Generic[B]):
    """One request, checked: `body` is the declared model, `query` the declared query model."""

    body: B
    query: Any
    request: Request
    request_id: str
    raw_body: bytes
    known_caller: Caller | None
    attempt: Attempt | None

    @property
    def caller(self) -> Caller:
        """The caller of a route with roles."""
        assert self.known_caller is not None
        return self.known_caller

    @property
    def once(self) -> Attempt:
        """The attempt of a route that requires an Idempotency-Key."""
        assert self.attempt is not None
        return self.attempt

    def url(self, path: str) -> str:
        """The absolute URL of a path of this API, as the caller reaches it; a URL that is absolute already stays as it is."""
        return path if "://" in path else base_url(self.request) + path

    def prefers(self, media_type: str) -> bool:
        """Whether the caller asks for `media_type` rather than JSON."""
        return prefers(self.request.headers.get("accept", ""), media_type)

    @property
    def scope(self) -> str:
        """What a cursor of this list is good for: this caller, and this path with these filters."""
        parameters = dict(self.request.query_params or {})
        filters = sorted((name, text) for name, text in parameters.items() if name not in ("cursor", "limit"))
        sub = self.known_caller and self.known_caller.sub
        method = "GET" if self.request.method == "HEAD" else self.request.method
        return json.dumps([sub, method, request_path(self.request), filters])

    @property
    def after(self) -> dict[str, Any] | None:
        """Where the list goes on: the key in the caller's cursor."""
        cursor = self.query.cursor
        return pagination.unseal(cursor, self.scope) if cursor else None

    def listed(self, page: Page[Any], present: Callable[[Any], Any]) -> dict[str, Any]:
        """`{"data": [...], "next_cursor": ...}` of a page, which ends before `limit` where it would be larger than
        LIST_MAX_BYTES."""
        shown: list[Any] = []
        size = 0
        for item in page.items:
            one = present(item)
            size += len(json_format.dumps(one).encode())
            if size > LIST_MAX_BYTES and page.can_end_after(len(shown)):
                page = page.first(len(shown))
                break
            shown.append(one)
        cursor = pagination.seal(page.after, self.scope) if page.after else None
        return {"data": shown, "next_cursor": cursor}

    def sliced(self, items: Sequence[Any], present: Callable[[Any], Any]) -> dict[str, Any]:
        """As `listed`, of a list that is whole: the cursor is a place in it."""
        begin = int((self.after or {}).get("place", 0))
        end = min(begin + int(self.query.limit), len(items))
        keys = [{"place": place + 1} for place in range(begin, end)]
        return self.listed(Page(list(items[begin:end]), keys[-1] if end < len(items) else None, keys=keys), present)


@dataclass(frozen=True)
class Route:
    """What is declared about a route; `roles` None means public."""

    method: str
    path: str
    summary: str
    roles: tuple[str, ...] | None
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    needs_key: bool
    view: Callable[..., Any]
    page: bool
    answer: str | None
    refuses: tuple[str, ...]
    raw: str | None
    quota: str | None


ROUTES: list[Route] = []


def route(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    roles: tuple[str, ...] | None,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    needs_key: bool = False,
    raw: str | None = None,
    free_query: bool = False,
    page: bool = False,
    answer: str | None = None,
    refuses: tuple[str, ...] = (),
    quota: str | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a view.

    `roles`: who may call it (an admin always may); `()` any caller with a token; None: public, without token.
    `body`, `query`: pydantic models. `needs_key`: Idempotency-Key is required. `raw`: the media type of a body
    that the view reads itself, from `raw_body`. `free_query`: the query is somebody else's, and parameters may repeat.
    A GET answers HEAD too, without a body. Paths below `/sandbox/` exist only where the sandbox is on.
    `page`: the view returns HTML text (chalicelib.html), and refusals are pages too.
    `answer`: the type in the room's `answers` module that the view's JSON is of; of a list, the type of its items.
    `refuses`: the codes that the domain can refuse with, besides those that the declaration leads to.
    `quota`: the row of chalicelib.api.quotas that a request counts for.
    Path parameters named `*_id` must have the form of one of our ids, else 404."""

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        summary = (view.__doc__ or "").strip().split("\n")[0]
        ROUTES.append(
            Route(method, path, summary, roles, body, query, needs_key, view, page, answer, refuses, raw, quota)
        )

        def handle(**path_parameters: str) -> Response:
            with sandbox_clock.in_stage_time():
                return respond(path_parameters)

        def respond(path_parameters: dict[str, str]) -> Response:
            request: Request = blueprint.current_request
            request_id = str(request.context.get("requestId") or uuid4())
            refuse = _refused_page if page else _problem
            begin(request_id, request_id=request_id, route=f"{method} {path}")
            try:
                if path.startswith("/sandbox/") and not settings().sandbox:
                    raise not_found("resource")
                call = _read(request, request_id, method, path, roles, body, query, needs_key, raw, free_query)
                for name, text in path_parameters.items():
                    if name.endswith("_id") and not ids.is_id(text.partition("_")[0], text):
                        raise not_found(name.removesuffix("_id"))
                if quota is not None:
                    quotas.take(call.caller.sub, quota)
                answer = view(call, **path_parameters)
            except Problem as problem:
                logger.info("refused", extra={"code": problem.code})
                return refuse(problem, request_id)
            except Exception as error:
                logger.exception("failed")
                if unavailable(error):
                    later = Problem("upstream_unavailable", "Ask again; repeat a POST with its Idempotency-Key.")
                    return refuse(later, request_id)
                return refuse(Problem("internal_error", "The request_id helps us to find it."), request_id)
            made = answer if isinstance(answer, Answer) else Answer(answer)
            logger.info("answered", extra={"status": made.status})
            return _render(made, request_id, page)

        handle.__name__ = view.__name__
        authorizer = USERS if roles is not None else None
        methods = ["GET", "HEAD"] if method == "GET" else [method]
        blueprint.route(path, methods=methods, authorizer=authorizer, content_types=[])(handle)
        return view

    return register


def _read(
    request: Request,
    request_id: str,
    method: str,
    path: str,
    roles: tuple[str, ...] | None,
    body: type[BaseModel] | None,
    query: type[BaseModel] | None,
    needs_key: bool,
    raw: str | None,
    free_query: bool,
) -> Call[Any]:
    caller = None
    if roles is not None:
        caller = caller_of(request.context)
        if roles and not caller.has(*roles):
            raise Problem("forbidden", f"This needs one of the roles: {', '.join(roles)}.")
    raw_body = _raw_body(request)
    if len(raw_body) > BODY_MAX_BYTES:
        raise Problem("payload_too_large", f"At most {BODY_MAX_BYTES} bytes are read.")
    document = None
    if not raw and method != "GET":
        document = read_json(raw_body, request.headers.get("content-type", "application/json"))
        _require_readable(document)
    attempt = None
    if caller is not None and method == "POST":
        attempt = _attempt(request, caller, needs_key, document)
    parameters = _parameters(request, free_query)
    parsed_query = _validated(query, parameters, "parameter_invalid", "/query") if query is not None else None
    parsed_body = _validated(body, document, "body_invalid", "") if body is not None else None
    return Call(parsed_body, parsed_query, request, request_id, raw_body, caller, attempt)


def _parameters(request: Request, free: bool) -> dict[str, str]:
    """The query parameters. Raises Problem `parameter_invalid` for one that is sent more than once, unless the query is `free`:
    which of several values is meant is a guess."""
    sent = request.query_params or MultiDict(None)
    repeated = [] if free else [name for name in sent if len(sent.getlist(name)) > 1]
    if repeated:
        message = "This parameter is sent more than once."
        faults = [Fault(f"/query/{pointer_part(name)}", "repeated", message) for name in repeated[:FAULTS_MAX]]
        raise Problem("parameter_invalid", f"{faults[0].pointer}: {message}", faults=faults)
    return dict(sent)


def _raw_body(request: Request) -> bytes:
    try:
        body: str | bytes | None = request.raw_body
        return body.encode() if isinstance(body, str) else body or b""
    except ValueError as error:  # neither text that has a UTF-8 form nor base64
        raise Problem("body_unreadable", "The body is not JSON in UTF-8.") from error


def request_path(request: Request) -> str:
    """The path as sent, path parameters filled in."""
    path = request.path
    for name, text in (request.uri_params or {}).items():
        path = path.replace("{" + name + "}", text)
    return path


def read_json(raw_body: bytes, content_type: str) -> Any:
    """What the body says; `{}` for none. Raises Problem for another media type, what is not JSON in UTF-8, and what is nested
    too deep."""
    if not raw_body:
        return {}
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem("unsupported_media_type", f"The body came as {media_type}.")
    try:
        text = raw_body.decode("utf-8-sig")
        document = json.loads(text, parse_constant=_refuse_constant)
        if "\\u" in text:  # only an escape can make a lone surrogate, and those have no UTF-8
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Problem("body_unreadable", "The body is not JSON in UTF-8.") from error
    if text.count("[") + text.count("{") > DEPTH_MAX and _is_deep(document):
        raise Problem("body_unreadable", f"The body is nested more than {DEPTH_MAX} deep.")
    return document


def _require_readable(document: Any) -> None:
    """Raises InvalidBody for texts that cannot be read (chalicelib.api.text_fields), with at most FAULTS_MAX faults."""
    found = tuple(islice(text_fields.faults(document), FAULTS_MAX))
    if found:
        raise InvalidBody(*found)


def _is_deep(document: Any) -> bool:
    """Whether it is nested beyond DEPTH_MAX; level by level, for a deep one must not exhaust the stack."""
    level = [document]
    for _ in range(DEPTH_MAX + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _attempt(request: Request, caller: Caller, needs_key: bool, document: Any) -> Attempt | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        if needs_key:
            raise Problem("idempotency_key_missing", "Send a fresh Idempotency-Key; repeat it only with the same body.")
        return None
    if not KEY_FORM.fullmatch(key):
        raise Problem("idempotency_key_invalid", "Use 1-64 printable ASCII characters.")
    path, query = request_path(request), urlencode(sorted((request.query_params or {}).items()))
    return Attempt(
        caller.sub, key, idempotency.fingerprint(request.method, f"{path}?{query}" if query else path, document)
    )


def _validated(model: type[BaseModel], document: Any, code: str, prefix: str) -> BaseModel:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = problems.faults_of(error, document, prefix)
        detail = "; ".join(f"{fault.pointer or '/'}: {fault.message}" for fault in faults[:3])
        raise Problem(code, detail, faults=faults) from error


def _problem(problem: Problem, request_id: str) -> Response:
    headers: Headers = {"Content-Type": problems.MEDIA_TYPE, **_headers(request_id), **_patience(problem)}
    return Response(json_format.dumps(problems.of(problem, request_id)), headers, problem.kind.status)


def _refused_page(problem: Problem, request_id: str) -> Response:
    from chalicelib.html.error_page import refusal

    headers: Headers = {**_headers(request_id), **_page_headers(), **_patience(problem)}
    return Response(refusal(problem, request_id), headers, problem.kind.status)


def _patience(problem: Problem) -> dict[str, str]:
    if problem.kind.status not in (429, 503):
        return {}
    return {"Retry-After": str(problem.data.get("retry_after", 1))}


def _page_headers() -> dict[str, str]:
    from chalicelib.html.page_frame import POLICY  # who asks for JSON never waits for pages to be imported

    return {"Content-Type": problems.PAGE_TYPE, "Content-Security-Policy": POLICY}


def _render(answer: Answer, request_id: str, page: bool = False) -> Response:
    headers: Headers = {"Content-Type": "application/json", **_headers(request_id)}
    if page:
        headers |= _page_headers()
    headers |= answer.headers
    if answer.replayed:
        headers["Idempotency-Replayed"] = "true"
    body = answer.body if isinstance(answer.body, str) else json_format.dumps(answer.body)
    return Response(body, headers, answer.status)


def _headers(request_id: str) -> dict[str, str]:
    return {"X-Request-Id": request_id, **problems.SECURITY_HEADERS}
