"""HTTP routes of orders: the creator's inbox and answers, counter-offers, drafts, publication, disputes."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.api import Call, Paging, route
from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.tasks.content import pictures
from chalicelib.tasks.http import access, dispute_responses, order_responses
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
from chalicelib.tasks.orders import counter_offers, creator_drafts, dispute_statements, disputes, offer_responses
from chalicelib.tasks.posts import publication
from chalicelib.tasks.records.dispute_record import DisputeRecord
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.records.task_record import find_task
from chalicelib.tasks.workflow import stuck_workflows

blueprint = Blueprint(__name__)
READERS = ("creator", "advertiser", "auditor", "finance")


@route(blueprint, "GET", "/v1/orders", roles=READERS, query=InboxQuery, answer="Order", refuses=("forbidden",))
def list_orders(call: Call[None]) -> dict[str, Any]:
    """The caller's orders as a creator or an advertiser, newest first or by deadline; staff read the stuck orders."""
    query: InboxQuery = call.query
    if query.status == "stuck" and call.caller.has(*access.STAFF):
        return call.listed(order_lists.stuck_orders(query.limit, call.after), order_responses.order_response)
    side = access.side(call.caller, query.side)
    if side is None:
        access.require_status(query.status, "stuck")
    wanted = order_lists.Wanted(
        side or "creator",
        call.caller.advertiser_id if side == "advertiser" else call.caller.creator_id,
        query.status,
        query.task_id,
        query.waiting is not None,
    )
    read = order_lists.next_deadline if query.sort == "deadline" else order_lists.newest
    return call.listed(read(wanted, query.limit, call.after), order_responses.order_response)


@route(blueprint, "GET", "/v1/orders/{order_id}", roles=READERS, answer="Order")
def read_order(call: Call[None], order_id: str) -> dict[str, Any]:
    """An order with every timer and its history."""
    return order_responses.order_response(access.visible_order(order_id, call.caller))


@route(blueprint, "GET", "/v1/orders/{order_id}/pictures", roles=READERS, query=Paging, answer="Picture")
def list_order_pictures(call: Call[None], order_id: str) -> dict[str, Any]:
    """The pictures that are to be posted, each with a link to fetch it."""
    task = find_task(access.visible_order(order_id, call.caller).task_id)
    return call.sliced(pictures.shown(task), dict)


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/accept",
    roles=("creator",),
    body=NothingBody,
    answer="Order",
    refuses=("accept_by_passed", "account_not_available", "frequency_cap", "state_conflict"),
)
def accept_order(call: Call[NothingBody], order_id: str) -> dict[str, Any]:
    """Take an offered order."""
    return order_responses.order_response(offer_responses.accept(order_id, call.caller.creator_id))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/decline",
    roles=("creator",),
    body=DeclineBody,
    answer="Order",
    refuses=("accept_by_passed", "state_conflict"),
)
def decline_order(call: Call[DeclineBody], order_id: str) -> dict[str, Any]:
    """Decline an offered order, with a reason."""
    return order_responses.order_response(
        offer_responses.decline(order_id, call.caller.creator_id, call.body.end_reason())
    )


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/counter",
    roles=("creator",),
    body=CounterBody,
    answer="Order",
    refuses=("accept_by_passed", "counter_used", "state_conflict"),
)
def counter_offer(call: Call[CounterBody], order_id: str) -> dict[str, Any]:
    """Answer an offer with another price, once."""
    price = call.body.price.money("/price").amount
    return order_responses.order_response(counter_offers.offer(order_id, call.caller.creator_id, price, call.body.note))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/counter/accept",
    roles=("advertiser",),
    body=NothingBody,
    answer="Order",
    refuses=(
        "accept_by_passed",
        "account_not_available",
        "counter_not_open",
        "frequency_cap",
        "insufficient_funds",
        "state_conflict",
        "total_above_max",
    ),
)
def accept_counter(call: Call[NothingBody], order_id: str) -> dict[str, Any]:
    """Take the creator's price: the order is accepted at it."""
    return order_responses.order_response(counter_offers.accept(order_id, call.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/counter/decline",
    roles=("advertiser",),
    body=NothingBody,
    answer="Order",
    refuses=("accept_by_passed", "counter_not_open", "state_conflict"),
)
def decline_counter(call: Call[NothingBody], order_id: str) -> dict[str, Any]:
    """Decline the creator's price; the offer stays open."""
    return order_responses.order_response(counter_offers.decline(order_id, call.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/draft",
    roles=("creator",),
    body=DraftBody,
    answer="Order",
    refuses=("content_forbidden", "state_conflict", "window_not_open"),
)
def submit_draft(call: Call[DraftBody], order_id: str) -> dict[str, Any]:
    """Submit a draft text to the advertiser."""
    return order_responses.order_response(creator_drafts.submit(order_id, call.caller.creator_id, call.body.text))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/draft/approve",
    roles=("advertiser",),
    body=NothingBody,
    answer="Order",
    refuses=("draft_not_waiting", "state_conflict"),
)
def approve_draft(call: Call[NothingBody], order_id: str) -> dict[str, Any]:
    """Approve the creator's draft: it is what will be posted."""
    return order_responses.order_response(creator_drafts.approve(order_id, call.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/draft/changes",
    roles=("advertiser",),
    body=NoteBody,
    answer="Order",
    refuses=("draft_not_waiting", "draft_rounds_used", "state_conflict"),
)
def request_draft_changes(call: Call[NoteBody], order_id: str) -> dict[str, Any]:
    """Ask for changes of the creator's draft, at most twice."""
    return order_responses.order_response(
        creator_drafts.request_changes(order_id, call.caller.advertiser_id, call.body.note)
    )


@route(blueprint, "GET", "/v1/draft-reviews", roles=("auditor",), query=Paging, answer="DraftInReview")
def list_draft_reviews(call: Call[None]) -> dict[str, Any]:
    """The creators' drafts that an auditor reads first, because of what the lint found or of their links: due first at the head."""
    return call.listed(creator_drafts.waiting(call.query.limit, call.after), order_responses.draft_in_review_response)


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/draft/review",
    roles=("auditor",),
    body=DraftReviewBody,
    answer="Order",
    refuses=("conflict_of_interest", "draft_not_waiting", "revision_changed", "state_conflict"),
)
def review_draft(call: Call[DraftReviewBody], order_id: str) -> dict[str, Any]:
    """Let a creator's draft go on to the advertiser, or reject it with reasons."""
    if call.body.decision == "rejected" and not call.body.reasons:
        raise InvalidBody(Fault("/reasons", "missing", "A rejection needs at least one reason."))
    reasons = [reason.model_dump(exclude_none=True) for reason in call.body.reasons]
    by = call.caller.decider(call.body.revision)
    return order_responses.order_response(creator_drafts.review(order_id, call.body.decision, reasons, by))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/publish",
    roles=("creator",),
    body=PublishBody,
    answer="Order",
    refuses=(
        "draft_not_approved",
        "mend_by_passed",
        "network_absent",
        "network_not_permitted",
        "network_refused",
        "post_check_failed",
        "state_conflict",
        "window_not_open",
    ),
)
def publish_order(call: Call[PublishBody], order_id: str) -> dict[str, Any]:
    """Report the post. It is checked at once, or as soon as its network can be read; the report counts from now."""
    return order_responses.order_response(publication.publish(order_id, call.caller.creator_id, call.body.post_url))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/retry",
    roles=("auditor", "finance"),
    body=NothingBody,
    answer="Order",
)
def retry_order(call: Call[NothingBody], order_id: str) -> dict[str, Any]:
    """Run the workflow of a stuck order again, from where the order stands."""
    stuck_workflows.retry(find_order(order_id))
    return order_responses.order_response(find_order(order_id))


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/dispute",
    roles=("advertiser", "creator"),
    body=DisputeBody,
    answer="Order",
    refuses=("state_conflict",),
)
def dispute_order(call: Call[DisputeBody], order_id: str) -> dict[str, Any]:
    """Dispute a published order; checks of its post go on until the ruling."""
    return order_responses.order_response(
        disputes.open_dispute(order_id, access.parties(call.caller), call.body.reason())
    )


@route(
    blueprint,
    "GET",
    "/v1/disputes",
    roles=("advertiser", "creator", "auditor"),
    query=DisputeQuery,
    answer="DisputeSummary",
    refuses=("forbidden",),
)
def list_disputes(call: Call[None]) -> dict[str, Any]:
    """The caller's own disputes, newest first; for auditors those that wait, due first at the head, or ended in a status."""
    query: DisputeQuery = call.query
    side = access.side(call.caller, query.side)
    if call.caller.has("auditor") and query.side is None:
        ended = query.status not in (None, "open")
        page = (
            dispute_lists.ended(str(query.status), query.limit, call.after)
            if ended
            else dispute_lists.waiting(query.limit, call.after)
        )
        return call.listed(page, lambda dispute: dispute_responses.dispute_summary_response(dispute, staff=True))
    owner = call.caller.advertiser_id if side == "advertiser" else call.caller.creator_id
    page = dispute_lists.of_party(owner, query.status, query.limit, call.after)
    return call.listed(page, lambda dispute: dispute_responses.dispute_summary_response(dispute, staff=False))


@route(blueprint, "GET", "/v1/disputes/{dispute_id}", roles=READERS, answer="Dispute")
def read_dispute(call: Call[None], dispute_id: str) -> dict[str, Any]:
    """A dispute with what both sides said."""
    return _dispute(call, access.visible_dispute(dispute_id, call.caller))


@route(
    blueprint,
    "POST",
    "/v1/disputes/{dispute_id}/statements",
    roles=("advertiser", "creator"),
    body=StatementBody,
    answer="Dispute",
    refuses=("dispute_closed",),
)
def state_to_dispute(call: Call[StatementBody], dispute_id: str) -> dict[str, Any]:
    """Say something to an open dispute, with evidence."""
    parties = access.parties(call.caller)
    return _dispute(call, dispute_statements.add_statement(dispute_id, parties, call.body.note, call.body.urls))


@route(
    blueprint,
    "POST",
    "/v1/disputes/{dispute_id}/ruling",
    roles=("auditor",),
    body=RulingBody,
    answer="Dispute",
    refuses=("conflict_of_interest", "dispute_closed", "revision_changed", "state_conflict"),
)
def rule_dispute(call: Call[RulingBody], dispute_id: str) -> dict[str, Any]:
    """Rule a dispute: pay, refund, or split."""
    body, by = call.body, call.caller.decider(call.body.revision)
    ruled = disputes.rule(dispute_id, body.outcome, body.creator_share_bps, body.note, by)
    return _dispute(call, ruled)


def _dispute(call: Call[Any], dispute: DisputeRecord) -> dict[str, Any]:
    staff = call.caller.has(*access.STAFF) and not access.is_party(dispute, call.caller)
    return dispute_responses.dispute_response(dispute, dispute_statements.statements_of(dispute), staff=staff)
