"""HTTP routes of orders: lists, offers, counter-offers, publication."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import STAFF_ROLES, ApiRequest, Listed, Paging, route
from chalicelib.tasks.content import picture_uploads
from chalicelib.tasks.http import access, content_responses
from chalicelib.tasks.http.orders import order_responses
from chalicelib.tasks.http.requests import (
    CounterBody,
    DeclineBody,
    InboxQuery,
    NothingBody,
    PublishBody,
)
from chalicelib.tasks.lists import order_lists
from chalicelib.tasks.orders import (
    counter_offers,
    offer_accept_decline_lapse,
)
from chalicelib.tasks.posts import creator_publication
from chalicelib.tasks.records.order_record import find_order, read_looks
from chalicelib.tasks.records.task_record import find_task
from chalicelib.tasks.workflow import stuck_workflows

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "GET",
    "/v1/orders",
    roles=access.ORDER_READERS,
    query=InboxQuery,
    response=Listed[order_responses.Order],
    errors=("forbidden",),
    client="orders.list",
)
def list_orders(request: ApiRequest[None, InboxQuery]) -> Listed[order_responses.Order]:
    """List the caller's orders as a creator or an advertiser, newest first or by deadline; staff list the stuck orders."""
    query: InboxQuery = request.query
    if query.status == "stuck" and request.caller.has(*STAFF_ROLES):
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


@route(
    blueprint,
    "GET",
    "/v1/orders/{order_id}",
    roles=access.ORDER_READERS,
    response=order_responses.Order,
    client="orders.read",
)
def read_order(request: ApiRequest, order_id: str) -> order_responses.Order:
    """Read an order with its timers and its history."""
    return order_responses.order_response(access.visible_order(order_id, request.caller))


@route(
    blueprint,
    "GET",
    "/v1/orders/{order_id}/pictures",
    roles=access.ORDER_READERS,
    query=Paging,
    response=Listed[content_responses.Picture],
    client="orders.pictures",
)
def list_order_pictures(request: ApiRequest[None, Paging], order_id: str) -> Listed[content_responses.Picture]:
    """List the pictures of the post, each with a link."""
    task = find_task(access.visible_order(order_id, request.caller).task_id)
    return request.slice_response(picture_uploads.links(task), content_responses.picture_response)


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
    roles=STAFF_ROLES,
    request=NothingBody,
    response=order_responses.Order,
    client="orders.retry",
)
def retry_order(request: ApiRequest[NothingBody], order_id: str) -> order_responses.Order:
    """Run the workflow of a stuck order again, from its present status."""
    stuck_workflows.retry(find_order(order_id))
    return order_responses.order_response(find_order(order_id))
