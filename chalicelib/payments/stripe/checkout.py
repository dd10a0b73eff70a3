"""Payments through Stripe Checkout: one session per top-up, paid on a page of Stripe."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.payments.port import StartedPayment
from chalicelib.payments.stripe import client
from chalicelib.payments.stripe.amounts import amount_fields

OPEN_AT_LEAST, OPEN_AT_MOST = timedelta(minutes=31), timedelta(hours=23)
"""Stripe takes expiries between 30 minutes and 24 hours after the creation of a session."""


def start(payment_id: str, amount: Money, expires_at: datetime) -> StartedPayment:
    """Create the session. Raises Problem `upstream_unavailable`."""
    now, keys = clock.now(), client.keys()
    until = int(min(max(expires_at, now + OPEN_AT_LEAST), now + OPEN_AT_MOST).timestamp())
    price = amount_fields(amount)
    fields: dict[str, str | int] = {
        "mode": "payment",
        "client_reference_id": payment_id,
        "metadata[payment_id]": payment_id,
        "payment_intent_data[metadata][payment_id]": payment_id,
        "line_items[0][quantity]": 1,
        "line_items[0][price_data][currency]": price["currency"],
        "line_items[0][price_data][unit_amount]": price["amount"],
        "line_items[0][price_data][product_data][name]": "Micro-task",
        "success_url": str(keys["success_url"]),
        "cancel_url": str(keys["cancel_url"]),
        "expires_at": until,
    }
    try:
        session = client.post("/v1/checkout/sessions", fields, f"{payment_id}:{until}")
    except (client.Declined, client.NoResponse) as error:
        raise client.unavailable(error) from error
    return StartedPayment(str(session["url"]), str(session["id"]))
