"""HTTP routes of click links."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, TextResponse, route
from chalicelib.click_links import clicks
from chalicelib.click_links.host_names import ascii_url, with_query
from chalicelib.click_links.http import response_types
from chalicelib.core.errors import not_found

blueprint = Blueprint(__name__)
LOCATION_MAX = 8_000
"""The maximum length of the redirect target; with a longer query the audited URL alone is used."""


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
    location = _location(target.url, request.http.query_params)
    headers = {"Location": location, "Referrer-Policy": "no-referrer"}
    return TextResponse("", "text/plain", headers=headers)


@route(
    blueprint,
    "GET",
    "/v1/orders/{order_id}/clicks",
    roles=("advertiser", "creator", "auditor", "finance"),
    response=response_types.OrderClicks,
    client="orders.clicks",
)
def order_clicks(request: ApiRequest, order_id: str) -> response_types.OrderClicks:
    """Return clicks, visitors and bots of each link of an order, by day."""
    order = clicks.linked_order(order_id)
    caller = request.caller
    is_party = caller.has("advertiser") and order.advertiser_id == caller.advertiser_id
    is_party = is_party or (caller.has("creator") and order.owner == caller.creator_id)
    if not (is_party or caller.has("auditor", "finance")):
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


def _location(url: str, parameters: Any) -> str:
    """Return the audited URL in ASCII, with the parameters of the request that it does not have itself. A click cannot change the
    audited parameters."""
    try:
        audited = ascii_url(url)
    except ValueError:  # audited before hosts were validated
        raise not_found("link") from None
    own = {name for name, _ in parse_qsl(urlsplit(audited).query, keep_blank_values=True)}
    added = [(name, text) for name in parameters or () if name not in own for text in parameters.getlist(name)]
    location = with_query(audited, urlencode(added))
    return location if len(location) <= LOCATION_MAX else audited
