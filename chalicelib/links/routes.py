"""HTTP routes of click links."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from chalice.app import Blueprint

from chalicelib.api import Answer, Call, route
from chalicelib.errors import not_found
from chalicelib.links import clicks

blueprint = Blueprint(__name__)
_KEPT = "%/:=&?~#+!$,;'@()*[]"


@route(blueprint, "GET", "/r/{code}", roles=None)
def follow(call: Call[None], code: str) -> Answer:
    """Leads to the audited URL of an order and counts the click."""
    order_id, place, url = clicks.target(code)
    address = str((call.request.context.get("identity") or {}).get("sourceIp") or "")
    clicks.count(order_id, place, address, call.request.headers)
    headers = {"Location": _as_header(url), "Content-Type": "text/plain", "Referrer-Policy": "no-referrer"}
    return Answer("", 302, headers=headers)


@route(
    blueprint,
    "GET",
    "/v1/orders/{order_id}/clicks",
    roles=("advertiser", "creator", "auditor", "finance"),
    answer="OrderClicks",
)
def order_clicks(call: Call[None], order_id: str) -> dict[str, Any]:
    """Clicks, visitors and bots of each link of an order, by day."""
    order = clicks.linked_order(order_id)
    caller = call.caller
    theirs = caller.has("advertiser") and order.advertiser_id == caller.advertiser_id
    theirs = theirs or (caller.has("creator") and order.owner == caller.creator_id)
    if not (theirs or caller.has("auditor", "finance")):
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


def _as_header(url: str) -> str:
    """The URL in ASCII, as a header must be (RFC 3987, 3.1): the host in its xn-- form, the rest percent-encoded."""
    parts = urlsplit(url)
    if not parts.netloc.isascii():
        parts = parts._replace(netloc=parts.netloc.encode("idna").decode())
    return quote(urlunsplit(parts), safe=_KEPT)
