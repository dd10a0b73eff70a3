"""How many people a set of accounts reaches, counted once each: arithmetic on sketches of their audiences. Pure.

A sketch is HyperLogLog with REGISTERS registers (Flajolet et al. 2007), one byte each; the sketch of a union is the larger of each
register. Sizes are estimated as in Ertl 2017 (arXiv:1702.01284, algorithm 6), which needs no tables: standard error
1.04 / sqrt(4096), 1.6 %. An overlap is |A| + |B| - |A u B|, so its error is that of the union.

Unique reads rest on one assumption: within an audience, who reads one post is independent of who reads another. Of an account's
`reads` expected readers, then, the share that lies in the audiences before it and has read there already adds nobody:

    adds = reads - overlap * (reads / audience) * (readers before / audience before)

Accounts count in the order of their audiences, the largest first. Of an account without a sketch no overlap is known: all its
reads count.
"""

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
"""The largest rank of a 64-bit hash whose other 12 bits choose the register."""
_HASH_BITS = RANK_MAX - 1
_HIGH_BITS = int.from_bytes(b"\x80" * REGISTERS, "big")
UNIONS = 10_000
"""How many sketches are joined at most to improve a plan by exchanges."""
_ALPHA = 1 / (2 * math.log(2))


@dataclass(frozen=True)
class Reach:
    """An account at its price in fen, the reads expected of it, and the sketch of its audience, if there is one."""

    account_id: str
    price: int
    reads: int
    sketch: bytes | None = None

    @cached_property
    def audience(self) -> float:
        """About how many people it can reach; 0 if that is not known."""
        return 0.0 if self.sketch is None else size(self.sketch)


@dataclass(frozen=True)
class Overlap:
    """About how many people follow both, and what share that is of the smaller audience."""

    account_ids: tuple[str, str]
    people: int
    share: float


def union(one: bytes, other: bytes) -> bytes:
    """The sketch of everybody in either: the larger of each register, all registers in one subtraction (they are below 128)."""
    left, right = int.from_bytes(one, "big"), int.from_bytes(other, "big")
    not_less = ((left | _HIGH_BITS) - right) & _HIGH_BITS
    mask = (not_less << 1) - (not_less >> 7)
    return (right ^ ((left ^ right) & mask)).to_bytes(REGISTERS, "big")


def size(sketch: bytes) -> float:
    """About how many people are in it."""
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
    """People reached by the accounts added so far."""

    def __init__(self) -> None:
        self.sketch = bytes(REGISTERS)
        self.people = 0.0
        self._readers = 0.0

    def add(self, one: Reach) -> float:
        """How many unique reads it adds."""
        adds, inside, sketch, people = self._with(one)
        self._readers += inside
        self.sketch, self.people = sketch, people
        return adds

    def gain(self, one: Reach) -> float:
        """How many unique reads adding it would add."""
        return self._with(one)[0]

    def _with(self, one: Reach) -> tuple[float, float, bytes, float]:
        """Unique reads it adds, those of them inside its audience, and the audience then."""
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
    """How many unique reads each account adds to those before it, by account: together, how many people read. `reached` is left
    with everybody they reach."""
    reached = reached or Crowd()
    in_order = sorted(accounts, key=lambda one: (-one.audience, one.account_id))
    return {one.account_id: round(reached.add(one)) for one in in_order}


def overlaps(accounts: Iterable[Reach]) -> list[Overlap]:
    """The pairs that share more people than two standard errors of their union, most people first."""
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
    """Accounts for `budget` fen, at most `room`, `must_have` among them, that many people read: the best of `start` (which has to
    fit) and of taking, again and again, what adds most people per fen, or most people; improved by exchanges."""
    plans = [list(start)]
    for worth in (_per_fen, _in_all):
        plans.append(_greedy(accounts, budget, room, must_have, worth))
    best = max(plans, key=_people)
    return _exchanged(best, accounts, budget, room, {one.account_id for one in must_have})


def _exchanged(
    made: list[Reach], accounts: Sequence[Reach], budget: int, room: int, kept: AbstractSet[str]
) -> list[Reach]:
    """The plan, improved by adding an account or putting one in another's place, for at most UNIONS sketches joined."""
    outside = sorted(accounts, key=lambda one: -one.reads)
    joined, worth, improved = 0, _people(made), True
    while improved:
        improved = False
        names = {one.account_id for one in made}
        left = budget - sum(one.price for one in made)
        places: list[Reach | None] = [one for one in made if one.account_id not in kept]
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
    """What an account adds shrinks as others come before it, so it is looked at again only when it seems best (Minoux 1978)."""
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
