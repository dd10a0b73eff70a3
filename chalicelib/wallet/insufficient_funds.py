"""The refusal of a movement that the available balance does not cover."""

from __future__ import annotations

from chalicelib.core.errors import Problem
from chalicelib.core.money import Money


class InsufficientFunds(Problem):
    """402 `insufficient_funds` with `available`, the balance, and `needed`, the amount of the movement."""

    def __init__(self, available: Money, needed: Money) -> None:
        super().__init__(
            "insufficient_funds",
            f"{needed} is needed and {available} is available.",
            available=available,
            needed=needed,
        )
