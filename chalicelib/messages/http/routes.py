"""HTTP routes of messages: the thread of an order, for its two sides, and that of a dispute, for its parties and auditors."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, ApiResponse, Caller, Listed, Paging, route
from chalicelib.core.errors import not_found
from chalicelib.messages import threads
from chalicelib.messages.http import response_types
from chalicelib.messages.http.message_responses import message_response, presenter
from chalicelib.messages.http.requests import MessageBody, MessagesReadBody
from chalicelib.messages.records import Sender
from chalicelib.tasks.http.access import visible_dispute
from chalicelib.tasks.records.dispute_record import DisputeRecord
from chalicelib.tasks.records.order_record import OrderRecord, find_order

blueprint = Blueprint(__name__)
PARTIES = ("advertiser", "creator")


@route(
    blueprint,
    "GET",
    "/v1/orders/{order_id}/messages",
    roles=PARTIES,
    query=Paging,
    response=Listed[response_types.Message],
    client="orders.messages",
)
def list_order_messages(request: ApiRequest[None, Paging], order_id: str) -> Listed[response_types.Message]:
    """Return the messages about an order, newest first, for its two sides."""
    order, _ = _order(order_id, request.caller)
    return request.page_response(threads.of_threads([order.pk], request.query.limit, request.after), presenter())


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/messages",
    roles=PARTIES,
    request=MessageBody,
    response=response_types.Message,
    quota="messages",
    status=201,
    client="orders.send_message",
)
def send_order_message(request: ApiRequest[MessageBody], order_id: str) -> ApiResponse[response_types.Message]:
    """Send a message to the other side of an order; contact details are shown as warnings."""
    order, sender = _order(order_id, request.caller)
    body = request.body
    message, repeated = threads.send_about_order(order, sender, body.text, body.picture_ids, request.attempt)
    return ApiResponse(message_response(message, {}), replayed=repeated)


@route(
    blueprint,
    "POST",
    "/v1/orders/{order_id}/messages/read",
    roles=PARTIES,
    request=MessagesReadBody,
    response=response_types.ReadUntil,
    client="orders.read_messages",
)
def read_order_messages(request: ApiRequest[MessagesReadBody], order_id: str) -> response_types.ReadUntil:
    """Mark the messages about an order as read, up to one of them."""
    order, sender = _order(order_id, request.caller)
    threads.mark_read(order.pk, sender, request.body.message_id)
    return {"message_id": request.body.message_id}


@route(
    blueprint,
    "GET",
    "/v1/disputes/{dispute_id}/messages",
    roles=(*PARTIES, "auditor"),
    query=Paging,
    response=Listed[response_types.Message],
    client="disputes.messages",
)
def list_dispute_messages(request: ApiRequest[None, Paging], dispute_id: str) -> Listed[response_types.Message]:
    """Return the messages about a dispute, and those about its order until it was opened, newest first."""
    dispute, _ = _dispute(dispute_id, request.caller)
    return request.page_response(threads.of_dispute(dispute, request.query.limit, request.after), presenter())


@route(
    blueprint,
    "POST",
    "/v1/disputes/{dispute_id}/messages",
    roles=(*PARTIES, "auditor"),
    request=MessageBody,
    response=response_types.Message,
    errors=("dispute_closed",),
    quota="messages",
    status=201,
    client="disputes.send_message",
)
def send_dispute_message(request: ApiRequest[MessageBody], dispute_id: str) -> ApiResponse[response_types.Message]:
    """Send a message to the parties and the auditors of an open dispute. Auditors send no pictures."""
    dispute, sender = _dispute(dispute_id, request.caller)
    body = request.body
    message, repeated = threads.send_about_dispute(dispute, sender, body.text, body.picture_ids, request.attempt)
    return ApiResponse(message_response(message, {}), replayed=repeated)


@route(
    blueprint,
    "POST",
    "/v1/disputes/{dispute_id}/messages/read",
    roles=(*PARTIES, "auditor"),
    request=MessagesReadBody,
    response=response_types.ReadUntil,
    client="disputes.read_messages",
)
def read_dispute_messages(request: ApiRequest[MessagesReadBody], dispute_id: str) -> response_types.ReadUntil:
    """Mark the messages about a dispute as read, up to one of them."""
    dispute, sender = _dispute(dispute_id, request.caller)
    threads.mark_read(dispute.pk, sender, request.body.message_id)
    return {"message_id": request.body.message_id}


def _order(order_id: str, caller: Caller) -> tuple[OrderRecord, Sender]:
    """Return the order and the caller's side of it. Raise Problem `not_found` for other callers, staff too."""
    order = find_order(order_id)
    if "advertiser" in caller.roles and order.advertiser_id == caller.advertiser_id:
        return order, "advertiser"
    if "creator" in caller.roles and order.owner == caller.creator_id:
        return order, "creator"
    raise not_found("order")


def _dispute(dispute_id: str, caller: Caller) -> tuple[DisputeRecord, Sender]:
    """Return the dispute and the caller's part in it. Raise Problem `not_found` for users who have none."""
    dispute = visible_dispute(dispute_id, caller)
    if "advertiser" in caller.roles and dispute.advertiser_id == caller.advertiser_id:
        return dispute, "advertiser"
    if "creator" in caller.roles and dispute.creator_id == caller.creator_id:
        return dispute, "creator"
    if caller.has("auditor"):
        return dispute, "auditor"
    raise not_found("dispute")
