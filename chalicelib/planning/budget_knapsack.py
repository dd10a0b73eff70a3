"""Choose accounts for a budget: a knapsack with a budget and a number of accounts. Pure.

A price per fen, lambda, turns the budget into a cost: for any lambda >= 0

    L(lambda) = lambda * budget + the sum of the `max_accounts` largest positive (worth - lambda * price)

is an upper bound of the worth of any plan (Lagrange). Bisection finds the lambda where the chosen accounts just fit. They are
topped up and improved by exchanges; the least L found bounds the distance to the best possible plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BISECTIONS = 40
ROUNDS = 200
"""The maximum number of exchanges."""
NODES = 5_000
"""The maximum number of nodes of the branch and bound search afterwards."""
CORE = 150
"""The number of accounts outside the plan, the best ones at the final lambda, that are tried in exchanges."""


@dataclass(frozen=True)
class Candidate:
    """An account with its price in fen (> 0) and its worth for the goal."""

    account_id: str
    price: int
    worth: int


@dataclass(frozen=True)
class Choice:
    """The chosen accounts, best worth per fen first. `bound` is the upper limit for any plan."""

    chosen: tuple[Candidate, ...]
    bound: int

    @property
    def price(self) -> int:
        return sum(candidate.price for candidate in self.chosen)

    @property
    def worth(self) -> int:
        return sum(candidate.worth for candidate in self.chosen)


def plan(
    candidates: Iterable[Candidate], budget: int, max_accounts: int, must_have: Sequence[Candidate] = ()
) -> Choice:
    """Return the best accounts found for `budget` fen and at most `max_accounts`, with all of `must_have`. Never above the
    budget.

    The must-haves have to fit; the caller checks it."""
    taken = {candidate.account_id for candidate in must_have}
    money = budget - sum(candidate.price for candidate in must_have)
    room = max_accounts - len(taken)
    open_ = [c for c in candidates if c.account_id not in taken and 0 < c.price <= money and c.worth > 0]
    worth = sum(candidate.worth for candidate in must_have)
    if not open_ or room <= 0:
        return Choice(_in_order(must_have), worth)
    starts, bound, rate = _relaxed(open_, money, room)
    starts.append(_filled([], sorted(open_, key=_density, reverse=True), money, room))
    starts.append(_filled([], sorted(open_, key=lambda c: c.worth, reverse=True), money, room))
    core = sorted(open_, key=lambda c: c.worth - rate * c.price, reverse=True)[: room + CORE]
    best = max((_exchanged(start, core, money, room) for start in starts), key=_worth)
    best = _searched(best, core, money, room)
    return Choice(_in_order((*must_have, *best)), worth + max(bound, _worth(best)))


def cheapest(candidates: Iterable[Candidate], budget: int, max_accounts: int) -> tuple[Candidate, ...]:
    """Return the plan that takes the cheapest accounts first, for comparison."""
    return tuple(_filled([], sorted(candidates, key=lambda c: (c.price, -c.worth)), budget, max_accounts))


def biggest(
    candidates: Iterable[Candidate], sizes: dict[str, int], budget: int, max_accounts: int
) -> tuple[Candidate, ...]:
    """Return the plan that takes the accounts with the most followers (`sizes`) first, for comparison."""
    ordered = sorted(candidates, key=lambda c: sizes.get(c.account_id, 0), reverse=True)
    return tuple(_filled([], ordered, budget, max_accounts))


def _relaxed(open_: list[Candidate], money: int, room: int) -> tuple[list[list[Candidate]], int, float]:
    """Return starts that fit, the least bound, and the lambda of the last start that fits."""
    low, high = 0.0, max(_density(candidate) for candidate in open_)
    bound = float("inf")
    starts: list[list[Candidate]] = []
    for step in range(BISECTIONS):
        rate = 0.0 if step == 0 else (low + high) / 2
        rated = [(c.worth - rate * c.price, c) for c in open_ if c.worth > rate * c.price]
        if len(rated) > room:
            rated.sort(key=lambda pair: pair[0], reverse=True)
            del rated[room:]
        bound = min(bound, rate * money + sum(gain for gain, _ in rated))
        if sum(candidate.price for _, candidate in rated) <= money:
            starts.append([candidate for _, candidate in rated])
            high = rate
            if rate == 0:
                break  # everything worth having fits
        else:
            low = rate
    best = max(starts, key=_worth, default=[])
    outside = sorted(open_, key=lambda c: c.worth - high * c.price, reverse=True)
    return [_filled(best, outside, money, room)], int(bound), high


def _filled(start: Sequence[Candidate], ordered: Sequence[Candidate], money: int, room: int) -> list[Candidate]:
    """Return the start and everything of `ordered` that still fits, in that order."""
    chosen = list(start)
    known = {candidate.account_id for candidate in chosen}
    left = money - sum(candidate.price for candidate in chosen)
    for candidate in ordered:
        if len(chosen) >= room:
            break
        if candidate.price <= left and candidate.account_id not in known:
            chosen.append(candidate)
            left -= candidate.price
    return chosen


def _exchanged(start: list[Candidate], core: list[Candidate], money: int, room: int) -> list[Candidate]:
    """Return the start, improved while an addition or an exchange of one for one, one for two or two for one gains."""
    chosen = list(start)
    for _ in range(ROUNDS):
        known = {candidate.account_id for candidate in chosen}
        outside = [candidate for candidate in core if candidate.account_id not in known]
        left = money - sum(candidate.price for candidate in chosen)
        move = _best_move(chosen, outside, left, room - len(chosen))
        if move is None:
            return chosen
        gone, come = move
        chosen = [candidate for candidate in chosen if candidate not in gone] + list(come)
    return chosen


def _searched(known: list[Candidate], core: list[Candidate], money: int, room: int) -> list[Candidate]:
    """Run branch and bound from `known`, best worth per fen first, for at most NODES nodes. It solves small plans exactly, where
    exchanges are weakest."""
    items = sorted(core, key=_density, reverse=True)
    best, most = known, _worth(known)
    stack: list[tuple[int, int, int, tuple[Candidate, ...]]] = [(0, money, 0, ())]
    for _ in range(NODES):
        if not stack:
            break
        at, left, worth, chosen = stack.pop()
        if worth > most:
            best, most = list(chosen), worth
        if at == len(items) or len(chosen) == room or worth + _at_most(items, at, left) <= most:
            continue
        item = items[at]
        stack.append((at + 1, left, worth, chosen))
        if item.price <= left:
            stack.append((at + 1, left - item.price, worth + item.worth, (*chosen, item)))
    return best


def _at_most(items: list[Candidate], at: int, left: int) -> float:
    """Return the upper limit of what the items from `at` on can add for `left` fen, if one may be taken in part (Dantzig 1957)."""
    worth = 0.0
    for item in items[at:]:
        if item.price > left:
            return worth + item.worth * left / item.price
        worth += item.worth
        left -= item.price
    return worth


Move = tuple[tuple[Candidate, ...], tuple[Candidate, ...]]


def _best_move(chosen: list[Candidate], outside: list[Candidate], left: int, places: int) -> Move | None:
    """Return the best move of the first kind of move that gains anything."""
    best: Move | None = None
    gain = 0
    if places > 0:
        for one in outside:
            if one.price <= left and one.worth > gain:
                best, gain = ((), (one,)), one.worth
    for old in chosen:
        for new in outside:
            if new.worth - old.worth > gain and new.price <= left + old.price:
                best, gain = ((old,), (new,)), new.worth - old.worth
    if best is not None:
        return best
    ladder = _ladder(outside)
    for i, old in enumerate(chosen):
        if places > 0:  # one goes, two come
            for first in outside:
                second = _best_below(ladder, left + old.price - first.price, first)
                if second is not None and first.worth + second.worth - old.worth > gain:
                    best, gain = ((old,), (first, second)), first.worth + second.worth - old.worth
        for other in chosen[:i]:  # two go, one comes, and another if it still fits
            money = left + old.price + other.price
            found = _best_below(ladder, money, None)
            if found is None:
                continue
            beside = _best_below(ladder, money - found.price, found)
            come = (found,) if beside is None else (found, beside)
            if _worth(come) - old.worth - other.worth > gain:
                best, gain = ((old, other), come), _worth(come) - old.worth - other.worth
    return best


Ladder = list[tuple[int, Candidate, Candidate | None]]


def _ladder(outside: list[Candidate]) -> Ladder:
    """Return the best and the second best account up to each price, by rising price."""
    rungs: Ladder = []
    best: Candidate | None = None
    second: Candidate | None = None
    for candidate in sorted(outside, key=lambda c: c.price):
        if best is None or candidate.worth > best.worth:
            best, second = candidate, best
        elif second is None or candidate.worth > second.worth:
            second = candidate
        rungs.append((candidate.price, best, second))
    return rungs


def _best_below(ladder: Ladder, money: int, but: Candidate | None) -> Candidate | None:
    low, high = 0, len(ladder)
    while low < high:
        middle = (low + high) // 2
        if ladder[middle][0] <= money:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return None
    _, best, second = ladder[low - 1]
    return second if best is but else best


def _density(candidate: Candidate) -> float:
    return candidate.worth / candidate.price


def _worth(candidates: Iterable[Candidate]) -> int:
    return sum(candidate.worth for candidate in candidates)


def _in_order(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    return tuple(sorted(candidates, key=lambda c: (-_density(c), c.account_id)))
