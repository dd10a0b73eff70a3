"""Compute a grade from evidence, every step in integers, so that everyone gets the same digits. Pure.

points        the part of a factor's weight that is earned, parts per million (chalicelib.grading.model.factors)
contribution  weight x points / (sum of the weights of the factors that have evidence), thousandths of a point
score         the sum of the contributions, 0 to 100.000
confidence    the known part of the evidence, by the weights of its factors"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.factors import (
    PPM,
    Earned,
    earn,
    market_points,
    percentile_of,
)
from chalicelib.grading.model.follower_growth import counting
from chalicelib.grading.model.methodology import GRADES, FactorRule, GradeName, Methodology
from chalicelib.grading.model.rising import Rising, added

POINT = 1_000
FULL_SCORE = 100 * POINT


class Factor(NamedTuple):
    """The contribution of one factor. `value` is in thousandths of its unit; None without evidence."""

    rule: FactorRule
    value: int | None
    contribution: int
    earned: Earned

    @property
    def percentile(self) -> int | None:
        """The percentile of the value among the accounts it is compared with, parts per million."""
        return percentile_of(self.rule, self.earned)


class Grade(NamedTuple):
    """A grade with everything it rests on. `counted` is the evidence after the limit on followers
    (chalicelib.grading.model.follower_growth)."""

    grade: GradeName
    score: int
    confidence: int
    factors: tuple[Factor, ...]
    methodology: Methodology
    evidence: Evidence
    counted: Evidence
    category: str | None
    held: str | None

    @property
    def rank(self) -> int:
        """1 for one star to 7 for diamond."""
        return GRADES.index(self.grade) + 1

    def factor(self, name: str) -> Factor | None:
        """Return the factor of that name, if the methodology has it."""
        for factor in self.factors:
            if factor.rule.name == name:
                return factor
        return None


def grade(evidence: Evidence, methodology: Methodology, category: str | None = None, held: str | None = None) -> Grade:
    """Return the grade of this evidence. `held` is the account's present grade, which is lost only below the methodology's margin.

    Missing values never fail; `followers` is always known. More followers or reads, all else equal, never lower the grade."""
    if methodology.rising is not None:
        return _rising_grade(evidence, methodology, methodology.rising, category, held)
    market = methodology.market
    counted = counting(evidence, methodology.follower_limit)
    earned = []
    taking_part = known = 0
    for rule in methodology.factors:
        one = earn(rule, counted, category, market)
        earned.append(one)
        taking_part += rule.weight * one.counts
        known += rule.weight * one.known
    divisor = taking_part * PPM
    factors: list[Factor] = []
    score = 0
    for rule, one in zip(methodology.factors, earned, strict=True):
        contribution = rule.weight * one.counts * one.points * FULL_SCORE // divisor if one.counts else 0
        if rule.kind == "size" and one.counts:
            contribution = _unhurt_by_growth(rule, one, factors, counted, category, methodology) // divisor
            contribution -= _followers(factors).contribution
        score += contribution
        factors.append(Factor(rule, one.value, contribution, one))
    confidence = known * 100 // (methodology.all_weights * PPM)
    reached = methodology.grade_of(score, held)
    return Grade(reached, score, confidence, tuple(factors), methodology, evidence, counted, category, held)


def _rising_grade(
    evidence: Evidence, methodology: Methodology, model: Rising, category: str | None, held: str | None
) -> Grade:
    figures = model.counting.of(evidence)
    factors: list[Factor] = []
    score = known = 0
    for rule, (value, adds, part) in zip(methodology.factors, added(model, evidence, category, figures), strict=True):
        score += adds
        known += rule.weight * part
        factors.append(Factor(rule, value, adds, Earned(value, adds, PPM, part)))
    counted = evidence.with_active(figures.followers // 1_000)
    confidence = known * 100 // (methodology.all_weights * PPM)
    reached = methodology.grade_of(score, held)
    return Grade(reached, score, confidence, tuple(factors), methodology, evidence, counted, category, held)


def _followers(factors: Sequence[Factor]) -> Factor:
    return next(factor for factor in factors if factor.rule.name == "followers")


def _unhurt_by_growth(
    rule: FactorRule,
    earned: Earned,
    factors: Sequence[Factor],
    evidence: Evidence,
    category: str | None,
    methodology: Methodology,
) -> int:
    """Return the contribution of followers and engagement together, before the division. Engagement is compared within a size
    class, but both together never count less than at the end of a smaller size class: followers without reactions may add
    nothing, but never reduce the score."""
    followers = _followers(factors)
    best = followers.rule.weight * followers.earned.points + rule.weight * earned.points
    value = earned.value or 0
    edges = _edges(rule, evidence.standing, category, methodology)
    for edge, (_, _, points) in zip(edges[: earned.size], rule.sizes, strict=False):
        both = followers.rule.weight * edge + rule.weight * points.at(value)
        if both > best:
            best = both
    return best * PPM * FULL_SCORE


def _edges(rule: FactorRule, standing: str, category: str | None, methodology: Methodology) -> tuple[int, ...]:
    """Return the points of the followers at the end of each size class but the last; cached for each standing and category."""
    market = methodology.market
    assert market is not None
    known = category if category in market.gains else None
    edges = methodology.edges.get((standing, known))
    if edges is None:
        edges = tuple(market_points("followers", start, standing, known, market) for start in rule.size_starts[1:])
        methodology.edges[standing, known] = edges
    return edges


def percentile_in_category(graded: Grade) -> int | None:
    """Return the share of accounts of its category (`percentile_among`) with a lower score, parts per million; None if unknown."""
    table = graded.methodology.score_percentiles.get(percentile_among(graded) or "")
    return None if table is None else table.at(graded.score)


def percentile_among(graded: Grade) -> str | None:
    """Return the category whose accounts in the methodology's price list the score is compared with; None for all accounts, if
    the methodology has too few of the category."""
    category = graded.category or None
    return category if category in graded.methodology.score_percentiles else None
