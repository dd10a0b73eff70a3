"""The interface of a payment provider: start a payment, verify a notification, pay out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from chalicelib.core.money import Money

PayoutStatus = Literal["paid", "failed", "refused", "unknown"]
"""`paid` and `failed` are final. `refused`: nothing was done, and the payout can be requested again. `unknown`: it may be done or
under way; the provider has to be asked."""


@dataclass(frozen=True)
class PaidNotice:
    """A verified notification: `amount` minor units arrived in the provider's transaction, for the payment `payment_id` if it
    names one, and `refunded` of them in all were returned to the payer."""

    provider: str
    transaction_id: str
    payment_id: str | None
    amount: int
    refunded: int = 0


@dataclass(frozen=True)
class Payee:
    """The receiver of a payout: the account at the provider, and the name of its holder."""

    account: str
    name: str


@dataclass(frozen=True)
class Payout:
    """The state of a payout; `reason` is the provider's code, for people."""

    status: PayoutStatus
    reason: str | None = None


class Provider(Protocol):
    """A payment provider."""

    acknowledgement: str | None
    """The plain text that the provider expects as the response to a notification; None: it accepts JSON."""

    needs_payee: bool
    """True if a payout has to name an account."""

    @property
    def name(self) -> str:
        """Return the name in paths and ledger accounts."""

    def pay_url(self, payment_id: str, amount: Money, expires_at: datetime) -> str:
        """Return the address at which the payer pays until `expires_at`."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> PaidNotice | None:
        """Return the notice in a notification; None if it is genuine and not about money that has arrived. Raises Problem
        `signature_invalid` (401), or `bad_request` (400) for a signed body that cannot be read."""

    def pay_out(self, withdrawal_id: str, amount: Money, payee: Payee | None) -> Payout:
        """Pay, once per withdrawal, and return the state of the payout."""

    def find_payout(self, withdrawal_id: str) -> Payout:
        """Return the state of an earlier `pay_out`; `refused` if the provider does not know it."""
