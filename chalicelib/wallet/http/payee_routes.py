"""Routes of payees: the accounts that a provider opens for those it pays out."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, route
from chalicelib.payments.providers import provider_for, provider_named
from chalicelib.wallet.http import withdrawal_responses
from chalicelib.wallet.http.requests import OWNERS, OfSide, PayeeBody, owner_of
from chalicelib.wallet.withdrawals import payees

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "POST",
    "/v1/wallet/payees",
    roles=OWNERS,
    request=PayeeBody,
    query=OfSide,
    key_required=True,
    response=withdrawal_responses.Payee,
    errors=("onboarding_unknown", "payee_refused", "provider_unknown", "record_altered"),
    client="wallet.open_payee",
)
def open_payee(request: ApiRequest[PayeeBody, OfSide]) -> withdrawal_responses.Payee:
    """Open the caller's account at the provider, once, and return a page on which the provider asks for what it needs."""
    provider = provider_for(request.body.provider)
    item, link = payees.open_payee(owner_of(request), provider, request.body.country, request.required_attempt)
    return withdrawal_responses.payee_response(item, link)


@route(
    blueprint,
    "GET",
    "/v1/wallet/payees/{provider}",
    roles=OWNERS,
    query=OfSide,
    response=withdrawal_responses.Payee,
    errors=("onboarding_unknown", "record_altered"),
    client="wallet.read_payee",
)
def show_payee(request: ApiRequest[None, OfSide], provider: str) -> withdrawal_responses.Payee:
    """The caller's account at the provider, and its present state there."""
    return withdrawal_responses.payee_response(payees.read(owner_of(request), provider_named(provider)))
