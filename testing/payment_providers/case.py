"""The interface between the conformance suite and a provider: the other side of its adapter."""

from __future__ import annotations

import os
from typing import Any, Protocol

import pytest

from chalicelib.core import aws
from chalicelib.core.regions.region import region
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings

Message = tuple[dict[str, str], bytes]
"""Headers and body of a notification."""


class ProviderCase(Protocol):
    """A provider with its double."""

    name: str
    can_lose: bool
    """True if the double loses responses of the provider's API; the sandbox has none."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        """Turn the provider on for this process."""

    def close(self) -> None:
        """Stop the double."""

    def paid(self, topup: dict[str, Any], amount: int) -> Message:
        """Pay `amount` for a started top-up. Return the notification."""

    def reversed(self, topup: dict[str, Any], amount: int) -> Message:
        """Refund `amount` of the payment of a top-up. Return the notification."""

    def forged(self, message: Message) -> Message:
        """Return the notification with the signature of a stranger."""

    def payee(self, creator: Any) -> dict[str, Any]:
        """Make a creator ready to be paid. Return the members of a withdrawal that name the payee."""

    def decline(self, on: bool) -> None:
        """Decline payouts for lack of money, or accept them again."""

    def lose(self, on: bool) -> None:
        """Lose the response to the request that pays, or answer it again."""

    def deliver(self) -> None:
        """Let the payouts under way arrive."""

    def payouts(self) -> int:
        """Return how many payouts the provider has made."""


def forget(patch: pytest.MonkeyPatch, *more: Any, **switches: str) -> None:
    """Set the switches of a stage, and empty the caches that depend on them."""
    for name, value in switches.items():
        patch.setenv(name.upper(), value)
    for cached in (region, settings, rules, aws.secret, *more):
        cached.cache_clear()


def store_secret(variable: str, text: str) -> None:
    """Create the operator's secret whose name is in this variable."""
    aws.client("secretsmanager").create_secret(Name=os.environ[variable], SecretString=text)
