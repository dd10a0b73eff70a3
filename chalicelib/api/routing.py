"""The declaration of routes. Each is declared once: OpenAPI, the client, docs/api.md and the tests derive from ROUTES.

A view is a function of an ApiRequest (and its path parameters) that returns a value of the declared response type, an ApiResponse
of it or a TextResponse, or raises Problem. mypy checks that the view fits its declaration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate

from chalice.app import Blueprint, CognitoUserPoolAuthorizer, Response
from typing_extensions import TypeVar

from chalicelib.api.request_handling import respond
from chalicelib.api.request_parsing import ApiRequest
from chalicelib.api.response import ApiResponse, TextResponse
from chalicelib.store import sandbox_clock

USERS = CognitoUserPoolAuthorizer("Users", provider_arns=[{"Fn::GetAtt": ["UserPool", "Arn"]}])  # type: ignore[list-item]

B = TypeVar("B", default=None)
Q = TypeVar("Q", default=None)
R = TypeVar("R", default=Any)
View = Callable[Concatenate[ApiRequest[B, Q], ...], R | ApiResponse[R] | TextResponse]


@dataclass(frozen=True, kw_only=True)
class Route:
    """A declared route; the parameters of `route` describe the fields."""

    method: str
    path: str
    view: Callable[..., Any]
    roles: tuple[str, ...] | None
    client: str | None
    request: type[Any] | None
    query: type[Any] | None
    response: Any
    statuses: tuple[int, ...]
    errors: tuple[str, ...]
    media_types: tuple[str, ...]
    page: bool
    key_required: bool
    request_media_type: str | None
    free_query: bool
    quota: str | None

    @property
    def summary(self) -> str:
        """The first line of the view's docstring."""
        return (self.view.__doc__ or "").strip().split("\n")[0]


ROUTES: list[Route] = []


def route(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    roles: tuple[str, ...] | None,
    client: str | None = None,
    request: type[B] | None = None,
    query: type[Q] | None = None,
    response: type[R] | None = None,
    status: int | tuple[int, ...] = 200,
    errors: tuple[str, ...] = (),
    media_types: tuple[str, ...] = (),
    page: bool = False,
    key_required: bool = False,
    request_media_type: str | None = None,
    free_query: bool = False,
    quota: str | None = None,
) -> Callable[[View[B, Q, R]], View[B, Q, R]]:
    """Declare a route and register its view.

    `roles`: roles that may send the request (an admin always may); `()` every caller with a token; None: public, without token.
    `client`: its method in the Python client, such as `orders.accept`.
    `request`, `query`: pydantic models of the body and of the query parameters.
    `response`: type of the JSON response; `Listed[...]` for a list. None: the response is only in `media_types`.
    `status`: the statuses of success; the first one applies where the view names none.
    `errors`: codes of the domain's refusals, besides those that follow from the declaration (apispec.route_errors).
    `media_types`: media types of a TextResponse that the view can return.
    `page`: the view returns an HTML page (chalicelib.html), and refusals are pages too.
    `key_required`: an Idempotency-Key is required.
    `request_media_type`: media type of a body that the view reads itself, from `raw_body`.
    `free_query`: any query parameters are accepted, and they may repeat.
    `quota`: the row of chalicelib.api.user_quotas for which a request counts.

    A GET route also serves HEAD, without a body. Paths below `/sandbox/` exist only where the sandbox is on. A path parameter
    named `*_id` that does not have the form of one of our ids is refused with 404."""

    def register(view: View[B, Q, R]) -> View[B, Q, R]:
        declared = Route(
            method=method,
            path=path,
            view=view,
            roles=roles,
            client=client,
            request=request,
            query=query,
            response=response,
            statuses=status if isinstance(status, tuple) else (status,),
            errors=errors,
            media_types=media_types,
            page=page,
            key_required=key_required,
            request_media_type=request_media_type,
            free_query=free_query,
            quota=quota,
        )
        ROUTES.append(declared)

        def handle(**path_parameters: str) -> Response:
            with sandbox_clock.in_stage_time():
                return respond(declared, blueprint.current_request, path_parameters)

        handle.__name__ = view.__name__
        authorizer = USERS if roles is not None else None
        methods = ["GET", "HEAD"] if method == "GET" else [method]
        blueprint.route(path, methods=methods, authorizer=authorizer, content_types=[])(handle)
        return view

    return register
