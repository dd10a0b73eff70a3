"""Stripe (https://docs.stripe.com/api) as a payment provider: Checkout for top-ups, Connect for payouts, webhooks.

Keys are in Secrets Manager, see docs/guides/payments.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from chalicelib.core.money import Money
from chalicelib.payments.port import Notice, Onboarding, Payout, PayoutOrder, StartedPayment
from chalicelib.payments.stripe import amounts, checkout, notices, payouts, settlements
from chalicelib.payments.stripe.accounts import StripeOnboarding


class StripeProvider:
    """Implements payments.port.Provider."""

    name = notices.NAME
    acknowledgement: str | None = None
    needs_payee = True
    onboarding: Onboarding | None = StripeOnboarding()

    def least_amount(self, currency: str) -> int:
        return amounts.least_amount(currency)

    def start_payment(self, payment_id: str, amount: Money, expires_at: datetime) -> StartedPayment:
        return checkout.start(payment_id, amount, expires_at)

    def verify(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        return notices.verify(headers, body)

    def pay_out(self, order: PayoutOrder) -> Payout:
        return payouts.pay_out(order)

    def find_payout(self, withdrawal_id: str) -> Payout:
        return payouts.find(withdrawal_id)

    def recall_payout(self, order: PayoutOrder) -> Payout:
        return payouts.recall(order)

    def receipts(self, since: datetime, until: datetime) -> Iterator[tuple[str, int]] | None:
        return settlements.receipts(since, until)
