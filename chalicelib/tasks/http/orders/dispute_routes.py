"""HTTP routes of disputes: opening, statements, ruling."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.api import STAFF_ROLES, ApiRequest, Listed, route
from chalicelib.tasks.http import access
from chalicelib.tasks.http.orders import dispute_responses, order_responses
from chalicelib.tasks.http.requests import (
    DisputeBody,
    DisputeQuery,
    RulingBody,
    StatementBody,
)
from chalicelib.tasks.lists import dispute_lists
from chalicelib.tasks.orders import (
    dispute_statements,
    disputes,
)
from chalicelib.tasks.records.dispute_record import DisputeRecord

blueprint = Blueprint(__name__)


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
    roles=access.ORDER_READERS,
    query=DisputeQuery,
    response=Listed[dispute_responses.DisputeSummary],
    errors=("forbidden",),
    client="disputes.list",
)
def list_disputes(request: ApiRequest[None, DisputeQuery]) -> Listed[dispute_responses.DisputeSummary]:
    """List the caller's own disputes, newest first; staff list those that wait, due first, or that ended in a status."""
    query: DisputeQuery = request.query
    side = access.side(request.caller, query.side)
    if request.caller.has(*STAFF_ROLES) and query.side is None:
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
    roles=access.ORDER_READERS,
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
    staff = request.caller.has(*STAFF_ROLES) and not access.is_party(dispute, request.caller)
    return dispute_responses.dispute_response(dispute, dispute_statements.statements_of(dispute), staff=staff)
