"""Measures the planner against the exact optimum, and its time: `python -m bench.planner`. Needs scipy, whose HiGHS solves the
program.

Prints the least and the mean share of the optimum over random markets, then the time for 10,000 candidates, and the read units
and bytes of reading them.
"""

from __future__ import annotations

import argparse
import importlib
import math
import random
import statistics
import time
from typing import Any

from chalicelib.planning.budget_knapsack import Candidate, plan

ITEM_BYTES = 1_000
"""The bytes of an account with every figure in an index: 890 unclaimed, about 100 more with its owner."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--markets", type=int, default=200)
    arguments.add_argument("--candidates", type=int, default=10_000)
    chosen = arguments.parse_args()
    solver = importlib.import_module("scipy.optimize")
    shares = []
    for seed in range(chosen.markets):
        choose = random.Random(seed)
        candidates = market(choose, choose.choice([8, 15, 30, 100, 300]))
        budget = int(sum(candidate.price for candidate in candidates) * choose.choice([0.02, 0.1, 0.3, 0.6]))
        most = choose.choice([2, 5, 10, 30, 100])
        made, best = plan(candidates, budget, most), optimum(solver, candidates, budget, most)
        assert made.price <= budget
        assert made.bound >= best - 1
        shares.append(made.worth / best if best else 1.0)
    print(
        f"{len(shares)} markets: least {min(shares):.4f}, mean {statistics.mean(shares):.4f} of the optimum, never above budget"
    )
    candidates = market(random.Random(3), chosen.candidates)
    for budget, most in ((1_000_000, 20), (10_000_000, 100), (100_000_000, 100)):
        begun = time.perf_counter()
        made = plan(candidates, budget, most)
        seconds = time.perf_counter() - begun
        print(
            f"{chosen.candidates:,} candidates, budget {budget / 100:,.0f} CNY: {len(made.chosen)} chosen in {seconds:.2f} s, "
            f"at least {made.worth / made.bound:.4f} of the optimum"
        )
    size = chosen.candidates * ITEM_BYTES
    print(
        f"reading them: {size / 1e6:.0f} MB, {math.ceil(size / 4_096) / 2:,.0f} read units, {math.ceil(size / 2**20)} pages"
    )


def market(choose: random.Random, size: int) -> list[Candidate]:
    """Return prices and worths as skewed as those of real markets; worth grows slower than price."""
    prices = [max(100, int(choose.lognormvariate(11, 1.3))) for _ in range(size)]
    return [
        Candidate(f"acc_{i}", price, max(1, int(price**0.7 * choose.lognormvariate(2, 1))))
        for i, price in enumerate(prices)
    ]


def optimum(solver: Any, candidates: list[Candidate], budget: int, most: int) -> int:
    """Return the worth of the best plan: the integer program, to a relative gap of 1e-9."""
    size = len(candidates)
    limits = [[candidate.price for candidate in candidates], [1] * size]
    solved = solver.milp(
        [-candidate.worth for candidate in candidates],
        constraints=solver.LinearConstraint(limits, ub=[budget, most]),
        integrality=[1] * size,
        bounds=solver.Bounds(0, 1),
        options={"mip_rel_gap": 1e-9},
    )
    return round(-float(solved.fun))


if __name__ == "__main__":
    main()
