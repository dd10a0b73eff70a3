"""Build a plan for a budget: the accounts with reasons, the effect of a tenth more, and the comparison with simpler choices."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.accounts.orderable_accounts import orderable
from chalicelib.accounts.records import AccountRecord
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.grading.model.forecast import in_force
from chalicelib.planning import audience_reach, candidates, plan_exclusions
from chalicelib.planning.account_selection import Choosing, Wish
from chalicelib.planning.audience_reach import Crowd, Reach
from chalicelib.planning.audience_sketches import Sketches
from chalicelib.planning.candidates import Listed
from chalicelib.planning.optimiser import Candidate, biggest, cheapest

COUNTED = ("reads", "interactions", "clicks")
OVERLAPS_SHOWN = 10


def build_plan(wish: Wish, advertiser_id: str, task: Mapping[str, Any]) -> dict[str, Any]:
    """The plan as JSON. `task` are the other fields of a task: with them the answer's `task` can be posted to /v1/tasks.

    Raises InvalidBody if the must-haves exceed the budget or `max_accounts`, what `ordering.orderable` raises for must-haves
    that take no orders, Problem `state_conflict` if nothing is known of one, `frequency_cap` if rule 13b leaves one out."""
    required = _required(wish)
    found = candidates.read(wish.kind, wish.filters, wish.budget)
    listed = {one.account_id: one for one in found.accounts if one.account_id not in wish.exclude}
    listed.update({one.account_id: one for one in required})
    choosing = Choosing(wish, listed, Sketches())
    worn = plan_exclusions.named_too_often(advertiser_id) & set(listed)
    choosing.leave_out(worn, "was asked often enough lately")
    choice, full = choosing.fitting()
    tenth = wish.budget + wish.budget // 10
    ids = [candidate.account_id for candidate in choice.chosen]
    richer_ids = [candidate.account_id for candidate in choosing.best(tenth).chosen]
    shares = choosing.shares(ids)
    worth, richer = sum(shares.values()), sum(choosing.shares(richer_ids).values())
    offers = choosing.offers.values()
    sizes = {account_id: one.followers for account_id, one in listed.items()}
    simple = {
        "cheapest": cheapest(offers, wish.budget, wish.max_accounts),
        "biggest": biggest(offers, sizes, wish.budget, wish.max_accounts),
    }
    reached = choosing.reach(ids)
    unique = sum(audience_reach.gains(reached).values())
    return {
        "goal": wish.goal,
        "kind": wish.kind,
        "budget": _money(wish.budget),
        "left": _money(wish.budget - choice.price),
        "accounts": [
            {**_line(listed[account_id]), "reasons": reasons}
            for account_id, reasons in zip(ids, _reasons(choice.chosen, shares, choosing), strict=True)
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
        "comparison": {name: _compared(others, worth, choosing) for name, others in simple.items()},
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


def _reasons(
    chosen: Sequence[Candidate], shares: Mapping[str, int], choosing: Choosing
) -> Iterable[list[dict[str, Any]]]:
    """Yield the reasons of each chosen account: a must-have; its worth per yuan compared with the candidates; its share of the
    goal."""
    rates = sorted(candidate.worth / candidate.price for candidate in choosing.offers.values())
    goal, worth = choosing.wish.goal, sum(shares.values())
    for candidate in chosen:
        rate = candidate.worth / candidate.price
        better = bisect_left(rates, rate) * 100 // len(rates)
        reasons: list[dict[str, Any]] = []
        if candidate.account_id in choosing.wish.must_have:
            reasons.append({"code": "must_have", "text": "You asked for it."})
        code = "best_value" if better >= 50 else "uses_the_rest"
        text = f"{rate * 100:,.1f} {choosing.counted} per {rules().currency}, more than {better} % of the candidates"
        if code == "uses_the_rest":
            text += "; among what fits beside the others it adds the most"
        reasons.append(
            {"code": code, "text": f"{text}.", "per_unit": round(rate * 100, 2), "better_than": better / 100}
        )
        adds = shares[candidate.account_id]
        share = adds / worth if worth else 0.0
        reasons.append({"code": "adds", "text": f"{share:.0%} of the plan's {goal}.", "worth": adds})
        yield reasons


def _audience(reached: Sequence[Reach]) -> dict[str, Any]:
    """How many different people follow the accounts whose audience is known, and which of these share followers."""
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
    sums: dict[str, int] = {name: sum(getattr(one.forecast, name).expected for one in chosen) for name in COUNTED}
    return {"accounts": len(chosen), "price": _money(price), **sums, **_costs(price, *sums.values())}


def _costs(price: int, reads: int, interactions: int, clicks: int) -> dict[str, Money | None]:
    """Return the price per 1,000 reads, per interaction and per click; None where none are expected."""
    return {
        "cpm": _money(price * 1_000 // reads) if reads else None,
        "cpe": _money(price // interactions) if interactions else None,
        "cpc": _money(price // clicks) if clicks else None,
    }


def _compared(others: Sequence[Candidate], worth: int, choosing: Choosing) -> dict[str, Any]:
    ids = [other.account_id for other in others]
    found = sum(choosing.shares(ids).values())
    unique = {"unique_reads": found} if choosing.wish.goal == "unique_reads" else {}
    return {**_totals([choosing.listed[account_id] for account_id in ids]), **unique, "plan_brings_more": worth - found}


def _money(amount: int) -> Money:
    return Money(amount, rules().currency)
