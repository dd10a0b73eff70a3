"""What the market needs of a payment provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.money import Money


@dataclass(frozen=True)
class PaidNotice:
    """A verified notification: `amount` minor units arrived in the provider's transaction, for our payment if it says so."""

    provider: str
    transaction_id: str
    payment_id: str | None
    amount: int


class Provider(Protocol):
    """A payment provider."""

    @property
    def name(self) -> str:
        """The name in paths and account names."""

    def pay_url(self, payment_id: str, amount: Money) -> str:
        """Where the payer goes."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> PaidNotice:
        """The notice in a notification. Raises Problem `signature_invalid` (401), or `bad_request` (400) for a signed
        body that cannot be read."""
