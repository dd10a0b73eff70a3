"""Routes of payment notifications: payment providers call them; on sandbox stages `/sandbox/payments` simulates a provider."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, ApiResponse, TextResponse, route
from chalicelib.core import ids
from chalicelib.core.errors import not_found
from chalicelib.payments.providers import provider_named
from chalicelib.payments.sandbox import SandboxProvider
from chalicelib.wallet.http import provider_notice_handlers, responses
from chalicelib.wallet.http.requests import SandboxPay
from chalicelib.wallet.records import Payment

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "POST",
    "/v1/payments/{provider}/notifications",
    roles=None,
    request_media_type="*/*",
    response=responses.NotificationOutcome,
    errors=("record_altered", "signature_invalid"),
    media_types=("text/plain",),
    client="sandbox.notify",
)
def notify(request: ApiRequest, provider: str) -> ApiResponse[responses.NotificationOutcome] | TextResponse:
    """Notification of a provider: money has arrived, was refunded or disputed, or a payout or payee has changed. It counts once."""
    adapter = provider_named(provider)
    outcome = provider_notice_handlers.book(adapter.verify(request.http.headers, request.raw_body), adapter)
    if adapter.acknowledgement is None:
        return ApiResponse({"outcome": outcome})
    return TextResponse(adapter.acknowledgement, "text/plain; charset=utf-8")


@route(
    blueprint,
    "POST",
    "/sandbox/payments/{payment_id}/pay",
    roles=None,
    request=SandboxPay,
    response=responses.SandboxPayment,
    client="sandbox.pay",
)
def pay(request: ApiRequest[SandboxPay], payment_id: str) -> responses.SandboxPayment:
    """Simulate the provider: sign a notification, deliver it, and return it, so that it can be delivered again."""
    payment = Payment.find(payment_id, "payment")
    amount = request.body.amount or (int(payment.amount) if payment else 0)
    if not amount:
        raise not_found("top-up")
    transaction_id = request.body.transaction_id or ids.derive("sbx", payment_id)
    provider = SandboxProvider()
    headers, body = provider.sign(payment_id, transaction_id, amount)
    lowered = {name.lower(): text for name, text in headers.items()}
    notice = provider.verify(lowered, body.encode())
    return {
        "payment_id": payment_id,
        "notification": {"headers": headers, "body": body},
        "answer": {"outcome": provider_notice_handlers.book(notice, provider)},
    }
