"""The history of an account's grade, as clients see it."""

from __future__ import annotations

from typing import Any

from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.grading.records import GradeChange
from chalicelib.store import Page, read_page


def changes(account_id: str, limit: int, after: dict[str, Any] | None) -> Page[GradeChange]:
    """Every change of the grade, newest first, read consistently."""
    return read_page(
        GradeChange,
        account_id,
        limit=limit,
        range_condition=GradeChange.sk.startswith("grade#"),
        after=after,
        consistent=True,
    )


def present(change: GradeChange) -> dict[str, Any]:
    """A change with its cause and the evidence that it rests on."""
    return {
        "at": clock.parse(change.at),
        "cause": change.cause,
        "grade": change.grade,
        "previous": change.previous,
        "score": float(change.score),
        "methodology_version": change.methodology_version,
        "evidence": change.evidence,
        "advised_price": priced(change.advised_prices, change.evidence.get("paid_orders", 0)),
    }


def priced(advised: dict[str, dict[str, int]], comparables: int) -> dict[str, Any]:
    """Advised prices as money; `comparables` is how many orders that were paid in full they rest on besides the model."""
    currency = rules().currency
    return {
        kind: {
            **{name: Money(int(band[name]), currency) for name in ("low", "mid", "high")},
            "comparables": comparables,
        }
        for kind, band in advised.items()
    }
