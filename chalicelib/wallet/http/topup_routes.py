"""Routes of top-ups."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, ApiResponse, Listed, route
from chalicelib.payments.providers import provider_for, require_payable
from chalicelib.wallet import topups
from chalicelib.wallet.http import responses
from chalicelib.wallet.http.requests import FINANCE, TopUpBody, TopUps

blueprint = Blueprint(__name__)


def _payable(request: ApiRequest[Any, Any], topup: responses.TopUp) -> responses.TopUp:
    """Return the top-up with an absolute `pay_url`; the sandbox provider is a part of this API and names only a path."""
    return {**topup, "pay_url": request.url(topup["pay_url"])}


@route(
    blueprint,
    "POST",
    "/v1/wallet/topups",
    roles=("advertiser",),
    request=TopUpBody,
    key_required=True,
    response=responses.TopUp,
    errors=("provider_unknown", "topup_too_small"),
    status=201,
    client="wallet.top_up",
)
def start_topup(request: ApiRequest[TopUpBody]) -> ApiResponse[responses.TopUp]:
    """Start a top-up; the payer goes to pay_url."""
    amount, provider = request.body.amount.money("/amount"), provider_for(request.body.provider)
    require_payable(amount, provider)
    body, replayed = topups.start(request.caller.advertiser_id, amount, provider, request.required_attempt)
    return ApiResponse(_payable(request, body), replayed=replayed)


@route(
    blueprint,
    "GET",
    "/v1/wallet/topups",
    roles=("advertiser", *FINANCE),
    query=TopUps,
    response=Listed[responses.TopUp],
    client="wallet.top_ups",
)
def list_topups(request: ApiRequest[None, TopUps]) -> Listed[responses.TopUp]:
    """The caller's top-ups, newest first; of one `status` or all. Finance names the advertiser."""
    query = request.query
    owner = request.owning_advertiser(query.advertiser_id, *FINANCE)
    page = topups.of_owner(owner, query.status, query.limit, request.after)
    return request.page_response(page, lambda topup: _payable(request, responses.topup_response(topup)))


@route(
    blueprint,
    "GET",
    "/v1/wallet/topups/{topup_id}",
    roles=("advertiser",),
    response=responses.TopUp,
    client="wallet.read_top_up",
)
def show_topup(request: ApiRequest, topup_id: str) -> responses.TopUp:
    """One of the caller's top-ups."""
    return _payable(request, responses.topup_response(topups.find_own(request.caller.advertiser_id, topup_id)))
