"""A plan for a budget: which accounts, why each, what a tenth more would add, and what simpler choices would bring."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from chalicelib.accounts.ordering import orderable
from chalicelib.accounts.prices import Kind
from chalicelib.accounts.records import AccountRecord
from chalicelib.discovery import candidates, caps
from chalicelib.discovery.candidates import Filters, Listed
from chalicelib.discovery.caps import Window
from chalicelib.discovery.forecast import in_force
from chalicelib.discovery.planner import Candidate, Choice, biggest, cheapest, plan
from chalicelib.errors import Fault, InvalidBody, Problem
from chalicelib.money import Money
from chalicelib.settings import rules

Goal = Literal["reads", "interactions", "clicks"]
GOALS: tuple[Goal, ...] = ("reads", "interactions", "clicks")
ROUNDS = 5
"""How often a plan is made again without accounts that turn out to have no place in the window."""


@dataclass(frozen=True)
class Wish:
    """What the advertiser wants: at most `budget` fen and `max_accounts` accounts, `must_have` among them, none of `exclude`."""

    budget: int
    goal: Goal
    kind: Kind
    max_accounts: int
    filters: Filters = field(default_factory=Filters)
    must_have: tuple[str, ...] = ()
    exclude: frozenset[str] = frozenset()
    window: Window | None = None


def planned(wish: Wish, advertiser_id: str, task: Mapping[str, Any]) -> dict[str, Any]:
    """The plan as JSON. `task` are the other fields of a task: with them the answer's `task` can be posted to /v1/tasks.

    Raises InvalidBody if the must-haves exceed the budget or `max_accounts`, what `ordering.orderable` raises for must-haves
    that take no orders, Problem `state_conflict` if nothing is known of one, `frequency_cap` if rule 13b leaves one out."""
    required = _required(wish)
    found = candidates.read(wish.kind, wish.filters, wish.budget)
    listed = {one.account_id: one for one in found.accounts if one.account_id not in wish.exclude}
    listed.update({one.account_id: one for one in required})
    worn = caps.worn(advertiser_id) & set(listed)
    _require_uncapped(wish, worn, "was asked often enough lately")
    offers = {account_id: _candidate(one, wish.goal) for account_id, one in listed.items() if account_id not in worn}
    choice, full = _fitting(wish, offers)
    must_have = [offers[account_id] for account_id in wish.must_have]
    tenth = wish.budget + wish.budget // 10
    richer = plan(offers.values(), tenth, wish.max_accounts, must_have)
    sizes = {account_id: one.followers for account_id, one in listed.items()}
    ids = [candidate.account_id for candidate in choice.chosen]
    now, later = set(ids), {candidate.account_id for candidate in richer.chosen}
    return {
        "goal": wish.goal,
        "kind": wish.kind,
        "budget": _money(wish.budget),
        "left": _money(wish.budget - choice.price),
        "accounts": [
            {**_line(listed[account_id]), "reasons": reasons}
            for account_id, reasons in zip(ids, _reasons(choice, wish, offers.values()), strict=True)
        ],
        "totals": _totals([listed[account_id] for account_id in ids]),
        "share_of_best": round(choice.worth / choice.bound, 4) if choice.bound else 1.0,
        "next_tenth": {
            "budget": _money(tenth),
            "adds": max(0, richer.worth - choice.worth),
            "takes": sorted(later - now) if richer.worth > choice.worth else [],
            "drops": sorted(now - later) if richer.worth > choice.worth else [],
        },
        "comparison": {
            "cheapest": _compared(cheapest(offers.values(), wish.budget, wish.max_accounts), listed, choice, wish.goal),
            "biggest": _compared(
                biggest(offers.values(), sizes, wish.budget, wish.max_accounts), listed, choice, wish.goal
            ),
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


def _fitting(wish: Wish, offers: dict[str, Candidate]) -> tuple[Choice, frozenset[str]]:
    """The plan, and the accounts it does without because they have no place in the window; they are taken out of `offers`.

    Only chosen accounts are looked up, so it is planned again without those that are full, at most ROUNDS times."""
    gone: frozenset[str] = frozenset()
    for _ in range(ROUNDS):
        must_have = [offers[account_id] for account_id in wish.must_have]
        choice = plan(offers.values(), wish.budget, wish.max_accounts, must_have)
        full = caps.full((candidate.account_id for candidate in choice.chosen), wish.window)
        _require_uncapped(wish, full, "has no place for a post in this window")
        if not full:
            return choice, gone
        gone |= full
        for account_id in full:
            del offers[account_id]
    kept = tuple(candidate for candidate in choice.chosen if candidate.account_id not in gone)
    return Choice(kept, choice.bound), gone


def _require_uncapped(wish: Wish, capped: frozenset[str], why: str) -> None:
    faults = [
        Fault(f"/must_have/{place}", "frequency_cap", f"{account_id} {why}.")
        for place, account_id in enumerate(wish.must_have)
        if account_id in capped
    ]
    if faults:
        raise Problem("frequency_cap", "; ".join(fault.message for fault in faults[:3]), faults=faults)


def _required(wish: Wish) -> list[Listed]:
    if not wish.must_have:
        return []
    if len(wish.must_have) > wish.max_accounts:
        raise InvalidBody(Fault("/must_have", "too_many", f"At most {wish.max_accounts} accounts are wanted."))
    offers = orderable(wish.must_have, wish.kind, "/must_have")
    above = sum(offer.price for offer in offers) - wish.budget
    if above > 0:
        raise InvalidBody(Fault("/must_have", "above_budget", f"They cost {_money(above)} more than the budget."))
    records = {one.pk: one for one in AccountRecord.batch_get([(name, "account") for name in wish.must_have])}
    known = [candidates.of_record(records[offer.account_id], offer.price, wish.kind) for offer in offers]
    unknown = [
        Fault(f"/must_have/{i}", "no_figures", "Nothing is known of it.") for i, one in enumerate(known) if not one
    ]
    if unknown:
        raise Problem("state_conflict", "Nothing is known yet of what an account's posts bring.", faults=unknown)
    return [one for one in known if one is not None]


def _candidate(one: Listed, goal: Goal) -> Candidate:
    return Candidate(one.account_id, one.price, getattr(one.forecast, goal).expected)


def _reasons(choice: Choice, wish: Wish, offers: Iterable[Candidate]) -> list[list[dict[str, Any]]]:
    """Why each chosen account: asked for; how its worth per yuan compares; or that it is the best use of what was left."""
    rates = sorted(candidate.worth / candidate.price for candidate in offers)
    given = []
    for candidate in choice.chosen:
        rate = candidate.worth / candidate.price
        better = bisect_left(rates, rate) * 100 // len(rates)
        reasons: list[dict[str, Any]] = []
        if candidate.account_id in wish.must_have:
            reasons.append({"code": "must_have", "text": "You asked for it."})
        code = "best_value" if better >= 50 else "uses_the_rest"
        text = f"{rate * 100:,.1f} {wish.goal} per {rules().currency}, more than {better} % of the candidates"
        if code == "uses_the_rest":
            text += "; among what fits beside the others it adds the most"
        reasons.append(
            {"code": code, "text": f"{text}.", "per_unit": round(rate * 100, 2), "better_than": better / 100}
        )
        share = candidate.worth / choice.worth if choice.worth else 0.0
        reasons.append({"code": "adds", "text": f"{share:.0%} of the plan's {wish.goal}.", "worth": candidate.worth})
        given.append(reasons)
    return given


def _line(one: Listed) -> dict[str, Any]:
    return {
        "account_id": one.account_id,
        "handle": one.handle,
        "category": one.category,
        "grade": one.grade,
        "followers": one.followers,
        "figures_as_of": one.as_of,
        "price": _money(one.price),
        "forecast": one.forecast.as_json(),
        **_costs(
            one.price, one.forecast.reads.expected, one.forecast.interactions.expected, one.forecast.clicks.expected
        ),
    }


def _totals(chosen: Sequence[Listed]) -> dict[str, Any]:
    price = sum(one.price for one in chosen)
    sums: dict[str, int] = {goal: sum(getattr(one.forecast, goal).expected for one in chosen) for goal in GOALS}
    return {"accounts": len(chosen), "price": _money(price), **sums, **_costs(price, *sums.values())}


def _costs(price: int, reads: int, interactions: int, clicks: int) -> dict[str, Money | None]:
    """Price per 1,000 reads, per interaction, per click; None where none are expected."""
    return {
        "cpm": _money(price * 1_000 // reads) if reads else None,
        "cpe": _money(price // interactions) if interactions else None,
        "cpc": _money(price // clicks) if clicks else None,
    }


def _compared(others: Sequence[Candidate], listed: Mapping[str, Listed], choice: Choice, goal: Goal) -> dict[str, Any]:
    totals = _totals([listed[other.account_id] for other in others])
    return {**totals, "plan_brings_more": choice.worth - totals[goal]}


def _money(amount: int) -> Money:
    return Money(amount, rules().currency)
