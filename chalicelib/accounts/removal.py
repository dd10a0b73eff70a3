"""An account or an advertiser stops taking orders: its admission or certification is revoked, or the account changes hands.

What follows for its orders is the business of tasks, which depend on accounts; app.py connects the two (`ended_by`). The status is
written first, and no offer can be accepted from then on (ordering.require_taking), so nothing is lost if the process ends before
the orders are: a repeat of the request ends the rest, and an unanswered offer lapses at its `accept_by` without cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Cause = Literal["account_revoked", "advertiser_revoked", "owner_changed", "account_unbound"]


@dataclass(frozen=True)
class Departure:
    """Who stops taking orders: a creator's account (`account_id`, `creator_id`), or an advertiser. `stop_accepted`: accepted orders
    that are not published end, too."""

    cause: Cause
    account_id: str | None = None
    creator_id: str | None = None
    advertiser_id: str | None = None
    stop_accepted: bool = False


Listener = Callable[[Departure], None]
_listeners: list[Listener] = []


def ended_by(listener: Listener) -> None:
    """Let `listener` end the orders of every departure."""
    _listeners.append(listener)


def announce(departure: Departure) -> None:
    """End the orders that the departure ends."""
    for listener in _listeners:
        listener(departure)
