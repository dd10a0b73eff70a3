"""Select the accounts of a plan: by expected results, or by the different people they reach together, within the frequency caps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.core.errors import Fault, Problem
from chalicelib.core.order_kinds import Kind
from chalicelib.planning import audience_reach, plan_exclusions
from chalicelib.planning.audience_reach import Reach
from chalicelib.planning.audience_sketches import Sketches
from chalicelib.planning.budget_knapsack import Candidate, Choice, plan
from chalicelib.planning.plan_candidates import Filters, Listed
from chalicelib.planning.plan_exclusions import Window

Goal = Literal["reads", "interactions", "clicks", "unique_reads"]
ROUNDS = 5
"""The number of times that a plan is computed again without accounts that have no free place in the window."""
LOOKED_AT = 100
"""For unique reads, this many accounts with the most reads per fen and as many with the most reads are considered, besides the
plan for reads."""


@dataclass(frozen=True)
class Wish:
    """The request of the advertiser: at most `budget` fen and `max_accounts` accounts, with all of `must_have` and none of
    `exclude`."""

    budget: int
    goal: Goal
    kind: Kind
    max_accounts: int
    filters: Filters = field(default_factory=Filters)
    must_have: tuple[str, ...] = ()
    exclude: frozenset[str] = frozenset()
    window: Window | None = None


class Choosing:
    """The selection for one wish among `listed` accounts, by account id. `offers` are the accounts that can be chosen."""

    def __init__(self, wish: Wish, listed: Mapping[str, Listed], sketches: Sketches) -> None:
        self.wish = wish
        self.counted: Literal["reads", "interactions", "clicks"] = "reads" if wish.goal == "unique_reads" else wish.goal
        self.listed = listed
        self.sketches = sketches
        self.offers = {
            name: Candidate(name, one.price, getattr(one.forecast, self.counted).expected)
            for name, one in listed.items()
        }

    def fitting(self) -> tuple[Choice, frozenset[str]]:
        """Return the plan, and the accounts that were left out because they have no free place in the window.

        Only chosen accounts are looked up, so the plan is computed again without the full ones, at most ROUNDS times."""
        gone: frozenset[str] = frozenset()
        for _ in range(ROUNDS):
            choice = self.best(self.wish.budget)
            full = plan_exclusions.without_place(
                (candidate.account_id for candidate in choice.chosen), self.wish.window
            )
            self.leave_out(full, "has no free place for a post in this window")
            if not full:
                return choice, gone
            gone |= full
        remaining = tuple(candidate for candidate in choice.chosen if candidate.account_id not in gone)
        return Choice(remaining, choice.bound), gone

    def leave_out(self, capped: Iterable[str], why: str) -> None:
        """Remove these accounts from the offers. Raise Problem `frequency_cap` if one of them is a must-have."""
        capped = set(capped)
        faults = [
            Fault(f"/must_have/{place}", "frequency_cap", f"{account_id} {why}.")
            for place, account_id in enumerate(self.wish.must_have)
            if account_id in capped
        ]
        if faults:
            raise Problem("frequency_cap", "; ".join(fault.message for fault in faults[:3]), faults=faults)
        for account_id in capped:
            self.offers.pop(account_id, None)

    def best(self, budget: int) -> Choice:
        """Return the best accounts found for this budget. Unique reads cannot exceed all reads, so their bound is the same."""
        must_have = [self.offers[account_id] for account_id in self.wish.must_have]
        choice = plan(self.offers.values(), budget, self.wish.max_accounts, must_have)
        if self.wish.goal != "unique_reads":
            return choice
        affordable = [one for one in self.offers.values() if one.worth > 0 and one.price <= budget]
        dense = sorted(affordable, key=lambda one: -one.worth / one.price)[:LOOKED_AT]
        large = sorted(affordable, key=lambda one: -one.worth)[:LOOKED_AT]
        names = {one.account_id for one in (*choice.chosen, *dense, *large)}
        reached = {one.account_id: one for one in self.reach(sorted(names))}
        chosen = audience_reach.chosen(
            list(reached.values()),
            budget,
            self.wish.max_accounts,
            [reached[account_id] for account_id in self.wish.must_have],
            [reached[one.account_id] for one in choice.chosen],
        )
        remaining = sorted((self.offers[one.account_id] for one in chosen), key=lambda one: -one.worth / one.price)
        return Choice(tuple(remaining), choice.bound)

    def reach(self, account_ids: Iterable[str]) -> list[Reach]:
        """Return the accounts with their sketches."""
        account_ids = list(account_ids)
        sketched = self.sketches.of(account_ids)
        shown = [self.listed[account_id] for account_id in account_ids]
        return [
            Reach(one.account_id, one.price, one.forecast.reads.expected, sketched.get(one.account_id)) for one in shown
        ]

    def shares(self, account_ids: Sequence[str]) -> dict[str, int]:
        """Return what each of these accounts adds to the goal; the sum is the worth of the plan."""
        if self.wish.goal == "unique_reads":
            return audience_reach.gains(self.reach(account_ids))
        return {name: getattr(self.listed[name].forecast, self.counted).expected for name in account_ids}
