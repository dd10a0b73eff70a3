"""Measures audience sketches and plans by unique reads: `python -m bench.audience`. Needs datasketch.

The audiences are drawn from communities, so that some share most of their followers and others none. Prints the relative error
of sizes and unions, the error of overlaps as shares of their unions, unique reads against readers that are drawn at random and
counted, the share of the exact optimum on markets that are small enough to try every plan, and the time for the largest plan.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import math
import random
import statistics
import sys
import time
from collections.abc import Iterable
from datetime import date
from itertools import combinations
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from chalicelib.planning import audience_reach
from chalicelib.planning.account_selection import Choosing, Wish
from chalicelib.planning.audience_reach import Reach
from chalicelib.planning.budget_knapsack import Candidate, plan
from chalicelib.planning.plan_candidates import Listed
from ops.audience import sketching

KEY = bytes(range(32))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--accounts", type=int, default=120)
    arguments.add_argument("--markets", type=int, default=40)
    arguments.add_argument("--candidates", type=int, default=10_000)
    chosen = arguments.parse_args()
    choose = random.Random(7)
    people = audiences(choose, chosen.accounts)
    begun = time.perf_counter()
    sketches = sketched(people)
    spent = time.perf_counter() - begun
    total = sum(map(len, people))
    print(f"{len(people)} audiences of {min(map(len, people)):,} to {max(map(len, people)):,}, {total:,} in all:")
    print(f"  sketched in {spent:.1f} s, {spent / total * 1e6:.1f} us a follower")
    sizes = [audience_reach.size(sketch) / len(who) - 1 for who, sketch in zip(people, sketches, strict=True)]
    print(f"  size: root mean square error {rms(sizes):.2%}, largest {max(map(abs, sizes)):.2%}")
    unions, overlaps = [], []
    pairs = list(combinations(range(len(people)), 2))
    for one, other in choose.sample(pairs, min(500, len(pairs))):
        both = len(people[one] | people[other])
        joined = audience_reach.size(audience_reach.union(sketches[one], sketches[other]))
        unions.append(joined / both - 1)
        shared = audience_reach.size(sketches[one]) + audience_reach.size(sketches[other]) - joined
        overlaps.append((shared - len(people[one] & people[other])) / both)
    print(f"  union: root mean square error {rms(unions):.2%}; overlap: {rms(overlaps):.2%} of the union")
    known, additive = [], []
    for _ in range(100):
        picked = choose.sample(range(len(people)), choose.choice([2, 5, 10, 20]))
        reads = {one: int(len(people[one]) * choose.uniform(0.02, 0.4)) for one in picked}
        readers = set().union(*(choose.sample(sorted(people[one]), reads[one]) for one in picked))
        reached = [Reach(f"acc_{one}", 100, reads[one], sketches[one]) for one in picked]
        known.append(sum(audience_reach.gains(reached).values()) / len(readers) - 1)
        additive.append(sum(reads.values()) / len(readers) - 1)
    for name, errors in (("unique reads of 2-20 accounts", known), ("the same by adding reads up", additive)):
        sized = sorted(map(abs, errors))
        print(f"  {name}: median error {statistics.median(sized):.1%}, largest {sized[-1]:.1%}")
    shares = [share(random.Random(seed), people, sketches) for seed in range(chosen.markets)]
    print(
        f"{len(shares)} markets of 12: least {min(shares):.3f}, mean {statistics.mean(shares):.4f} of the best of all plans"
    )
    market = [one for n in range(3) for one in priced(random.Random(n), range(len(people)), people, sketches, str(n))][
        :300
    ]
    begun = time.perf_counter()
    made = made_plan(market, sum(one.price for one in market) // 5, 100)
    print(f"{len(market)} accounts: {len(made)} chosen in {time.perf_counter() - begun:.2f} s")
    for budget, most in ((1_000_000, 20), (10_000_000, 100)):
        seconds, processor, number = whole_plan(people, sketches, chosen.candidates, budget, most)
        print(
            f"{chosen.candidates:,} candidates, budget {budget / 100:,.0f} CNY: {number} chosen, and again for a tenth more, "
            f"in {seconds:.2f} s ({processor:.2f} s of a processor)"
        )


def whole_plan(
    people: list[set[int]], sketches: list[bytes], size: int, budget: int, most: int
) -> tuple[float, float, int]:
    """Return seconds of clock and processor for the choice of POST /v1/plans after the accounts are read, and the number of
    chosen accounts.

    Every account has a sketch, which is the worst case."""
    choose, listed = random.Random(11), {}
    for number in range(size):
        who = number % len(people)
        reads = int(len(people[who]) * choose.uniform(0.02, 0.4)) + 1
        price = max(100, int(reads**0.9 * choose.lognormvariate(3, 0.8)))
        reached = Expected(reads, reads, reads)
        forecast = SimpleNamespace(reads=reached, interactions=reached, clicks=reached)
        name = f"acc_{number}"
        listed[name] = Listed(name, name, None, None, len(people[who]), price, cast(Any, forecast), "2026-11-23")
    pool = SimpleNamespace(of=lambda names: {name: sketches[int(name[4:]) % len(sketches)] for name in names})
    choosing = Choosing(Wish(budget, "unique_reads", "repost", most), listed, cast(Any, pool))
    begun, worked = time.perf_counter(), time.process_time()
    choice, _ = choosing.fitting()
    richer = choosing.best(budget + budget // 10)
    for plan_made in (choice, richer):
        choosing.shares([candidate.account_id for candidate in plan_made.chosen])
    return time.perf_counter() - begun, time.process_time() - worked, len(choice.chosen)


class Expected(NamedTuple):
    """A forecast as a plan reads it."""

    low: int
    expected: int
    high: int


def audiences(choose: random.Random, number: int) -> list[set[int]]:
    """Return sets of people: each account draws most followers from one of ten communities of 60,000, and some from all of
    them."""
    found = []
    for n in range(number):
        size = min(50_000, int(choose.lognormvariate(9, 1)) + 1_500)
        home = n % 10 * 60_000
        own = int(size * choose.uniform(0.3, 1.0))
        found.append({*choose.sample(range(home, home + 60_000), own), *choose.sample(range(600_000), size - own)})
    return found


def sketched(people: Iterable[set[int]]) -> list[bytes]:
    """Return the sketches as `make audience` writes them."""
    out = io.StringIO()
    rows = ((f"{n:05d}", str(person)) for n, who in enumerate(people) for person in who)
    sketching.write_sketches(rows, "sandbox", KEY, date(2026, 11, 23), out, sys.stderr)
    return [base64.b64decode(json.loads(line)["registers"]) for line in out.getvalue().splitlines()]


def priced(
    choose: random.Random, which: Iterable[int], people: list[set[int]], sketches: list[bytes], name: str = ""
) -> list[Reach]:
    """Return accounts at prices that grow with their reads and vary."""
    found = []
    for one in which:
        reads = int(len(people[one]) * choose.uniform(0.05, 0.4))
        found.append(Reach(f"acc_{name}{one}", int(reads**0.9 * choose.lognormvariate(3, 0.5)), reads, sketches[one]))
    return found


def share(choose: random.Random, people: list[set[int]], sketches: list[bytes]) -> float:
    """Return the value of the plan as a share of the best of all plans, both by sketches."""
    market = priced(choose, choose.sample(range(len(people)), 12), people, sketches)
    budget, room = sum(one.price for one in market) * choose.choice([1, 2, 3]) // 6, choose.choice([3, 4, 5])
    best = max(
        sum(audience_reach.gains(some).values())
        for size in range(1, room + 1)
        for some in combinations(market, size)
        if sum(one.price for one in some) <= budget
    )
    made = made_plan(market, budget, room)
    assert sum(one.price for one in made) <= budget
    return sum(audience_reach.gains(made).values()) / best


def made_plan(market: list[Reach], budget: int, room: int) -> list[Reach]:
    """Return a plan as the program computes it: starting from the plan for reads."""
    by_reads = plan([Candidate(one.account_id, one.price, one.reads) for one in market], budget, room)
    names = {candidate.account_id for candidate in by_reads.chosen}
    return audience_reach.chosen(market, budget, room, [], [one for one in market if one.account_id in names])


def rms(errors: list[float]) -> float:
    return math.sqrt(statistics.fmean(error * error for error in errors))


if __name__ == "__main__":
    main()
