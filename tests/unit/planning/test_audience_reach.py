"""Sketches against sets of people, and plans by unique reads against all plans."""

from __future__ import annotations

import hashlib
import random
from functools import cache
from itertools import combinations

import pytest

from chalicelib.planning import audience_reach
from chalicelib.planning.audience_reach import ERROR, Reach
from chalicelib.planning.budget_knapsack import Candidate, plan
from testing.samples.audiences import sketch


@cache
def people(first: int, last: int) -> bytes:
    return sketch(range(first, last))


def test_sketches_are_those_that_datasketch_makes() -> None:
    """The digest is of datasketch 2.0.0's registers for the same people and key."""
    digest = hashlib.sha256(people(0, 5_000)).hexdigest()
    assert digest == "f2e950fd26aa98e67416d41828072bc60ec69a9dd8524f87578fd66702fb0494"


@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 1), (0, 300), (0, 5_000), (4_000, 24_000)])
def test_sizes_and_unions_are_within_three_standard_errors(first: int, last: int) -> None:
    one = people(first, last)
    assert audience_reach.size(one) == pytest.approx(last - first, rel=3 * ERROR, abs=0.5)
    assert audience_reach.union(one, one) == one
    joined = audience_reach.union(one, people(0, 5_000))
    assert joined == sketch({*range(first, last), *range(5_000)})


def test_a_reader_of_two_accounts_counts_once() -> None:
    """Half of 20,000 followers of each read; the same followers: 10,000 + 10,000 * 1/2. Others: 20,000. Half of them: between."""
    one = Reach("a", 1, 10_000, people(0, 20_000))
    for first, expected in ((0, 15_000), (20_000, 20_000), (10_000, 17_500)):
        other = Reach("b", 1, 10_000, people(first, first + 20_000))
        found = audience_reach.gains([one, other])
        assert sum(found.values()) == pytest.approx(expected, rel=0.03)
        assert audience_reach.gains([other, one]) == found
    unknown = Reach("c", 1, 10_000)
    assert audience_reach.gains([one, unknown]) == {"a": 10_000, "c": 10_000}


def test_reads_beyond_the_followers_are_all_unique() -> None:
    viral = Reach("a", 1, 50_000, people(0, 5_000))
    everybody = Reach("b", 1, 5_000, people(0, 5_000))
    assert sum(audience_reach.gains([viral, everybody]).values()) == pytest.approx(50_000, rel=0.01)


def test_only_significant_overlaps_are_listed() -> None:
    accounts = [
        Reach("a", 1, 1, people(0, 20_000)),
        Reach("b", 1, 1, people(15_000, 25_000)),
        Reach("c", 1, 1, people(40_000, 60_000)),
        Reach("d", 1, 1),
    ]
    (pair,) = audience_reach.overlaps(accounts)
    assert pair.account_ids == ("a", "b")
    assert pair.people == pytest.approx(5_000, abs=3 * ERROR * 25_000)
    assert pair.share == pytest.approx(pair.people / audience_reach.size(people(15_000, 25_000)), abs=0.001)


def _market(seed: int) -> list[Reach]:
    choose = random.Random(seed)
    found = []
    for n in range(9):
        home = choose.choice([0, 0, 6_000, 12_000])
        first, length = home + choose.randrange(3_000), choose.choice([1_500, 3_000, 6_000])
        reads = int(length * choose.uniform(0.2, 0.9))
        found.append(Reach(f"acc_{n}", int(reads * choose.uniform(5, 15)), reads, people(first, first + length)))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_plans_of_small_markets_are_nearly_optimal(seed: int) -> None:
    market = _market(seed)
    budget, room = sum(one.price for one in market) * (1 + seed % 3) // 5, 2 + seed % 3
    must_have = [min(market, key=lambda one: one.price)] if seed % 2 else []

    def worth(some: tuple[Reach, ...] | list[Reach]) -> int:
        return sum(audience_reach.gains(some).values())

    best = max(
        worth(some)
        for size in range(room + 1)
        for some in combinations(market, size)
        if sum(one.price for one in some) <= budget and set(must_have) <= set(some)
    )
    offers = {one.account_id: Candidate(one.account_id, one.price, one.reads) for one in market}
    by_reads = plan(offers.values(), budget, room, [offers[one.account_id] for one in must_have])
    names = {candidate.account_id for candidate in by_reads.chosen}
    made = audience_reach.chosen(market, budget, room, must_have, [one for one in market if one.account_id in names])
    assert sum(one.price for one in made) <= budget
    assert len({one.account_id for one in made}) == len(made) <= room
    assert set(must_have) <= set(made)
    assert 0.97 * best <= worth(made) <= best


def test_the_same_audience_is_not_bought_twice() -> None:
    twins = [Reach(f"twin_{n}", 100, 4_000, people(0, 5_000)) for n in range(3)]
    other = Reach("other", 100, 3_000, people(30_000, 35_000))
    made = audience_reach.chosen([*twins, other], 200, 5, [], twins[:2])
    assert len(made) == 2
    assert other in made
    assert sum(audience_reach.gains(made).values()) == pytest.approx(7_000, rel=0.03)
