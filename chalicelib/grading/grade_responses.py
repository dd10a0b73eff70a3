"""Build the responses about the grade of an account and its changes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, cast

from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.grading import response_types, stored_needs, track_record_store
from chalicelib.grading.comparison_groups import scored_with
from chalicelib.grading.grade_explanation import explain
from chalicelib.grading.model.account_figures import StoredBand
from chalicelib.grading.model.advised_price import Paid, per_thousand_reads
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.factors import PPM
from chalicelib.grading.model.grade import Grade, grade, percentile_among, percentile_in_category
from chalicelib.grading.model.methodology import FittedPrice, Methodology, grade_name, in_force, published
from chalicelib.grading.model.rising import RisingPrice
from chalicelib.grading.records import GradeChange, GradedAccount

ORDERS_SHOWN, ORDERS_EXAMINED = 20, 200
"""Settled orders in a response, and how many of the newest orders are searched for them."""


def current_grade(account: GradedAccount) -> Grade:
    """Return the account's present grade with everything it rests on, computed from the stored evidence."""
    methodology = published(account.methodology_version) or in_force()
    return grade(Evidence.from_json(account.evidence), methodology, account.counted_category, account.grade)


def ungraded_response(account_id: str) -> response_types.AccountGrade:
    """Return the response for an account without a grade."""
    return {
        "account_id": account_id,
        "grade": None,
        "score": None,
        "percentile_in_category": None,
        "percentile_among": None,
        "factors": [],
        "next": None,
        "advised_price": None,
    }


def grade_response(account: GradedAccount, graded: Grade) -> response_types.AccountGrade:
    """Return the response for an account with the grade `graded`."""
    evidence = graded.evidence
    percentile = percentile_in_category(graded)
    return {
        "account_id": account.pk,
        "category": graded.category,
        **explain(graded, stored_needs.read(account, graded)),
        "percentile_in_category": None if percentile is None else percentile * 100 / PPM,
        "percentile_among": percentile_among(graded),
        "percentile_compared_with": scored_with(graded),
        "graded_at": clock.parse(account.graded_at),
        "evidence": evidence.as_json(),
        "advised_price": prices_response(account.advised, evidence.paid_orders or 0),
        "price_per_1000_reads": {
            "post": _per_thousand_reads(account.advised["post"], evidence),
            "repost": _per_thousand_reads(account.advised["repost"], evidence),
        },
        "price_model": _price_model(graded.methodology, evidence),
        "settled_orders": _settled_orders(account) if account.traded_on else [],
    }


def grade_change_response(change: GradeChange) -> response_types.GradeChange:
    """Return a change of the grade with its cause and its evidence."""
    return {
        "at": clock.parse(change.at),
        "cause": change.cause,
        "grade": grade_name(change.grade),
        "previous": None if change.previous is None else grade_name(change.previous),
        "score": float(change.score),
        "methodology_version": change.methodology_version,
        "evidence": change.evidence,
        "advised_price": prices_response(change.advised_prices, change.evidence.get("paid_orders", 0)),
    }


def prices_response(advised: Mapping[Kind, StoredBand], comparables: int) -> response_types.GradedPrices:
    """Return advised prices as money. `comparables` is the number of orders paid in full that they rest on besides the model."""
    return {"post": _price(advised["post"], comparables), "repost": _price(advised["repost"], comparables)}


def _price(band: StoredBand, comparables: int) -> response_types.GradedPrice:
    return {
        "low": _money(band["low"]),
        "mid": _money(band["mid"]),
        "high": _money(band["high"]),
        "comparables": comparables,
    }


def _price_model(methodology: Methodology, evidence: Evidence) -> response_types.PriceModel:
    measures = methodology.document.get("measures", {})
    prior = methodology.price.prior_orders if isinstance(methodology.price, (FittedPrice, RisingPrice)) else None
    paid = Paid.of(evidence)
    return {
        "median_error": measures.get("repost_price_median_absolute_error"),
        "within_factor_2": measures.get("repost_price_within_factor_2"),
        "measured_against": _measured_against(measures),
        "paid": None
        if not paid.orders or prior is None
        else {
            "ratio": paid.ratio_bps / 10_000,
            "orders": paid.orders,
            "advertisers": paid.advertisers,
            "weight": round(paid.advertisers / (paid.advertisers + prior), 4),
        },
    }


def _measured_against(measures: Mapping[str, Any]) -> str | None:
    """Return the prices that the error was measured against; None in a version without measures."""
    if "repost_price_median_absolute_error" not in measures:
        return None
    return f"the asked repost prices of {measures.get('repost_price_rows', 9_505):,} accounts on Weibo's Micro-task, 22 Nov 2017"


def _per_thousand_reads(band: StoredBand, evidence: Evidence) -> Money | None:
    """Return the price of 1,000 reads at the advised mid price; None if reads are unknown or not confirmed."""
    price = per_thousand_reads(int(band["mid"]), evidence)
    return None if price is None else _money(price)


def _settled_orders(account: GradedAccount) -> list[response_types.SettledOrder]:
    """Return the newest orders paid in full, without names."""
    newest = track_record_store.newest(account.pk, clock.now(), ORDERS_EXAMINED)
    return [
        {
            "kind": cast("Kind", entry.kind),
            "price": _money(entry.paid),
            "modelled": _money(entry.advised) if entry.advised else None,
            "ended_at": clock.parse(entry.sk.split("#")[1]),
        }
        for entry in islice((entry for entry in newest if entry.paid), ORDERS_SHOWN)
    ]


def _money(amount: float) -> Money:
    return Money(int(amount), rules().currency)
