"""The payments that Stripe has settled, from its balance transactions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.payments.stripe import client
from chalicelib.payments.stripe.amounts import read_amount

TYPES = ("charge", "payment")
"""Types of balance transactions of money received: cards, and other methods of payment."""


def receipts(since: datetime, until: datetime) -> Iterator[tuple[str, int]]:
    """Yield PaymentIntent and gross amount of each payment that was created in the period. Raises Problem
    `upstream_unavailable`."""
    period = {"created[gte]": int(since.timestamp()), "created[lt]": int(until.timestamp())}
    try:
        for kind in TYPES:
            for line in client.each("/v1/balance_transactions", {**period, "type": kind, "expand[]": "data.source"}):
                source = line["source"]
                transaction = source.get("payment_intent") if isinstance(source, dict) else None
                yield str(transaction or line["id"]), read_amount(int(line["amount"]), line["currency"])
    except (client.Declined, client.NoResponse) as error:
        raise client.unavailable(error) from error
