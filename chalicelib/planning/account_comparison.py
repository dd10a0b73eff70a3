"""Forecast one order of an account, and compare accounts for it: factors of the grade, price, forecast and costs."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.accounts.records import AccountRecord
from chalicelib.accounts.valuation.effective_prices import effective
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.money import Money
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.grading.grade_explanation import explain
from chalicelib.grading.grade_responses import current_grade
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.forecast import Forecast, forecast
from chalicelib.grading.response_types import Factor
from chalicelib.planning.http import response_types
from chalicelib.planning.plan_building import forecast_response
from chalicelib.tasks.model.commission import split_price


def accounts_of(account_ids: Sequence[str]) -> list[AccountRecord]:
    """Return the accounts in this order, each once. Raise Problem `not_found` if one of them does not exist."""
    ids = list(dict.fromkeys(account_ids))
    found = {record.pk: record for record in AccountRecord.batch_get([(one, "account") for one in ids])}
    if len(found) < len(ids):
        raise not_found("account")
    return [found[one] for one in ids]


def account_forecast(account: AccountRecord, kind: Kind) -> Forecast:
    """Return the forecast of one order of the account. Raise Problem `state_conflict` for an account without figures."""
    if account.evidence is None:
        raise Problem("state_conflict", "The account has no figures yet.")
    return forecast(Evidence.from_json(account.evidence), account.category, account.grade, kind)


def compare(account: AccountRecord, kind: Kind) -> response_types.ComparedFigures:
    """Return the figures of the account in a comparison. Nothing is read."""
    found = effective(account.own_price(kind), account.advice(kind))
    price = None if found is None else int(found[0])
    expected = None if account.evidence is None else account_forecast(account, kind)
    reads, interactions, clicks = (
        (expected.reads.expected, expected.interactions.expected, expected.clicks.expected) if expected else (0, 0, 0)
    )
    return {
        "factors": _factors(account),
        "price": None if price is None else _money(price),
        "commission": None if price is None else _money(split_price(price, rules().commission_bps).commission),
        "forecast": None if expected is None else forecast_response(expected),
        "cpm": _cost(price, reads, 1_000),
        "cpe": _cost(price, interactions),
        "cpc": _cost(price, clicks),
    }


def _factors(account: AccountRecord) -> list[Factor]:
    if account.grade is None:
        return []
    return explain(current_grade(account), needed=[])["factors"]  # the next grade is not shown


def _cost(price: int | None, number: int, per: int = 1) -> Money | None:
    """Return the price of `per` of them; None without a price, or if none are expected."""
    return None if price is None or not number else _money(price * per // number)


def _money(amount: int) -> Money:
    return Money(amount, rules().currency)
