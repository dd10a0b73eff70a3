"""Build a plan for a budget: the accounts with reasons, the effect of a tenth more, and the comparison with simpler choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.accounts.orderable_accounts import orderable
from chalicelib.accounts.records import AccountRecord
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.grading.model.forecast import CONFIDENCE, Forecast, Range, in_force
from chalicelib.grading.model.methodology import grade_name
from chalicelib.planning import audience_reach, plan_candidates, plan_exclusions
from chalicelib.planning.account_selection import Choosing, Wish
from chalicelib.planning.audience_reach import Crowd, Reach
from chalicelib.planning.audience_sketches import Sketches
from chalicelib.planning.budget_knapsack import Candidate, biggest, cheapest
from chalicelib.planning.http import response_types
from chalicelib.planning.plan_candidates import Listed
from chalicelib.planning.selection_reasons import selection_reasons

OVERLAPS_SHOWN = 10


def build_plan(wish: Wish, advertiser_id: str, task: Mapping[str, Any]) -> response_types.PlanContent:
    """Build the plan. `task` has the other fields of a task: with them the plan's `task` can be posted to /v1/tasks.

    Raise InvalidBody if the must-haves exceed the budget or `max_accounts`, what `orderable_accounts.orderable` raises for
    must-haves that take no orders, Problem `state_conflict` if one has no figures, `frequency_cap` if rules 13 and 13b exclude
    one."""
    required = _required(wish)
    found = plan_candidates.read(wish.kind, wish.filters, wish.budget)
    listed = {one.account_id: one for one in found.accounts if one.account_id not in wish.exclude}
    listed.update({one.account_id: one for one in required})
    choosing = Choosing(wish, listed, Sketches())
    worn = plan_exclusions.named_too_often(advertiser_id) & set(listed)
    choosing.leave_out(worn, "is named by as many recent tasks as a plan allows")
    choice, full = choosing.fitting()
    tenth = wish.budget + wish.budget // 10
    ids = [candidate.account_id for candidate in choice.chosen]
    richer_ids = [candidate.account_id for candidate in choosing.best(tenth).chosen]
    shares = choosing.shares(ids)
    worth, richer = sum(shares.values()), sum(choosing.shares(richer_ids).values())
    offers = choosing.offers.values()
    sizes = {account_id: one.followers for account_id, one in listed.items()}
    cheapest_first = cheapest(offers, wish.budget, wish.max_accounts)
    biggest_first = biggest(offers, sizes, wish.budget, wish.max_accounts)
    reached = choosing.reach(ids)
    unique = sum(audience_reach.gains(reached).values())
    return {
        "goal": wish.goal,
        "kind": wish.kind,
        "budget": _money(wish.budget),
        "left": _money(wish.budget - choice.price),
        "accounts": [
            _planned_account(listed[account_id], reasons)
            for account_id, reasons in zip(ids, selection_reasons(choice.chosen, shares, choosing), strict=True)
        ],
        "totals": {**_totals([listed[account_id] for account_id in ids]), "unique_reads": unique},
        "audience": _audience(reached),
        "share_of_best": round(worth / choice.bound, 4) if choice.bound else 1.0,
        "next_tenth": {
            "budget": _money(tenth),
            "adds": max(0, richer - worth),
            "takes": sorted(set(richer_ids) - set(ids)) if richer > worth else [],
            "drops": sorted(set(ids) - set(richer_ids)) if richer > worth else [],
        },
        "comparison": {
            "cheapest": _compared(cheapest_first, worth, choosing),
            "biggest": _compared(biggest_first, worth, choosing),
        },
        "candidates": len(offers),
        "left_out": {"repeats": len(worn), "frequency_cap": len(full)},
        "rests_on": {
            "forecast_version": in_force()["version"],
            "figures_from": min((listed[account_id].as_of for account_id in ids), default=None),
        },
        "examined": found.examined,
        "more_exist": found.more,
        "task": {**task, "kind": wish.kind, "account_ids": ids, "max_total": _money(choice.price)},
    }


def _required(wish: Wish) -> list[Listed]:
    if not wish.must_have:
        return []
    if len(wish.must_have) > wish.max_accounts:
        raise InvalidBody(Fault("/must_have", "too_many", f"max_accounts is {wish.max_accounts}."))
    offers = orderable(wish.must_have, wish.kind, "/must_have")
    above = sum(offer.price for offer in offers) - wish.budget
    if above > 0:
        raise InvalidBody(Fault("/must_have", "above_budget", f"They cost {_money(above)} more than the budget."))
    records = {one.pk: one for one in AccountRecord.batch_get([(name, "account") for name in wish.must_have])}
    known = [plan_candidates.of_record(records[offer.account_id], offer.price, wish.kind) for offer in offers]
    unknown = [
        Fault(f"/must_have/{i}", "no_figures", "The account has no figures.") for i, one in enumerate(known) if not one
    ]
    if unknown:
        raise Problem("state_conflict", "A must-have has no figures yet.", faults=unknown)
    return [one for one in known if one is not None]


def _audience(reached: Sequence[Reach]) -> response_types.PlanAudience:
    """Return the number of different people who follow the accounts with a known audience, and the pairs that share followers."""
    crowd = Crowd()
    audience_reach.gains(reached, crowd)
    shared = audience_reach.overlaps(reached)[:OVERLAPS_SHOWN]
    known = sum(one.sketch is not None for one in reached)
    return {
        "known": known,
        "unknown": len(reached) - known,
        "followers": round(sum(one.audience for one in reached)),
        "unique_followers": round(crowd.people),
        "overlaps": [
            {"account_ids": list(pair.account_ids), "people": pair.people, "share_of_smaller": pair.share}
            for pair in shared
        ],
        "standard_error": round(audience_reach.ERROR, 4),
    }


def _planned_account(one: Listed, reasons: list[response_types.PlanReason]) -> response_types.PlannedAccount:
    forecast = one.forecast
    expected = (forecast.reads.expected, forecast.interactions.expected, forecast.clicks.expected)
    return {
        "account_id": one.account_id,
        "handle": one.handle,
        "category": one.category,
        "grade": None if one.grade is None else grade_name(one.grade),
        "followers": one.followers,
        "figures_as_of": one.as_of,
        "price": _money(one.price),
        "forecast": forecast_response(forecast),
        "cpm": _cost(one.price * 1_000, expected[0]),
        "cpe": _cost(one.price, expected[1]),
        "cpc": _cost(one.price, expected[2]),
        "reasons": reasons,
    }


def forecast_response(forecast: Forecast) -> response_types.Forecast:
    """Return the forecast of one order."""
    return {
        "reads": _interval(forecast.reads),
        "interactions": _interval(forecast.interactions),
        "clicks": _interval(forecast.clicks),
        "confidence": CONFIDENCE,
        "model_version": forecast.version,
    }


def _interval(found: Range) -> response_types.Interval:
    return {"low": found.low, "expected": found.expected, "high": found.high, "basis": found.basis}


def _totals(chosen: Sequence[Listed]) -> response_types.PlanTotals:
    price = sum(one.price for one in chosen)
    reads = sum(one.forecast.reads.expected for one in chosen)
    interactions = sum(one.forecast.interactions.expected for one in chosen)
    clicks = sum(one.forecast.clicks.expected for one in chosen)
    return {
        "accounts": len(chosen),
        "price": _money(price),
        "reads": reads,
        "interactions": interactions,
        "clicks": clicks,
        "cpm": _cost(price * 1_000, reads),
        "cpe": _cost(price, interactions),
        "cpc": _cost(price, clicks),
    }


def _cost(price: int, number: int) -> Money | None:
    """Return the price of one; None if none are expected."""
    return _money(price // number) if number else None


def _compared(others: Sequence[Candidate], worth: int, choosing: Choosing) -> response_types.PlanAlternative:
    ids = [other.account_id for other in others]
    found = sum(choosing.shares(ids).values())
    compared: response_types.PlanAlternative = {
        **_totals([choosing.listed[account_id] for account_id in ids]),
        "plan_brings_more": worth - found,
    }
    if choosing.wish.goal == "unique_reads":
        compared["unique_reads"] = found
    return compared


def _money(amount: int) -> Money:
    return Money(amount, rules().currency)
