"""From evidence to a grade, every step in integers, so that anyone gets the same digits. Pure.

percentile    where the factor's value stands among the reference accounts, parts per million
contribution  weight x percentile / (sum of the weights of the factors that have evidence), thousandths of a point
score         the sum of the contributions, 0 to 100.000
confidence    that sum of weights against the sum of all weights
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.grading.evidence import Evidence
from chalicelib.grading.methodology import GRADES, FactorRule, Methodology

POINT = 1_000
FULL_SCORE = 100 * POINT
PPM = 1_000_000


@dataclass(frozen=True)
class Factor:
    """What one factor added. `value` is in thousandths of its unit; None when there is no evidence."""

    rule: FactorRule
    value: int | None
    percentile: int | None
    contribution: int


@dataclass(frozen=True)
class Grade:
    """The grade with all it rests on."""

    grade: str
    score: int
    confidence: int
    factors: tuple[Factor, ...]
    methodology: Methodology

    @property
    def rank(self) -> int:
        """1 for one star to 7 for diamond."""
        return GRADES.index(self.grade) + 1


def grade(evidence: Evidence, methodology: Methodology) -> Grade:
    """The grade of this evidence. Never fails for missing values; `followers` is always there."""
    values = {rule.name: value_of(rule.name, evidence) for rule in methodology.factors}
    known_weight = sum(rule.weight for rule in methodology.factors if values[rule.name] is not None)
    all_weight = sum(rule.weight for rule in methodology.factors)
    factors = tuple(_factor(rule, values[rule.name], known_weight) for rule in methodology.factors)
    score = sum(factor.contribution for factor in factors)
    return Grade(methodology.grade_of(score), score, known_weight * 100 // all_weight, factors, methodology)


def _factor(rule: FactorRule, value: int | None, known_weight: int) -> Factor:
    if value is None:
        return Factor(rule, None, None, 0)
    percentile = rule.percentiles.at(value)
    return Factor(rule, value, percentile, rule.weight * percentile * FULL_SCORE // (known_weight * PPM))


def value_of(name: str, evidence: Evidence) -> int | None:
    """The factor's value in thousandths of its unit, None without evidence. These are the definitions of the factors."""
    interactions = evidence.interactions_per_post
    value: float | None = {
        "followers": evidence.active_followers if evidence.active_followers is not None else evidence.followers,
        "reach": evidence.reads_avg_30d,
        "activity": evidence.posts_30d,
        "originality": None if evidence.originals_share is None else evidence.originals_share * 100,
        "engagement": None if interactions is None else interactions * 1_000 / max(evidence.followers, 1),
    }[name]
    return None if value is None else round(value * 1_000)


def needed_for_next(graded: Grade) -> dict[str, Any] | None:
    """What the next grade needs: `{grade, score, missing_points, by_factor: [{name, from, to}]}`, where each line alone, all
    else equal, would reach it; None for a diamond."""
    if graded.rank == len(GRADES):
        return None
    threshold = graded.methodology.thresholds[graded.rank - 1]
    known_weight = sum(factor.rule.weight for factor in graded.factors if factor.value is not None)
    by_factor = []
    for factor in graded.factors:
        if factor.value is None:
            continue
        contribution = threshold - (graded.score - factor.contribution)
        percentile = -(-contribution * known_weight * PPM // (factor.rule.weight * FULL_SCORE))
        value = factor.rule.percentiles.least_x(percentile) if percentile <= PPM else None
        if value is not None:
            by_factor.append({"name": factor.rule.name, "from": factor.value / 1_000, "to": value / 1_000})
    return {
        "grade": GRADES[graded.rank],
        "score": threshold / POINT,
        "missing_points": (threshold - graded.score) / POINT,
        "by_factor": by_factor,
    }


def explain(graded: Grade, evidence: Evidence) -> dict[str, Any]:
    """The explanation as JSON: every factor with value, percentile, weight, contribution and the evidence it used."""
    total_weight = sum(factor.rule.weight for factor in graded.factors if factor.value is not None)
    return {
        "grade": graded.grade,
        "score": graded.score / POINT,
        "confidence": graded.confidence / 100,
        "methodology_version": graded.methodology.version,
        "factors": [
            {
                "name": factor.rule.name,
                "label": factor.rule.label,
                "unit": factor.rule.unit,
                "value": None if factor.value is None else factor.value / 1_000,
                "percentile": None if factor.percentile is None else factor.percentile / 10_000,
                "weight": 0 if factor.value is None else round(factor.rule.weight / total_weight, 4),
                "contribution": factor.contribution / POINT,
                "evidence": {"as_of": evidence.as_of, "missing": factor.value is None},
            }
            for factor in graded.factors
        ],
        "next": needed_for_next(graded),
    }
