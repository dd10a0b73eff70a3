"""HTTP route of quotes."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, route
from chalicelib.tasks.http.quote_requests import QuoteBody
from chalicelib.tasks.http.quote_responses import Quote, quote_response
from chalicelib.tasks.submission import quotes

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "POST",
    "/v1/quotes",
    roles=("advertiser",),
    request=QuoteBody,
    response=Quote,
    errors=("account_not_available", "price_unknown"),
    client="tasks.quote",
)
def quote(request: ApiRequest[QuoteBody]) -> Quote:
    """Quote the prices of orders of these accounts; nothing is stored."""
    return quote_response(request.body.kind, quotes.quote(request.body.kind, request.body.account_ids))
