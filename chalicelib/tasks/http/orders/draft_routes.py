"""HTTP routes of the drafts of creators: submission, approval, review."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, Listed, Paging, route
from chalicelib.tasks.http.orders import draft_responses, order_responses
from chalicelib.tasks.http.requests import (
    DraftBody,
    DraftReviewBody,
    NoteBody,
    NothingBody,
)
from chalicelib.tasks.orders import (
    creator_drafts,
)

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/draft",
    roles=("creator",),
    request=DraftBody,
    response=order_responses.Order,
    errors=("content_forbidden", "state_conflict", "window_not_open"),
    client="orders.submit_draft",
)
def submit_draft(request: ApiRequest[DraftBody], order_id: str) -> order_responses.Order:
    """Submit a draft text to the advertiser."""
    return order_responses.order_response(creator_drafts.submit(order_id, request.caller.creator_id, request.body.text))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/draft/approve",
    roles=("advertiser",),
    request=NothingBody,
    response=order_responses.Order,
    errors=("draft_not_waiting", "state_conflict"),
    client="orders.approve_draft",
)
def approve_draft(request: ApiRequest[NothingBody], order_id: str) -> order_responses.Order:
    """Approve the creator's draft: it is what will be posted."""
    return order_responses.order_response(creator_drafts.approve(order_id, request.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/draft/changes",
    roles=("advertiser",),
    request=NoteBody,
    response=order_responses.Order,
    errors=("draft_not_waiting", "draft_rounds_used", "state_conflict"),
    client="orders.request_draft_changes",
)
def request_draft_changes(request: ApiRequest[NoteBody], order_id: str) -> order_responses.Order:
    """Ask for changes of the creator's draft, at most twice."""
    return order_responses.order_response(
        creator_drafts.request_changes(order_id, request.caller.advertiser_id, request.body.note)
    )


@route(
    blueprint,
    "GET",
    "/v1/draft-reviews",
    roles=("auditor",),
    query=Paging,
    response=Listed[draft_responses.DraftInReview],
    client="orders.drafts_waiting",
)
def list_draft_reviews(request: ApiRequest[None, Paging]) -> Listed[draft_responses.DraftInReview]:
    """List the creators' drafts that an auditor reads first because of their findings or links, due first."""
    return request.page_response(
        creator_drafts.waiting(request.query.limit, request.after), draft_responses.draft_in_review_response
    )


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/draft/review",
    roles=("auditor",),
    request=DraftReviewBody,
    response=order_responses.Order,
    errors=("conflict_of_interest", "draft_not_waiting", "revision_changed", "state_conflict"),
    client="orders.review_draft",
)
def review_draft(request: ApiRequest[DraftReviewBody], order_id: str) -> order_responses.Order:
    """Pass a creator's draft on to the advertiser, or reject it with reasons."""
    reasons = [reason.reason() for reason in request.body.reasons]
    by = request.caller.decider(request.body.revision)
    return order_responses.order_response(creator_drafts.review(order_id, request.body.decision, reasons, by))
