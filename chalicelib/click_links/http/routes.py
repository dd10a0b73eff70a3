"""HTTP routes of click links."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import STAFF_ROLES, ApiRequest, TextResponse, route
from chalicelib.click_links import clicks
from chalicelib.click_links.http import response_types
from chalicelib.click_links.redirect_location import redirect_location
from chalicelib.core.errors import not_found

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "GET",
    "/r/{code}",
    roles=None,
    free_query=True,
    status=302,
    media_types=("text/plain",),
    client="links.follow",
)
def follow(request: ApiRequest, code: str) -> TextResponse:
    """Redirect to the audited URL of an order, with the query of the request, and count the click."""
    target = clicks.target(code)
    address = str((request.http.context.get("identity") or {}).get("sourceIp") or "")
    clicks.count(target, request.http.method, address, request.http.headers)
    location = redirect_location(target.url, request.http.query_params)
    headers = {"Location": location, "Referrer-Policy": "no-referrer"}
    return TextResponse("", "text/plain", headers=headers)


@route(
    blueprint,
    "GET",
    "/v1/orders/{order_id}/clicks",
    roles=("advertiser", "creator", *STAFF_ROLES),
    response=response_types.OrderClicks,
    client="orders.clicks",
)
def order_clicks(request: ApiRequest, order_id: str) -> response_types.OrderClicks:
    """Return clicks, visitors and bots of each link of an order, by day."""
    order = clicks.linked_order(order_id)
    caller = request.caller
    is_party = caller.has("advertiser") and order.advertiser_id == caller.advertiser_id
    is_party = is_party or (caller.has("creator") and order.owner == caller.creator_id)
    if not (is_party or caller.has(*STAFF_ROLES)):
        raise not_found("order")
    links = zip(
        clicks.for_order(order_id, order.urls), order.urls, clicks.totals(order_id, len(order.urls)), strict=True
    )
    return {
        "order_id": order_id,
        "links": [
            {
                "url": url,
                "link": link,
                "clicks": counted.clicks,
                "visitors": counted.visitors,
                "bots": counted.bots,
                "days": [{"day": day, "clicks": number} for day, number in counted.days.items()],
            }
            for link, url, counted in links
        ],
    }
