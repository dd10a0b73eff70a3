"""Providers call in here; on stages with the sandbox on, `/sandbox/payments` plays the provider."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.api import ApiRequest, ApiResponse, Body, TextResponse, route
from chalicelib.core import ids
from chalicelib.core.errors import not_found
from chalicelib.payments.providers import provider_named
from chalicelib.payments.sandbox import SandboxProvider
from chalicelib.wallet import topups
from chalicelib.wallet.http import payment_responses
from chalicelib.wallet.records import Payment

blueprint = Blueprint(__name__)


class SandboxPay(Body):
    """What the sandbox provider shall claim; by default, what was asked for."""

    amount: int | None = Field(default=None, gt=0, lt=10**12, strict=True)
    transaction_id: str | None = Field(default=None, min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")


@route(
    blueprint,
    "POST",
    "/v1/payments/{provider}/notifications",
    roles=None,
    request_media_type="*/*",
    response=payment_responses.NotificationOutcome,
    errors=("signature_invalid",),
    media_types=("text/plain",),
    client="sandbox.notify",
)
def notify(request: ApiRequest, provider: str) -> ApiResponse[Any] | TextResponse:
    """A provider says that money has arrived; verified, it is credited or kept for finance, exactly once."""
    adapter = provider_named(provider)
    notice = adapter.verify(request.http.headers, request.raw_body)
    outcome = topups.credit(notice) if notice else "ignored"
    if adapter.acknowledgement is None:
        return ApiResponse({"outcome": outcome})
    return TextResponse(adapter.acknowledgement, "text/plain; charset=utf-8")


@route(
    blueprint,
    "POST",
    "/sandbox/payments/{payment_id}/pay",
    roles=None,
    request=SandboxPay,
    response=payment_responses.SandboxPayment,
    client="sandbox.pay",
)
def pay(request: ApiRequest[SandboxPay], payment_id: str) -> dict[str, Any]:
    """Plays the provider: signs a notification and delivers it; it is returned, to be delivered again at will."""
    payment = Payment.find(payment_id, "payment")
    amount = request.body.amount or (int(payment.amount) if payment else 0)
    if not amount:
        raise not_found("top-up")
    transaction_id = request.body.transaction_id or ids.derive("sbx", payment_id)
    provider = SandboxProvider()
    headers, body = provider.sign(payment_id, transaction_id, amount)
    lowered = {name.lower(): text for name, text in headers.items()}
    notice = provider.verify(lowered, body.encode())
    answer = {"outcome": topups.credit(notice) if notice else "ignored"}
    return {"payment_id": payment_id, "notification": {"headers": headers, "body": body}, "answer": answer}
