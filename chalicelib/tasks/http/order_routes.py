"""HTTP routes of orders: lists, offers, counter-offers, drafts, publication, disputes."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, Listed, Paging, route
from chalicelib.tasks.content import picture_uploads
from chalicelib.tasks.http import access, dispute_responses, order_responses, task_responses
from chalicelib.tasks.http.requests import (
    CounterBody,
    DeclineBody,
    DisputeBody,
    DisputeQuery,
    DraftBody,
    DraftReviewBody,
    InboxQuery,
    NoteBody,
    NothingBody,
    PublishBody,
    RulingBody,
    StatementBody,
)
from chalicelib.tasks.lists import dispute_lists, order_lists
from chalicelib.tasks.orders import (
    counter_offers,
    creator_drafts,
    dispute_statements,
    disputes,
    offer_accept_decline_lapse,
)
from chalicelib.tasks.posts import creator_publication
from chalicelib.tasks.records.dispute_record import DisputeRecord
from chalicelib.tasks.records.order_record import find_order, read_looks
from chalicelib.tasks.records.task_record import find_task
from chalicelib.tasks.workflow import stuck_workflows

blueprint = Blueprint(__name__)
READERS = ("creator", "advertiser", "auditor", "finance")


@route(
    blueprint,
    "GET",
    "/v1/orders",
    roles=READERS,
    query=InboxQuery,
    response=Listed[order_responses.Order],
    errors=("forbidden",),
    client="orders.list",
)
def list_orders(request: ApiRequest[None, InboxQuery]) -> Listed[order_responses.Order]:
    """List the caller's orders as a creator or an advertiser, newest first or by deadline; staff list the stuck orders."""
    query: InboxQuery = request.query
    if query.status == "stuck" and request.caller.has(*access.STAFF):
        stuck = order_lists.stuck_orders(query.limit, request.after)
        read_looks(stuck.items)
        return request.page_response(stuck, order_responses.order_response)
    side = access.side(request.caller, query.side)
    if side is None:
        access.require_status(query.status, "stuck")
    wanted = order_lists.OrderFilter(
        side or "creator",
        request.caller.advertiser_id if side == "advertiser" else request.caller.creator_id,
        query.status,
        query.task_id,
        query.waiting is not None,
    )
    if query.sort == "-created_at":
        page = order_lists.newest(wanted, query.limit, request.after)
    else:
        page = order_lists.by_deadline(wanted, query.limit, request.after, last_first=query.sort == "-deadline")
    read_looks(page.items)
    return request.page_response(page, order_responses.order_response)


@route(blueprint, "GET", "/v1/orders/{order_id}", roles=READERS, response=order_responses.Order, client="orders.read")
def read_order(request: ApiRequest, order_id: str) -> order_responses.Order:
    """Read an order with its timers and its history."""
    return order_responses.order_response(access.visible_order(order_id, request.caller))


@route(
    blueprint,
    "GET",
    "/v1/orders/{order_id}/pictures",
    roles=READERS,
    query=Paging,
    response=Listed[task_responses.Picture],
    client="orders.pictures",
)
def list_order_pictures(request: ApiRequest[None, Paging], order_id: str) -> Listed[task_responses.Picture]:
    """List the pictures of the post, each with a link."""
    task = find_task(access.visible_order(order_id, request.caller).task_id)
    return request.slice_response(picture_uploads.links(task), task_responses.picture_response)


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/accept",
    roles=("creator",),
    request=NothingBody,
    response=order_responses.Order,
    errors=("accept_by_passed", "account_not_available", "frequency_cap", "state_conflict"),
    client="orders.accept",
)
def accept_order(request: ApiRequest[NothingBody], order_id: str) -> order_responses.Order:
    """Accept an offered order."""
    return order_responses.order_response(offer_accept_decline_lapse.accept(order_id, request.caller.creator_id))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/decline",
    roles=("creator",),
    request=DeclineBody,
    response=order_responses.Order,
    errors=("accept_by_passed", "state_conflict"),
    client="orders.decline",
)
def decline_order(request: ApiRequest[DeclineBody], order_id: str) -> order_responses.Order:
    """Decline an offered order, with a reason."""
    return order_responses.order_response(
        offer_accept_decline_lapse.decline(order_id, request.caller.creator_id, request.body.end_reason())
    )


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/counter",
    roles=("creator",),
    request=CounterBody,
    response=order_responses.Order,
    errors=("accept_by_passed", "counter_used", "state_conflict"),
    client="orders.counter",
)
def counter_offer(request: ApiRequest[CounterBody], order_id: str) -> order_responses.Order:
    """Answer an offer with another price, once."""
    price = request.body.price.money("/price").amount
    return order_responses.order_response(
        counter_offers.offer(order_id, request.caller.creator_id, price, request.body.note)
    )


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/counter/accept",
    roles=("advertiser",),
    request=NothingBody,
    response=order_responses.Order,
    errors=(
        "accept_by_passed",
        "account_not_available",
        "counter_not_open",
        "frequency_cap",
        "insufficient_funds",
        "state_conflict",
        "total_above_max",
    ),
    client="orders.accept_counter",
)
def accept_counter(request: ApiRequest[NothingBody], order_id: str) -> order_responses.Order:
    """Accept the creator's price, and the order at that price."""
    return order_responses.order_response(counter_offers.accept(order_id, request.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/counter/decline",
    roles=("advertiser",),
    request=NothingBody,
    response=order_responses.Order,
    errors=("accept_by_passed", "counter_not_open", "state_conflict"),
    client="orders.decline_counter",
)
def decline_counter(request: ApiRequest[NothingBody], order_id: str) -> order_responses.Order:
    """Decline the creator's price; the offer stays open."""
    return order_responses.order_response(counter_offers.decline(order_id, request.caller.advertiser_id))


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
    response=Listed[order_responses.DraftInReview],
    client="orders.drafts_waiting",
)
def list_draft_reviews(request: ApiRequest[None, Paging]) -> Listed[order_responses.DraftInReview]:
    """List the creators' drafts that an auditor reads first because of their findings or links, due first."""
    return request.page_response(
        creator_drafts.waiting(request.query.limit, request.after), order_responses.draft_in_review_response
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


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/publish",
    roles=("creator",),
    request=PublishBody,
    response=order_responses.Order,
    errors=(
        "draft_not_approved",
        "mend_by_passed",
        "network_absent",
        "network_not_permitted",
        "network_refused",
        "post_check_failed",
        "state_conflict",
        "window_not_open",
    ),
    client="orders.publish",
)
def publish_order(request: ApiRequest[PublishBody], order_id: str) -> order_responses.Order:
    """Report the post. It is checked at once, or as soon as its network can be read; the report counts from now."""
    return order_responses.order_response(
        creator_publication.publish(order_id, request.caller.creator_id, request.body.post_url)
    )


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/retry",
    roles=("auditor", "finance"),
    request=NothingBody,
    response=order_responses.Order,
    client="orders.retry",
)
def retry_order(request: ApiRequest[NothingBody], order_id: str) -> order_responses.Order:
    """Run the workflow of a stuck order again, from its present status."""
    stuck_workflows.retry(find_order(order_id))
    return order_responses.order_response(find_order(order_id))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/dispute",
    roles=("advertiser", "creator"),
    request=DisputeBody,
    response=order_responses.Order,
    errors=("state_conflict",),
    client="orders.dispute",
)
def dispute_order(request: ApiRequest[DisputeBody], order_id: str) -> order_responses.Order:
    """Dispute a published order; checks of its post go on until the ruling."""
    return order_responses.order_response(
        disputes.open_dispute(order_id, access.parties(request.caller), request.body.reason())
    )


@route(
    blueprint,
    "GET",
    "/v1/disputes",
    roles=READERS,
    query=DisputeQuery,
    response=Listed[dispute_responses.DisputeSummary],
    errors=("forbidden",),
    client="disputes.list",
)
def list_disputes(request: ApiRequest[None, DisputeQuery]) -> Listed[dispute_responses.DisputeSummary]:
    """List the caller's own disputes, newest first; staff list those that wait, due first, or that ended in a status."""
    query: DisputeQuery = request.query
    side = access.side(request.caller, query.side)
    if request.caller.has(*access.STAFF) and query.side is None:
        ended = query.status not in (None, "open")
        page = (
            dispute_lists.ended(str(query.status), query.limit, request.after)
            if ended
            else dispute_lists.waiting(query.limit, request.after)
        )
        return request.page_response(
            page, lambda dispute: dispute_responses.dispute_summary_response(dispute, staff=True)
        )
    owner = request.caller.advertiser_id if side == "advertiser" else request.caller.creator_id
    page = dispute_lists.of_party(owner, query.status, query.limit, request.after)
    return request.page_response(page, lambda dispute: dispute_responses.dispute_summary_response(dispute, staff=False))


@route(
    blueprint,
    "GET",
    "/v1/disputes/{dispute_id}",
    roles=READERS,
    response=dispute_responses.Dispute,
    client="disputes.read",
)
def read_dispute(request: ApiRequest, dispute_id: str) -> dispute_responses.Dispute:
    """Read a dispute with the statements of both sides."""
    return _dispute(request, access.visible_dispute(dispute_id, request.caller))


@route(
    blueprint,
    "POST",
    "/v1/disputes/{dispute_id}/statements",
    roles=("advertiser", "creator"),
    request=StatementBody,
    response=dispute_responses.Dispute,
    errors=("dispute_closed",),
    client="disputes.state",
)
def state_to_dispute(request: ApiRequest[StatementBody], dispute_id: str) -> dispute_responses.Dispute:
    """Add a statement to an open dispute, with evidence."""
    parties = access.parties(request.caller)
    return _dispute(
        request, dispute_statements.add_statement(dispute_id, parties, request.body.note, request.body.urls)
    )


@route(
    blueprint,
    "POST",
    "/v1/disputes/{dispute_id}/ruling",
    roles=("auditor",),
    request=RulingBody,
    response=dispute_responses.Dispute,
    errors=("conflict_of_interest", "dispute_closed", "revision_changed", "state_conflict"),
    client="disputes.rule",
)
def rule_dispute(request: ApiRequest[RulingBody], dispute_id: str) -> dispute_responses.Dispute:
    """Rule a dispute: pay, refund, or split."""
    body, by = request.body, request.caller.decider(request.body.revision)
    ruled = disputes.rule(dispute_id, body.outcome, body.creator_share_bps, body.note, by)
    return _dispute(request, ruled)


def _dispute(request: ApiRequest[Any, Any], dispute: DisputeRecord) -> dispute_responses.Dispute:
    staff = request.caller.has(*access.STAFF) and not access.is_party(dispute, request.caller)
    return dispute_responses.dispute_response(dispute, dispute_statements.statements_of(dispute), staff=staff)
