"""The platform's commission, which is part of every price (rule 11). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.core.money import share


@dataclass(frozen=True)
class PriceParts:
    """A price in minor units and its two parts: `net` for the creator, `commission` for the platform."""

    price: int
    net: int
    commission: int


def split_price(price: int, commission_bps: int) -> PriceParts:
    """Return the parts of a price (rule 11). The commission is rounded down to whole minor units; net + commission = price."""
    commission = share(price, commission_bps)
    return PriceParts(price, price - commission, commission)
