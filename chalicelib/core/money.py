"""Money: an integer number of minor units and a currency. The market uses neither float nor Decimal for amounts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Money:
    """`amount` minor units (fen) of `currency` (ISO 4217)."""

    amount: int
    currency: str = "CNY"

    def __str__(self) -> str:
        sign, units = ("-" if self.amount < 0 else ""), abs(self.amount)
        return f"{sign}{units // 100:,}.{units % 100:02d} {self.currency}"

    def as_json(self) -> dict[str, int | str]:
        """Return `{"amount": 500000, "currency": "CNY"}`."""
        return {"amount": self.amount, "currency": self.currency}


def share(amount: int, basis_points: int) -> int:
    """Return `basis_points` / 10,000 of `amount`, rounded down to whole minor units, so that no share gains by rounding."""
    return amount * basis_points // 10_000
