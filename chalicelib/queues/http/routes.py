"""HTTP routes of queues and claims."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import STAFF_ROLES, ApiRequest, ApiResponse, Caller, Listed, route
from chalicelib.core.errors import Problem, not_found
from chalicelib.queues import claims
from chalicelib.queues.http import responses
from chalicelib.queues.http.requests import ClaimIn, ClaimsQuery, NextIn
from chalicelib.queues.queue_table import QUEUES, QueueName

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "POST",
    "/v1/queues/{queue}/next",
    roles=STAFF_ROLES,
    request=NextIn,
    response=responses.NextItem,
    client="queues.next",
)
def next_item(request: ApiRequest[NextIn], queue: str) -> responses.NextItem:
    """Claim the first item of a queue that no other user has claimed and that the caller may decide about; null without one."""
    name = _queue(queue, request.caller)
    found = claims.claim_next(name, request.caller.decider(), request.body.skip)
    return {"item": None if found is None else responses.queue_item_response(*found, request.caller.sub)}


@route(
    blueprint,
    "POST",
    "/v1/claims",
    roles=STAFF_ROLES,
    request=ClaimIn,
    response=responses.Claim,
    errors=("claimed", "not_found"),
    status=201,
    client="claims.make",
)
def make_claim(request: ApiRequest[ClaimIn]) -> ApiResponse[responses.Claim]:
    """Claim an item of a queue for some minutes, or extend the caller's claim. It is advice and binds no decision."""
    name = _queue(request.body.queue, request.caller)
    record = claims.claim(name, request.body.subject_id, request.caller.sub)
    return ApiResponse(responses.claim_response(record, request.caller.sub))


@route(
    blueprint,
    "GET",
    "/v1/claims",
    roles=STAFF_ROLES,
    query=ClaimsQuery,
    response=Listed[responses.Claim],
    client="claims.list",
)
def list_claims(request: ApiRequest[None, ClaimsQuery]) -> Listed[responses.Claim]:
    """List the claims that have not ended, the one that ends first first."""
    page = claims.active(request.query.queue, request.query.limit, request.after)
    return request.page_response(page, lambda record: responses.claim_response(record, request.caller.sub))


@route(
    blueprint,
    "DELETE",
    "/v1/claims/{subject_id}",
    roles=STAFF_ROLES,
    response=responses.Claim,
    client="claims.release",
)
def release_claim(request: ApiRequest, subject_id: str) -> responses.Claim:
    """End the caller's claim of an item."""
    return responses.claim_response(claims.release(subject_id, request.caller.sub), request.caller.sub)


def _queue(name: str, caller: Caller) -> QueueName:
    """Return the queue of this name. Raise Problem `not_found` for another name, `forbidden` for the queue of another role."""
    queue: QueueName | None = next((one for one in QUEUES if one == name), None)
    if queue is None:
        raise not_found("queue")
    if not caller.has(QUEUES[queue].role):
        raise Problem("forbidden", f"This needs the role: {QUEUES[queue].role}.")
    return queue
