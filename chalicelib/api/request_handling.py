"""The handling of one request: from the event of the gateway through the view of its route to the response, with its log line."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from chalice.app import Request, Response

from chalicelib.api import user_quotas
from chalicelib.api.request_parsing import read_request
from chalicelib.api.response import refuse, render
from chalicelib.core import ids
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.observability import begin, logger
from chalicelib.core.settings import settings
from chalicelib.store import unavailable

if TYPE_CHECKING:
    from chalicelib.api.routing import Route


def respond(declared: Route, http: Request, path_parameters: dict[str, str]) -> Response:
    """Return the HTTP response of the route to a request."""
    request_id = str(http.context.get("requestId") or uuid4())
    begin(request_id, request_id=request_id, route=f"{declared.method} {declared.path}")
    try:
        if declared.path.startswith("/sandbox/") and not settings().sandbox:
            raise not_found("resource")
        request = read_request(declared, http, request_id)
        _require_ids(path_parameters)
        if declared.quota is not None:
            user_quotas.take(request.caller.sub, declared.quota)
        response = render(declared, declared.view(request, **path_parameters), request_id)
    except Problem as problem:
        logger.info("refused", extra={"code": problem.code})
        return refuse(declared, problem, request_id)
    except Exception as error:
        logger.exception("failed")
        if unavailable(error):
            later = Problem("upstream_unavailable", "Send the request again; repeat a POST with its Idempotency-Key.")
            return refuse(declared, later, request_id)
        return refuse(declared, Problem("internal_error", "The request_id helps us to find it."), request_id)
    logger.info("responded", extra={"status": response.status_code})
    return response


def _require_ids(path_parameters: dict[str, str]) -> None:
    """Raise Problem `not_found` for a parameter `*_id` that does not have the form of an id."""
    for name, text in path_parameters.items():
        if name.endswith("_id") and not ids.is_id(text.partition("_")[0], text):
            raise not_found(name.removesuffix("_id"))
