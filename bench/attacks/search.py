"""Search the cheapest attack that reaches a goal: random restarts, each improved one lever at a time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from bench.attacks.accounts import Subject
from bench.attacks.levers import HIDDEN, KINDS, MONTHS_MOST, Attack, Before, Costs, Outcome, Target
from chalicelib.grading.model.methodology import GRADES, Methodology

AMOUNTS = ("followers", *KINDS)
MOST_YUAN = 10_000_000.0
"""Attacks above this cost are not searched."""
PRICE_PER_CENT = 150
ROUNDS = 4
MONTHS = (1, 3, 6, MONTHS_MOST)
"""The durations of a faked history that are tried."""


NOTHING = Attack()


class Goal(NamedTuple):
    """A goal: `reached(outcome, honest)`, and `progress`, which rises towards it."""

    name: str
    reached: Callable[[Outcome, Outcome], bool]
    progress: Callable[[Outcome], float]


STAR = Goal("one star more", lambda found, honest: found.rank > honest.rank, lambda found: found.score)
PRICE = Goal(
    "half as much again of the price",
    lambda found, honest: found.price * 100 >= honest.price * PRICE_PER_CENT,
    lambda found: found.price + found.score / 1_000_000,
)


@dataclass(frozen=True)
class Found:
    """The cheapest attack on one account, its cost in yuan (None if there is none), and the honest and the faked result."""

    subject: Subject
    attack: Attack | None
    cost: float | None
    honest: Outcome
    faked: Outcome | None

    @property
    def gain(self) -> float:
        """Return what ten orders bring in at the faked price over the honest one, in yuan."""
        return 0.0 if self.faked is None else 10 * (self.faked.price - self.honest.price) / 100


class Search:
    """The search for one account, from the attack `start` on. `free` are the levers without cost and their values."""

    def __init__(
        self,
        subject: Subject,
        methodology: Methodology,
        costs: Costs,
        before: Before,
        categories: tuple[str, ...],
        draw: random.Random,
        start: Attack = NOTHING,
    ) -> None:
        self.subject, self.costs, self.draw = subject, costs, draw
        self.target = Target(subject, methodology, before)
        self.start = start
        self.known: dict[Attack, Outcome] = {}
        self.honest = self.outcome(Attack())
        posts = len(subject.posts)
        self.free: list[tuple[str, tuple[Any, ...]]] = [
            ("delete", tuple(range(posts + 1))),
            ("delete_by", ("reads", "reactions")),
            ("posts", (0, *(number for number in (1, 2, 3, 4, 5, 6, 8) if number < posts))),
            ("most_first", (False, True)),
            ("category", (None, *categories)),
        ]
        if "accepted_all_last_week" in subject.profile:
            self.free.append(("accepting", (None, True, False)))
        if before != "never":
            self.free.append(("months", MONTHS))

    def outcome(self, attack: Attack) -> Outcome:
        found = self.known.get(attack)
        if found is None:
            found = self.known[attack] = self.target.outcome(attack)
        return found

    def cheapest(self, goal: Goal, restarts: int) -> Found:
        """Return the cheapest attack found."""
        free = self._climb(self.start, goal)
        best: Attack | None = None
        if self._reaches(free, goal):
            best = self._simplified(free, goal)
            return self._found(best)
        starts = [self.start, free, *(self._random() for _ in range(restarts))]
        for start in starts:
            for weights in self._mixes():
                made = self._scaled(start, weights, goal, MOST_YUAN if best is None else self._cost(best) * 3)
                if made is None:
                    continue
                made = self._cheaper(made, goal)
                if best is None or self._cost(made) < self._cost(best):
                    best = made
        return self._found(None if best is None else self._simplified(best, goal))

    def _unfaked(self, attack: Attack) -> Outcome:
        """Return the honest result after as many measurements: figures that count in part count more with each."""
        return self.outcome(Attack(months=attack.months))

    def _found(self, attack: Attack | None) -> Found:
        if attack is None:
            return Found(self.subject, None, None, self.honest, None)
        return Found(self.subject, attack, self._cost(attack), self._unfaked(attack), self.outcome(attack))

    def _cost(self, attack: Attack) -> float:
        return attack.cost(self.costs, self.subject)

    def _reaches(self, attack: Attack, goal: Goal) -> bool:
        return goal.reached(self.outcome(attack), self._unfaked(attack))

    def _random(self) -> Attack:
        chosen = {name: self.draw.choice(values) for name, values in self.free}
        hide = frozenset(name for name in HIDDEN if self.draw.random() < 0.25)
        return replace(self.start, **chosen, hide=hide)

    def _neighbours(self, attack: Attack) -> list[Attack]:
        """Return the attacks that differ in one lever without cost."""
        made = [
            _with(attack, name, value)
            for name, values in self.free
            for value in values
            if value != getattr(attack, name)
        ]
        return made + [replace(attack, hide=attack.hide ^ {name}) for name in HIDDEN]

    def _climb(self, attack: Attack, goal: Goal) -> Attack:
        """Return the best attack that costs nothing, by steps of one lever."""
        for _ in range(ROUNDS):
            better = max(self._neighbours(attack), key=lambda one: goal.progress(self.outcome(one)))
            if goal.progress(self.outcome(better)) <= goal.progress(self.outcome(attack)):
                return attack
            attack = better
            if self._reaches(attack, goal):
                return attack
        return attack

    def _mixes(self) -> list[dict[str, float]]:
        """Return the shares of a yuan that are spent on each amount: one amount alone, and two random mixes."""
        alone = [{name: 1.0} for name in AMOUNTS]
        mixed = [{name: self.draw.random() ** 3 for name in AMOUNTS} for _ in range(2)]
        return [*alone, *mixed]

    def _scaled(self, start: Attack, weights: dict[str, float], goal: Goal, most: float) -> Attack | None:
        """Return the attack of this mix at the least budget that reaches the goal; None below `most` yuan."""
        budget = 0.25
        while not self._reaches(self._bought(start, weights, budget), goal):
            budget *= 4
            if budget > most:
                return None
        low, high = budget / 4, budget
        while high > low * 1.05:
            middle = (low * high) ** 0.5
            if self._reaches(self._bought(start, weights, middle), goal):
                high = middle
            else:
                low = middle
        return self._bought(start, weights, high)

    def _bought(self, start: Attack, weights: dict[str, float], budget: float) -> Attack:
        total = sum(weights.values())
        remaining = len(self.subject.posts) - start.delete
        posts = min(start.posts or remaining, remaining) * (start.months + start.earlier)
        bought: dict[str, Any] = {}
        for name, weight in weights.items():
            number = budget * weight / total * 1_000 / getattr(self.costs, name)
            bought[name] = int(number if name == "followers" else number / max(posts, 1))
        return replace(start, **bought)

    def _cheaper(self, attack: Attack, goal: Goal) -> Attack:
        """Return a cheaper attack that still reaches the goal, changing one amount or one free lever at a time."""
        for _ in range(ROUNDS):
            before = self._cost(attack)
            for name in AMOUNTS:
                attack = self._least(attack, name, goal)
            reached = [one for one in self._neighbours(attack) if self._reaches(one, goal)]
            reached = [self._shrunk(one, goal) for one in reached]
            attack = min([attack, *reached], key=self._cost)
            if self._cost(attack) >= before * 0.98:
                return attack
        return attack

    def _shrunk(self, attack: Attack, goal: Goal) -> Attack:
        """Return the attack with all amounts divided by the same number, as far as it still reaches the goal."""
        for factor in (0.1, 0.3, 0.6, 0.8, 0.9):
            amounts: dict[str, Any] = {name: int(getattr(attack, name) * factor) for name in AMOUNTS}
            less = replace(attack, **amounts)
            if self._reaches(less, goal):
                return less
        return attack

    def _least(self, attack: Attack, name: str, goal: Goal) -> Attack:
        high = getattr(attack, name)
        if not high:
            return attack
        none = _with(attack, name, 0)
        if self._reaches(none, goal):
            return none
        low = 0
        while high - low > max(high // 50, 1):
            middle = (low + high) // 2
            if self._reaches(_with(attack, name, middle), goal):
                high = middle
            else:
                low = middle
        return _with(attack, name, high)

    def _simplified(self, attack: Attack, goal: Goal) -> Attack:
        """Return the attack without the levers that it does not need."""
        plain = self.start
        for name, _ in self.free:
            less = _with(attack, name, getattr(plain, name))
            if self._cost(less) <= self._cost(attack) and self._reaches(less, goal):
                attack = less
        for name in sorted(attack.hide):
            less = replace(attack, hide=attack.hide - {name})
            if self._reaches(less, goal):
                attack = less
        return attack


def _with(attack: Attack, lever: str, value: Any) -> Attack:
    return replace(attack, **{lever: value})


def has_goal(goal: Goal, honest: Outcome) -> bool:
    """Return whether the goal exists: there is no grade above a diamond."""
    return goal is not STAR or honest.rank < len(GRADES)
