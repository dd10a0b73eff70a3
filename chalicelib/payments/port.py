"""What the market needs of a payment provider: start a payment, verify a notification, pay out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from chalicelib.core.money import Money

PayoutStatus = Literal["paid", "failed", "refused", "unknown"]
"""`paid`, `failed`: the provider's last word. `refused`: nothing was done, and it can be asked again. `unknown`: it may have been
done, or still be under way; only the provider can tell."""


@dataclass(frozen=True)
class PaidNotice:
    """A verified notification: `amount` minor units arrived in the provider's transaction, for our payment if it says so, and
    `refunded` of them in all went back to the payer."""

    provider: str
    transaction_id: str
    payment_id: str | None
    amount: int
    refunded: int = 0


@dataclass(frozen=True)
class Payee:
    """Who gets a payout: the account at the provider, and the name it has to be in."""

    account: str
    name: str


@dataclass(frozen=True)
class Payout:
    """What became of a payout; `reason` is the provider's code, for people."""

    status: PayoutStatus
    reason: str | None = None


class Provider(Protocol):
    """A payment provider."""

    acknowledgement: str | None
    """The plain text that the provider wants to hear when a notification was taken in; None: our JSON is as good."""

    needs_payee: bool
    """Whether a payout has to name an account."""

    @property
    def name(self) -> str:
        """The name in paths and account names."""

    def pay_url(self, payment_id: str, amount: Money, expires_at: datetime) -> str:
        """Where the payer goes, until `expires_at`."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> PaidNotice | None:
        """The notice in a notification; None if it is genuine and says nothing about money that has arrived. Raises Problem
        `signature_invalid` (401), or `bad_request` (400) for a signed body that cannot be read."""

    def pay_out(self, withdrawal_id: str, amount: Money, payee: Payee | None) -> Payout:
        """Pays once per withdrawal, however often it is asked; what it cannot tell is `unknown`."""

    def find_payout(self, withdrawal_id: str) -> Payout:
        """What became of an earlier `pay_out`; `refused` if the provider knows nothing of it."""
