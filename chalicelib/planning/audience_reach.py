"""Estimate how many different people a set of accounts reaches, from sketches of their audiences. Pure.

A sketch is HyperLogLog with REGISTERS registers (Flajolet et al. 2007), one byte each; the sketch of a union is the larger of
each register. Sizes are estimated as in Ertl 2017 (arXiv:1702.01284, algorithm 6), which needs no tables: standard error 1.04
/ sqrt(4096), 1.6 %. An overlap is |A| + |B| - |A u B|, so its error is that of the union.

Unique reads rest on one assumption: within an audience, reading one post is independent of reading another. Of the expected
readers of an account, `reads`, those who are in the earlier audiences and have read there already add nothing:

    adds = reads - overlap * (reads / audience) * (readers before / audience before)

Accounts are added in the order of their audiences, the largest first. The overlap of an account without a sketch is unknown:
all its reads count."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

REGISTERS = 4_096
ERROR = 1.04 / math.sqrt(REGISTERS)
RANK_MAX = 53
"""The largest rank of a 64-bit hash whose other 12 bits select the register."""
_HASH_BITS = RANK_MAX - 1
_HIGH_BITS = int.from_bytes(b"\x80" * REGISTERS, "big")
UNIONS = 10_000
"""The maximum number of sketches joined to improve a plan by exchanges."""
_ALPHA = 1 / (2 * math.log(2))


@dataclass(frozen=True)
class Reach:
    """An account with its price in fen, its expected reads, and the sketch of its audience if there is one."""

    account_id: str
    price: int
    reads: int
    sketch: bytes | None = None

    @cached_property
    def audience(self) -> float:
        """The estimated size of the audience; 0 if unknown."""
        return 0.0 if self.sketch is None else size(self.sketch)


@dataclass(frozen=True)
class Overlap:
    """The estimated number of people who follow both accounts, and their share of the smaller audience."""

    account_ids: tuple[str, str]
    people: int
    share: float


def union(one: bytes, other: bytes) -> bytes:
    """Return the sketch of the union: the larger of each register, all in one subtraction (registers are below 128)."""
    left, right = int.from_bytes(one, "big"), int.from_bytes(other, "big")
    not_less = ((left | _HIGH_BITS) - right) & _HIGH_BITS
    mask = (not_less << 1) - (not_less >> 7)
    return (right ^ ((left ^ right) & mask)).to_bytes(REGISTERS, "big")


def size(sketch: bytes) -> float:
    """Return the estimated number of people in the sketch."""
    counts = [0] * (RANK_MAX + 1)
    for rank in range(RANK_MAX + 1):
        counts[rank] = sketch.count(rank)
        if rank > 10 and sum(counts) == REGISTERS:
            break
    inverse = REGISTERS * _tau(1 - counts[RANK_MAX] / REGISTERS)
    for rank in range(_HASH_BITS, 0, -1):
        inverse = (inverse + counts[rank]) / 2
    inverse += REGISTERS * _sigma(counts[0] / REGISTERS)
    return _ALPHA * REGISTERS**2 / inverse


class Crowd:
    """The people reached by the accounts added so far."""

    def __init__(self) -> None:
        self.sketch = bytes(REGISTERS)
        self.people = 0.0
        self._readers = 0.0

    def add(self, one: Reach) -> float:
        """Add an account; return the unique reads that it adds."""
        adds, inside, sketch, people = self._with(one)
        self._readers += inside
        self.sketch, self.people = sketch, people
        return adds

    def gain(self, one: Reach) -> float:
        """Return the unique reads that the account would add."""
        return self._with(one)[0]

    def _with(self, one: Reach) -> tuple[float, float, bytes, float]:
        """Return the unique reads that it adds, those of them inside its audience, and the audience afterwards."""
        if one.sketch is None:
            return float(one.reads), 0.0, self.sketch, self.people
        audience = one.audience
        sketch = union(self.sketch, one.sketch)
        people = size(sketch)
        inside = min(float(one.reads), audience)
        overlap = min(max(0.0, audience + self.people - people), audience, self.people)
        repeated = overlap * inside / audience * self._readers / self.people if self.people else 0.0
        return one.reads - repeated, inside - repeated, sketch, people


def gains(accounts: Iterable[Reach], reached: Crowd | None = None) -> dict[str, int]:
    """Return the unique reads that each account adds to those before it; their sum is the number of readers. `reached` is updated
    with all of them."""
    reached = reached or Crowd()
    in_order = sorted(accounts, key=lambda one: (-one.audience, one.account_id))
    return {one.account_id: round(reached.add(one)) for one in in_order}


def overlaps(accounts: Iterable[Reach]) -> list[Overlap]:
    """Return the pairs that share more people than two standard errors of their union, most people first."""
    in_order = sorted(accounts, key=lambda one: (-one.audience, one.account_id))
    found = []
    for one, other in combinations(in_order, 2):
        if one.sketch is None or other.sketch is None:
            continue
        both = size(union(one.sketch, other.sketch))
        shared = min(one.audience + other.audience - both, other.audience)
        if shared > 2 * ERROR * both:
            found.append(Overlap((one.account_id, other.account_id), round(shared), round(shared / other.audience, 3)))
    return sorted(found, key=lambda overlap: (-overlap.people, overlap.account_ids))


def chosen(
    accounts: Sequence[Reach], budget: int, room: int, must_have: Sequence[Reach], start: Sequence[Reach]
) -> list[Reach]:
    """Return at most `room` accounts for `budget` fen, with all of `must_have`, for many unique readers: the best of `start`
    (which has to fit) and of two greedy plans (most readers per fen, most readers), improved by exchanges."""
    plans = [list(start)]
    for worth in (_per_fen, _in_all):
        plans.append(_greedy(accounts, budget, room, must_have, worth))
    best = max(plans, key=_people)
    return _exchanged(best, accounts, budget, room, {one.account_id for one in must_have})


def _exchanged(
    made: list[Reach], accounts: Sequence[Reach], budget: int, room: int, fixed: AbstractSet[str]
) -> list[Reach]:
    """Return the plan, improved by adding or replacing one account at a time, with at most UNIONS joins of sketches."""
    outside = sorted(accounts, key=lambda one: -one.reads)
    joined, worth, improved = 0, _people(made), True
    while improved:
        improved = False
        names = {one.account_id for one in made}
        left = budget - sum(one.price for one in made)
        places: list[Reach | None] = [one for one in made if one.account_id not in fixed]
        if len(made) < room:
            places.append(None)
        for new in outside:
            if new.account_id in names:
                continue
            for old in places:
                if new.price > left + (old.price if old else 0):
                    continue
                joined += len(made)
                if joined > UNIONS:
                    return made
                tried = [*(one for one in made if one is not old), new]
                people = _people(tried)
                if people > worth:
                    made, worth, improved = tried, people, True
                    break
            if improved:
                break
    return made


def _people(made: Iterable[Reach]) -> int:
    return sum(gains(made).values())


def _greedy(
    accounts: Sequence[Reach],
    budget: int,
    room: int,
    must_have: Sequence[Reach],
    worth: Callable[[float, Reach], float],
) -> list[Reach]:
    """Add the best account until none fits. The gain of an account shrinks as others are added, so it is computed again only when
    it seems best (Minoux 1978)."""
    taken, reached = list(must_have), Crowd()
    gains(must_have, reached)
    known = {one.account_id for one in must_have}
    left = budget - sum(one.price for one in must_have)
    queue = [(-worth(one.reads, one), one.account_id, one) for one in accounts if one.account_id not in known]
    heapq.heapify(queue)
    while queue and len(taken) < room:
        _, account_id, one = heapq.heappop(queue)
        if one.price > left:
            continue
        now = -worth(reached.gain(one), one)
        if queue and now > queue[0][0]:
            heapq.heappush(queue, (now, account_id, one))
            continue
        taken.append(one)
        reached.add(one)
        left -= one.price
    return taken


def _per_fen(gain: float, one: Reach) -> float:
    return gain / one.price


def _in_all(gain: float, one: Reach) -> float:
    return gain


def _sigma(share: float) -> float:
    if share == 1.0:
        return math.inf
    weight, total = 1.0, share
    while True:
        share *= share
        before = total
        total += share * weight
        weight += weight
        if total == before:
            return total


def _tau(share: float) -> float:
    if share in (0.0, 1.0):
        return 0.0
    weight, total = 1.0, 1 - share
    while True:
        share = math.sqrt(share)
        before = total
        weight /= 2
        total -= (1 - share) ** 2 * weight
        if total == before:
            return total / 3
