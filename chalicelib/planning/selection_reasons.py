"""The reasons that a plan gives for each of its accounts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from chalicelib.core.regions.currencies import per_unit
from chalicelib.core.rules import rules
from chalicelib.planning.account_selection import Choosing
from chalicelib.planning.budget_knapsack import Candidate
from chalicelib.planning.http import response_types


def selection_reasons(
    chosen: Sequence[Candidate], shares: Mapping[str, int], choosing: Choosing
) -> Iterable[list[response_types.PlanReason]]:
    """Yield the reasons of each chosen account: a must-have; its worth per unit of the currency compared with the candidates; its
    share of the goal."""
    rates = sorted(candidate.worth / candidate.price for candidate in choosing.offers.values())
    goal, worth, unit = choosing.wish.goal, sum(shares.values()), per_unit(rules().currency)
    for candidate in chosen:
        rate = candidate.worth / candidate.price
        better = bisect_left(rates, rate) * 100 // len(rates)
        reasons: list[response_types.PlanReason] = []
        if candidate.account_id in choosing.wish.must_have:
            reasons.append({"code": "must_have", "text": "It is a must-have of the request."})
        code = "best_value" if better >= 50 else "uses_the_rest"
        text = f"{rate * unit:,.1f} {choosing.counted} per {rules().currency}, more than {better} % of the candidates"
        if code == "uses_the_rest":
            text += "; of the accounts that fit into the rest of the budget it adds the most"
        reasons.append(
            {"code": code, "text": f"{text}.", "per_unit": round(rate * unit, 2), "better_than": better / 100}
        )
        adds = shares[candidate.account_id]
        share = adds / worth if worth else 0.0
        reasons.append({"code": "adds", "text": f"{share:.0%} of the plan's {goal}.", "worth": adds})
        yield reasons
