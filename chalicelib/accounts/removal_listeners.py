"""An account or an advertiser stops taking orders: its admission or certification is revoked, or the account changes its owner.

The package `tasks` ends the orders; it depends on this package, so app.py registers it as a listener (`when_removed`). The status
is written first, and from then on no offer can be accepted (orderable_accounts.require_taking). Nothing is lost if the process ends
before the orders do: a repeated request ends the rest, and an unanswered offer lapses at its `accept_by` without cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Cause = Literal["account_revoked", "advertiser_revoked", "owner_changed", "account_unbound"]


@dataclass(frozen=True)
class Removal:
    """The account (`account_id`, with its creator) or the advertiser that stops taking orders, and why. With `stop_accepted`,
    accepted orders that are not published end too."""

    cause: Cause
    account_id: str | None = None
    creator_id: str | None = None
    advertiser_id: str | None = None
    stop_accepted: bool = False


Listener = Callable[[Removal], None]
_listeners: list[Listener] = []


def when_removed(listener: Listener) -> None:
    """Register a listener that ends the orders of every removal."""
    _listeners.append(listener)


def publish(removal: Removal) -> None:
    """Call every listener with the removal."""
    for listener in _listeners:
        listener(removal)
