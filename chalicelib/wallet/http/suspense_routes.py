"""Routes of suspense, for finance."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, Listed, route
from chalicelib.wallet import suspense
from chalicelib.wallet.http import suspense_responses
from chalicelib.wallet.http.requests import FINANCE, AllSuspense, Resolution

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "GET",
    "/v1/suspense",
    roles=FINANCE,
    query=AllSuspense,
    response=Listed[suspense_responses.SuspenseItem],
    client="suspense.waiting",
)
def waiting_suspense(request: ApiRequest[None, AllSuspense]) -> Listed[suspense_responses.SuspenseItem]:
    """Money that fits no open payment, oldest first; with `status`, resolved items, newest first."""
    return request.page_response(
        suspense.listed(request.query.status, request.query.limit, request.after), suspense_responses.suspense_response
    )


@route(
    blueprint,
    "POST",
    "/v1/suspense/{suspense_id}/resolution",
    roles=FINANCE,
    request=Resolution,
    response=suspense_responses.SuspenseItem,
    errors=("already_decided", "conflict_of_interest", "record_altered", "revision_changed", "state_conflict"),
    client="suspense.resolve",
)
def resolve_suspense(request: ApiRequest[Resolution], suspense_id: str) -> suspense_responses.SuspenseItem:
    """Credit the money to an advertiser, or return it to the provider. Large amounts need two people."""
    body = request.body
    by = request.caller.decider(body.revision)
    item = suspense.resolve(suspense_id, body.resolution, body.advertiser_id, body.note, by)
    return suspense_responses.suspense_response(item)
