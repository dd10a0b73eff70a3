"""Advised prices in the market's currency. Pure.

Methodologies are fitted to asked prices in yuan. A market of another currency multiplies them by its rule `advice_ppm`, an exchange
rate, and rounds them as people quote prices. That is an orientation until the market fits a methodology of its own."""

from __future__ import annotations

from chalicelib.core.regions.currencies import per_unit
from chalicelib.core.rules import rules
from chalicelib.grading.model.advised_price import Band, Paid, advised
from chalicelib.grading.model.grade import Grade

_FITTED = "CNY"
_PPM = 1_000_000


def market_prices(graded: Grade, category: str | None, paid: Paid | None = None) -> dict[str, Band]:
    """Return `{"post": Band, "repost": Band}` as `advised` does, in minor units of the market's currency."""
    bands = advised(graded, category, paid)
    return {kind: Band(*map(in_market_currency, band)) for kind, band in bands.items()}


def in_market_currency(fen: int) -> int:
    """Return an advised price in minor units of the market's currency."""
    currency, ppm = rules().currency, rules().advice_ppm
    return fen if (currency, ppm) == (_FITTED, _PPM) else converted(fen, ppm, currency)


def converted(fen: int, ppm: int, currency: str) -> int:
    """Return a price in minor units of a currency, of which `ppm` units are a million yuan. It is rounded down as prices in yuan
    are: to whole units below 100, to tens below 1,000, to hundreds above; at least one unit. Never falls as `fen` rises."""
    unit = per_unit(currency)
    amount = fen * ppm * unit // (per_unit(_FITTED) * _PPM)
    step = unit if amount < 100 * unit else 10 * unit if amount < 1_000 * unit else 100 * unit
    return max(unit, amount // step * step)
