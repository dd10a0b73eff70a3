"""The optimiser against all subsets, and against its own bound for large markets."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.planning.budget_knapsack import Candidate, biggest, cheapest, plan

MARKET = st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 10_000)), max_size=40).map(
    lambda pairs: [Candidate(f"acc_{i}", price, worth) for i, (price, worth) in enumerate(pairs)]
)


def market(seed: int, size: int) -> list[Candidate]:
    choose = random.Random(seed)
    prices = [max(100, int(choose.lognormvariate(11, 1.3))) for _ in range(size)]
    return [
        Candidate(f"acc_{i}", price, max(1, int(price**0.7 * choose.lognormvariate(2, 1))))
        for i, price in enumerate(prices)
    ]


@given(candidates=MARKET, budget=st.integers(0, 60_000), most=st.integers(1, 12))
def test_plans_respect_limits_and_the_bound(candidates: list[Candidate], budget: int, most: int) -> None:
    choice = plan(candidates, budget, most)
    assert choice.price <= budget
    assert len(choice.chosen) <= most
    assert len({candidate.account_id for candidate in choice.chosen}) == len(choice.chosen)
    assert choice.worth <= choice.bound
    simple = cheapest(candidates, budget, most)
    assert choice.worth >= sum(candidate.worth for candidate in simple)


@pytest.mark.parametrize("seed", range(40))
def test_small_markets_are_planned_at_the_optimum(seed: int) -> None:
    candidates = market(seed, 11)
    budget, most = sum(candidate.price for candidate in candidates) * (1 + seed % 5) // 8, 2 + seed % 6
    optimum = max(
        sum(candidate.worth for candidate in chosen)
        for size in range(most + 1)
        for chosen in combinations(candidates, size)
        if sum(candidate.price for candidate in chosen) <= budget
    )
    choice = plan(candidates, budget, most)
    assert choice.worth >= 0.97 * optimum
    assert choice.bound >= optimum


def test_plans_of_large_markets_are_near_the_bound() -> None:
    choice = plan(market(3, 10_000), 1_000_000, 100)
    assert choice.worth >= 0.99 * choice.bound


@given(candidates=MARKET, budget=st.integers(0, 60_000), take=st.integers(1, 3))
def test_must_haves_are_in(candidates: list[Candidate], budget: int, take: int) -> None:
    wanted = candidates[:take]
    if sum(candidate.price for candidate in wanted) > budget:
        return
    choice = plan(candidates, budget, 5, wanted)
    assert set(wanted) <= set(choice.chosen)
    assert choice.price <= budget
    assert len(choice.chosen) <= 5


def test_simple_choices_take_cheapest_or_biggest_first() -> None:
    candidates = [Candidate("small", 10, 1), Candidate("large", 90, 50), Candidate("middle", 30, 20)]
    assert [c.account_id for c in cheapest(candidates, 50, 5)] == ["small", "middle"]
    sizes = {"small": 1, "large": 9, "middle": 5}
    assert [c.account_id for c in biggest(candidates, sizes, 100, 5)] == ["large", "small"]
