"""Money as pages show it, in the locale of the region: `¥3,070.00`, `$30.70`, `30,70 €`.

Patterns and symbols are data, `money_formats.generated.json`, written by infra/generated_lists.py from Unicode's CLDR as the
library Babel has it: Babel itself is 36 MB and takes 0.2 s for its first amount."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TypedDict

from chalicelib.core.money import Money
from chalicelib.core.regions.region import region

FILE = Path(__file__).with_name("money_formats.generated.json")


class Format(TypedDict):
    """The format of a locale: the text around the number, its separators, and the symbols of currencies other than their codes."""

    prefix: str
    suffix: str
    decimal: str
    group: str
    symbols: dict[str, str]


def money_text(money: Money, *, short: bool = False, locale: str | None = None) -> str:
    """Return money in the region's locale, or in another one; `short`: without decimals if they are zeros."""
    form = formats()[locale or region().locale]
    units, _, decimals = Money(abs(money.amount), money.currency).decimal.partition(".")
    number = f"{int(units):,}".replace(",", form["group"])
    if decimals and not (short and int(decimals) == 0):
        number += form["decimal"] + decimals
    symbol = form["symbols"].get(money.currency, money.currency)
    if symbol.isalpha() and form["prefix"] == "¤":
        symbol += "\u00a0"  # as CLDR separates letters from digits
    sign = "-" if money.amount < 0 else ""
    return f"{sign}{form['prefix'].replace('¤', symbol)}{number}{form['suffix'].replace('¤', symbol)}"


@cache
def formats() -> dict[str, Format]:
    """Return the formats by locale."""
    document: dict[str, dict[str, Format]] = json.loads(FILE.read_text("utf-8"))
    return document["locales"]
