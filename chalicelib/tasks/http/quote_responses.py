"""The responses about quotes (api.md): their types, and a function that builds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import Money, TypedDict
from chalicelib.tasks.http.response_parts import PriceSplit, money, price_response
from chalicelib.tasks.records.task_lines import Line


class QuoteLine(PriceSplit):
    """The price of one order."""

    account_id: str
    handle: str
    price_source: Literal["own", "advised"]


class Quote(TypedDict):
    """The prices of orders now."""

    kind: Kind
    lines: list[QuoteLine]
    commission: Money
    net: Money
    total: Money


def quote_response(kind: Kind, lines: Iterable[Line]) -> Quote:
    """Return the response of POST /v1/quotes."""
    lines = list(lines)
    return {
        "kind": kind,
        "lines": [
            {
                "account_id": line.account_id,
                "handle": line.handle,
                "price_source": "own" if line.price_source == "own" else "advised",
                **price_response(line.price_parts),
            }
            for line in lines
        ],
        "commission": money(sum(line.commission for line in lines)),
        "net": money(sum(line.price_parts.net for line in lines)),
        "total": money(sum(line.price for line in lines)),
    }
