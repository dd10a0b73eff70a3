"""HTTP routes of advertisers and their certification."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.accounts import advertisers
from chalicelib.accounts.http import response_types
from chalicelib.accounts.http.advertiser_responses import advertiser_in_queue_response, advertiser_response
from chalicelib.accounts.http.decision_requests import CertificationIn, RevocationIn
from chalicelib.accounts.http.requests import AdvertiserIn, AdvertisersQuery
from chalicelib.accounts.review import certification, review_queues
from chalicelib.api import STAFF_ROLES, ApiRequest, ApiResponse, Listed, Paging, route
from chalicelib.core.errors import not_found

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "POST",
    "/v1/advertisers",
    roles=("advertiser",),
    request=AdvertiserIn,
    response=response_types.Advertiser,
    errors=("already_exists",),
    status=201,
    client="advertisers.register",
)
def register_advertiser(request: ApiRequest[AdvertiserIn]) -> ApiResponse[response_types.Advertiser]:
    """Register the caller's enterprise; it waits for certification."""
    body, replayed = advertisers.register(
        request.caller.advertiser_id, request.body.particulars(), request.attempt, advertiser_response
    )
    return ApiResponse(body, replayed=replayed)


@route(
    blueprint,
    "GET",
    "/v1/advertisers/me",
    roles=("advertiser",),
    response=response_types.Advertiser,
    errors=("not_found",),
    client="advertisers.me",
)
def own_advertiser(request: ApiRequest) -> response_types.Advertiser:
    """Return the caller's enterprise."""
    return advertiser_response(advertisers.find(request.caller.advertiser_id))


@route(
    blueprint,
    "PUT",
    "/v1/advertisers/me",
    roles=("advertiser",),
    request=AdvertiserIn,
    response=response_types.Advertiser,
    errors=("not_found", "state_conflict"),
    client="advertisers.resubmit",
)
def resubmit_advertiser(request: ApiRequest[AdvertiserIn]) -> response_types.Advertiser:
    """Correct a rejected registration and submit it again."""
    return advertiser_response(advertisers.resubmit(request.caller.advertiser_id, request.body.particulars()))


@route(
    blueprint,
    "GET",
    "/v1/advertisers/{advertiser_id}",
    roles=("advertiser", *STAFF_ROLES),
    response=response_types.Advertiser,
    client="advertisers.read",
)
def advertiser(request: ApiRequest, advertiser_id: str) -> response_types.Advertiser:
    """Return an enterprise, for itself and staff."""
    if advertiser_id != request.caller.advertiser_id and not request.caller.has(*STAFF_ROLES):
        raise not_found("advertiser")
    return advertiser_response(advertisers.find(advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/advertisers/{advertiser_id}/certification",
    roles=("auditor",),
    request=CertificationIn,
    response=response_types.Advertiser,
    errors=("already_decided", "conflict_of_interest", "revision_changed"),
    client="advertisers.certify",
)
def certify_advertiser(request: ApiRequest[CertificationIn], advertiser_id: str) -> response_types.Advertiser:
    """Approve or reject an enterprise."""
    by = request.caller.decider(request.body.revision)
    return advertiser_response(certification.certify(advertiser_id, request.body.decided(by)))


@route(
    blueprint,
    "POST",
    "/v1/advertisers/{advertiser_id}/revocation",
    roles=("auditor",),
    request=RevocationIn,
    response=response_types.Advertiser,
    errors=("conflict_of_interest", "revision_changed", "state_conflict"),
    client="advertisers.revoke",
)
def revoke_certification(request: ApiRequest[RevocationIn], advertiser_id: str) -> response_types.Advertiser:
    """Revoke a certification: unanswered orders end free of charge, accepted ones go on."""
    revocation = request.body.revocation(request.caller.decider(request.body.revision))
    return advertiser_response(certification.revoke(advertiser_id, revocation))


@route(
    blueprint,
    "GET",
    "/v1/advertisers",
    roles=("advertiser", *STAFF_ROLES),
    query=AdvertisersQuery,
    response=Listed[response_types.Advertiser],
    client="advertisers.list",
)
def list_advertisers(request: ApiRequest[None, AdvertisersQuery]) -> Listed[response_types.Advertiser]:
    """List enterprises, optionally by the status of their certification; for staff. Advertisers list only their own."""
    status, caller = request.query.status, request.caller
    if caller.has(*STAFF_ROLES):
        page = advertisers.listed(status, request.query.limit, request.after)
    else:
        page = advertisers.own(caller.advertiser_id, status)
    return request.page_response(page, advertiser_response)


@route(
    blueprint,
    "GET",
    "/v1/certifications",
    roles=("auditor",),
    query=Paging,
    response=Listed[response_types.AdvertiserInQueue],
    client="advertisers.waiting",
)
def certifications(request: ApiRequest[None, Paging]) -> Listed[response_types.AdvertiserInQueue]:
    """List enterprises that wait for certification, oldest deadline first."""
    return request.page_response(
        review_queues.pending("certification", request.query.limit, request.after), advertiser_in_queue_response
    )
