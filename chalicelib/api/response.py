"""Responses: what a view returns, and how it becomes an HTTP response."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic

from chalice.app import Response
from typing_extensions import TypeVar

from chalicelib.api import problems
from chalicelib.core import json_format
from chalicelib.core.errors import Problem
from chalicelib.core.response_types import TypedDict

if TYPE_CHECKING:
    from chalicelib.api.routing import Route

ResponseT = TypeVar("ResponseT", default=Any, covariant=True)
Item = TypeVar("Item")
Headers = dict[str, str | list[str]]


class Listed(TypedDict, Generic[Item]):
    """A page of a list."""

    data: list[Item]
    next_cursor: str | None


class ListedBothWays(TypedDict, Generic[Item]):
    """A page of a list that can also be read backwards."""

    data: list[Item]
    next_cursor: str | None
    prev_cursor: str | None


class SerialisedPage(dict[str, Any]):
    """A page of a list and its JSON, which is made to measure it and then is the body of the response. It must not be changed: a
    view that adds members copies it."""

    def __init__(self, members: dict[str, Any]) -> None:
        super().__init__(members)
        self.json_text = json_format.dumps(self)


@dataclass(frozen=True)
class ApiResponse(Generic[ResponseT]):
    """A JSON response. `status`: one that the route declares, by default the first. `replayed`: the body repeats the response to an
    earlier request with the same Idempotency-Key."""

    body: ResponseT
    status: int | None = field(default=None, kw_only=True)
    replayed: bool = field(default=False, kw_only=True)
    headers: dict[str, str] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True)
class TextResponse:
    """A response that is not JSON of the route's response type. `media_type`: one that the route declares."""

    text: str
    media_type: str
    headers: dict[str, str] = field(default_factory=dict, kw_only=True)


def render(route: Route, returned: Any, request_id: str) -> Response:
    """Return the HTTP response for what the view of `route` returned."""
    headers: Headers = {"Content-Type": "application/json", **_common_headers(request_id)}
    if route.page:
        headers |= _page_headers()
    if isinstance(returned, TextResponse):
        headers |= {"Content-Type": returned.media_type, **_one_line_each(returned.headers)}
        return Response(returned.text, headers, route.statuses[0])
    if not isinstance(returned, ApiResponse):
        return Response(_json(returned), headers, route.statuses[0])
    headers |= _one_line_each(returned.headers)
    if returned.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(_json(returned.body), headers, returned.status or route.statuses[0])


def _one_line_each(headers: dict[str, str]) -> dict[str, str]:
    """Return the headers. Raise ValueError for a line break, after which a text could add headers or a body."""
    if any("\n" in text for text in headers.values()):
        raise ValueError("A header has more than one line.")
    return headers


def _json(body: Any) -> str:
    return body.json_text if isinstance(body, SerialisedPage) else json_format.dumps(body)


def refuse(route: Route, problem: Problem, request_id: str) -> Response:
    """Return the HTTP response for a Problem: a problem document, or a page if the route is one."""
    headers: Headers = {**_common_headers(request_id), **_retry_after(problem)}
    if route.page:
        from chalicelib.html.error_page import refusal

        return Response(refusal(problem, request_id), {**headers, **_page_headers()}, problem.kind.status)
    headers["Content-Type"] = problems.MEDIA_TYPE
    return Response(json_format.dumps(problems.of(problem, request_id)), headers, problem.kind.status)


def _retry_after(problem: Problem) -> dict[str, str]:
    if problem.kind.status not in (429, 503):
        return {}
    return {"Retry-After": str(problem.data.get("retry_after", 1))}


def _page_headers() -> dict[str, str]:
    from chalicelib.html.page_frame import POLICY  # imported by the first page, not at start

    return {"Content-Type": problems.HTML, "Content-Security-Policy": POLICY}


def _common_headers(request_id: str) -> dict[str, str]:
    return {"X-Request-Id": request_id, **problems.SECURITY_HEADERS}
