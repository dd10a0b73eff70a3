"""Money: an integer number of minor units and a currency. The market uses neither float nor Decimal for amounts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.core.regions.currencies import minor_units, per_unit

_DECIMAL = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,3}))?", re.ASCII)


@dataclass(frozen=True, order=True)
class Money:
    """`amount` minor units of `currency` (ISO 4217): fen, cents, yen, fils."""

    amount: int
    currency: str

    def __str__(self) -> str:
        """Return `1,234,567.89 CNY`, `1,234 JPY` or `1.234 KWD`."""
        return f"{self.grouped} {self.currency}"

    @property
    def grouped(self) -> str:
        """The amount in units with separators: `3,070.00`."""
        return self._text(",")

    @property
    def decimal(self) -> str:
        """The amount in units without separators: 307000 fen are `3070.00`."""
        return self._text("")

    def as_json(self) -> dict[str, int | str]:
        """Return `{"amount": 500000, "currency": "CNY"}`."""
        return {"amount": self.amount, "currency": self.currency}

    def _text(self, separator: str) -> str:
        digits = minor_units(self.currency)
        units, rest = divmod(abs(self.amount), per_unit(self.currency))
        grouped = f"{units:,}".replace(",", separator)
        return f"{'-' if self.amount < 0 else ''}{grouped}" + (f".{rest:0{digits}d}" if digits else "")


def read_decimal(text: str, currency: str) -> Money:
    """Return the money of a text in units without separators, such as `3070`, `3070.5` or `-3070.00`. Raise ValueError for another
    text and for more decimals than the currency has."""
    found = _DECIMAL.fullmatch(text)
    digits = minor_units(currency)
    if found is None or len(found[3] or "") > digits:
        raise ValueError(f"{text!r} is not an amount in {currency} with at most {digits} decimals")
    amount = int(found[2]) * per_unit(currency) + int((found[3] or "").ljust(digits, "0") or "0")
    return Money(-amount if found[1] else amount, currency)


def share(amount: int, basis_points: int) -> int:
    """Return `basis_points` / 10,000 of `amount`, rounded down to whole minor units, so that no share gains by rounding."""
    return amount * basis_points // 10_000
