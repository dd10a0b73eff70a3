"""Parts that several responses have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.tasks.model.commission import PriceParts
from chalicelib.tasks.model.timers import Timer

HELD = frozenset({"pending", "offered", "accepted", "published", "disputed"})
"""Statuses of an order whose price is still held."""


def with_moments(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**entry, "at": clock.parse(entry["at"])} for entry in entries]


def timers_response(timers: Iterable[Timer]) -> list[dict[str, Any]]:
    return [{"name": timer.name, "at": timer.at, "default_outcome": timer.default_outcome} for timer in timers]


def price_parts(parts: PriceParts) -> dict[str, Money]:
    return {"price": money(parts.price), "commission": money(parts.commission), "net": money(parts.net)}


def money(amount: int) -> Money:
    return Money(amount, rules().currency)
