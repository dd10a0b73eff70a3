"""Compute a grade from evidence, every step in integers, so that everyone gets the same digits. Pure.

points        the part of a factor's weight that is earned, parts per million (chalicelib.grading.model.factors)
contribution  weight x points / (sum of the weights of the factors that have evidence), thousandths of a point
score         the sum of the contributions, 0 to 100.000
confidence    the known part of the evidence, by the weights of its factors"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.factors import (
    FIGURES,
    PPM,
    Earned,
    earn,
    market_points,
    market_value,
    missing_of,
    percentile_of,
    sign_value,
    value_of,
)
from chalicelib.grading.model.follower_growth import counting
from chalicelib.grading.model.methodology import GRADES, FactorRule, GradeName, Methodology, Sign
from chalicelib.grading.model.rising import SIGNS, Rising, added, quality

if TYPE_CHECKING:
    from chalicelib.grading import response_types

__all__ = [
    "FULL_SCORE",
    "POINT",
    "PPM",
    "Factor",
    "Grade",
    "explain",
    "grade",
    "needed_by_factor",
    "needed_for_next",
    "value_of",
]

POINT = 1_000
FULL_SCORE = 100 * POINT
MOST = 10**11
"""The upper limit of every figure of an account."""


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


def needed_for_next(
    graded: Grade, by_factor: list[response_types.Needed] | None = None
) -> response_types.NextGrade | None:
    """Return `{grade, score, missing_points, by_factor: [{name, from, to}]}` for the next grade; each line alone, all else equal,
    reaches it. None for a diamond. The lines are found if they are not given (`by_factor`)."""
    if graded.rank == len(GRADES):
        return None
    threshold = graded.methodology.thresholds[graded.rank - 1]
    return {
        "grade": GRADES[graded.rank],
        "score": threshold / POINT,
        "missing_points": (threshold - graded.score) / POINT,
        "by_factor": needed_by_factor(graded) if by_factor is None else by_factor,
    }


def needed_by_factor(graded: Grade) -> list[response_types.Needed]:
    """Return the least value of each factor that alone, all else equal, reaches the next grade; nothing for a diamond."""
    if graded.rank == len(GRADES):
        return []
    threshold = graded.methodology.thresholds[graded.rank - 1]
    rising = graded.methodology.rising
    if rising is not None:
        return rising_needs(graded, rising, threshold)
    by_factor: list[response_types.Needed] = []
    for factor in graded.factors:
        value = None if factor.value is None else _value_for(graded, factor, threshold)
        if value is not None and factor.value is not None:
            by_factor.append({"name": factor.rule.name, "from": factor.value / 1_000, "to": value / 1_000})
    return by_factor


def rising_needs(graded: Grade, model: Rising, threshold: int) -> list[response_types.Needed]:
    """Return the values that alone, all else equal, reach the threshold. Each is verified by grading the account with it. A value
    above the methodology's limit for an account of this size is left out: few or no accounts have it."""
    found: list[response_types.Needed] = []
    for factor in graded.factors:
        limit = model.limits.get(factor.rule.name)
        if limit is None or factor.value is None:
            continue
        most = limit.at(graded.evidence.followers * 1_000)
        start = NEEDS[factor.rule.name][0](graded.evidence)
        value = least_reaching(graded, factor.rule.name, start, most, threshold)
        if value is not None:
            found.append({"name": factor.rule.name, "from": start / 1_000, "to": value / 1_000})
    return found


def least_reaching(graded: Grade, name: str, start: int, most: int, threshold: int) -> int | None:
    """Return the least value of the factor, in thousandths, above `start` and up to `most`, whose score reaches the threshold;
    None if there is none. The score never falls as the value rises."""
    unit = NEEDS[name][2]
    least, most = start // unit, most // unit
    if most <= least or _rising_score(graded, name, most * unit) < threshold:
        return None
    while least + 1 < most:
        middle = (least + most) // 2
        if _rising_score(graded, name, middle * unit) >= threshold:
            most = middle
        else:
            least = middle
    return most * unit


def _rising_score(graded: Grade, name: str, value: int) -> int:
    model = graded.methodology.rising
    assert model is not None
    changed = NEEDS[name][1](graded.evidence, value)
    figures = model.counting.of(changed)
    return sum(one.adds for one in added(model, changed, graded.category, figures))


def with_reactions(evidence: Evidence, value: int) -> Evidence:
    """Return the evidence with all known kinds of reactions scaled to this sum, in thousandths. From none at all, likes rise."""
    names = ("reposts_avg_30d", "comments_avg_30d", "likes_avg_30d")
    known = {name: getattr(evidence, name) for name in names if getattr(evidence, name) is not None}
    together = sum(known.values())
    if not together:
        return replace(evidence, likes_avg_30d=value / 1_000)
    return replace(evidence, **{name: number * (value / 1_000) / together for name, number in known.items()})


Needs = tuple[Callable[[Evidence], int], Callable[[Evidence, int], Evidence], int]
NEEDS: dict[str, Needs] = {
    "followers": (lambda e: e.followers * 1_000, lambda e, value: replace(e, followers=value // 1_000), 1_000),
    "reach": (
        lambda e: round(((e.reads_avg_30d if e.unconfirmed_since is None else e.reads_confirmed) or 0) * 1_000),
        lambda e, value: replace(e, reads_avg_30d=value / 1_000, reads_confirmed=value / 1_000),
        1_000,
    ),
    "engagement": (lambda e: round((e.interactions_per_post or 0) * 1_000), with_reactions, 100),
    "activity": (lambda e: (e.posts_30d or 0) * 1_000, lambda e, value: replace(e, posts_30d=value // 1_000), 1_000),
    "regularity": (
        lambda e: round((e.active_days_30d or 0) * 1_000),
        lambda e, value: replace(e, active_days_30d=value / 1_000),
        1_000,
    ),
}
"""For each factor that the needs of the next grade may name: its present value in thousandths, the evidence with another value, and
the step in thousandths. Reads are meant as confirmed ones."""


def _value_for(graded: Grade, factor: Factor, threshold: int) -> int | None:
    """Return the least value of the factor that lifts the score to the threshold, all other evidence equal; None if none does."""
    rule = factor.rule
    if rule.kind in ("signs", "record", "demand"):
        return None
    if rule.kind == "market" and rule.name == "followers":
        return _followers_for(graded, threshold)
    taking_part = sum(one.rule.weight * one.earned.counts for one in graded.factors)
    contribution = threshold - (graded.score - factor.contribution)
    if rule.kind == "size":  # its contribution was rounded together with that of the followers
        followers = graded.factor("followers")
        assert followers is not None
        lacking = (contribution + followers.contribution) * taking_part * PPM
        points = -(
            -(-(-lacking // FULL_SCORE) - followers.rule.weight * PPM * followers.earned.points) // (rule.weight * PPM)
        )
        value = rule.sizes[factor.earned.size][2].least_x(points) if points <= PPM else None
    else:
        points = -(-contribution * taking_part // (rule.weight * FULL_SCORE))
        if points > PPM:
            return None
        if rule.kind == "market":
            assert graded.methodology.market is not None
            standing = graded.evidence.standing
            value = market_value(rule.name, points, standing, graded.category, graded.methodology.market)
        else:
            value = rule.points.least_x(points)
    if value is None or graded.methodology.market is None:
        return value
    return value if _score_with(graded, rule.name, value) >= threshold else None


def _followers_for(graded: Grade, threshold: int) -> int | None:
    """Return the least number of followers that reaches the threshold. Followers also count in other factors (engagement,
    quality), so it is searched; the score never falls as they grow."""
    if _score_with(graded, "followers", MOST * 1_000) < threshold:
        return None
    least = graded.counted.counted_followers
    most = max(2 * least, 1_000)
    while _score_with(graded, "followers", most * 1_000) < threshold:
        least, most = most, 2 * most
    while least < most:
        middle = (least + most) // 2
        if _score_with(graded, "followers", middle * 1_000) >= threshold:
            most = middle
        else:
            least = middle + 1
    return most * 1_000


def _score_with(graded: Grade, name: str, value: int) -> int:
    """Return the score if the factor had this value, in thousandths, and all other evidence stayed."""
    evidence = graded.evidence
    amount = value / 1_000
    match name:
        case "followers":
            followers = value // 1_000
            if evidence.active_followers is None:
                changed = replace(evidence, followers=followers)
            else:
                changed = replace(evidence, active_followers=followers)
        case "reach":
            changed = replace(evidence, reads_avg_30d=amount)
        case "activity":
            changed = replace(evidence, posts_30d=-(-value // POINT))
        case "regularity":
            changed = replace(evidence, active_days_30d=amount)
        case "originality":
            changed = replace(evidence, originals_share=amount / 100)
        case _:
            changed = replace(evidence, reposts_avg_30d=None, comments_avg_30d=None, likes_avg_30d=amount)
    return grade(changed, graded.methodology, graded.category).score


def percentile_in_category(graded: Grade) -> int | None:
    """Return the share of accounts of its category (`percentile_among`) with a lower score, parts per million; None if unknown."""
    table = graded.methodology.score_percentiles.get(percentile_among(graded) or "")
    return None if table is None else table.at(graded.score)


def percentile_among(graded: Grade) -> str | None:
    """Return the category whose accounts in the methodology's price list the score is compared with; None for all accounts, if
    the methodology has too few of the category."""
    category = graded.category or None
    return category if category in graded.methodology.score_percentiles else None


def explain(
    graded: Grade, evidence: Evidence, needed: list[response_types.Needed] | None = None
) -> response_types.GradeExplanation:
    """Return the explanation of a grade as JSON: every factor with value, percentile, weight, contribution and the evidence it
    used, the number of followers that count, and what the next grade needs (`needed`, or found here)."""
    taking_part = sum(factor.rule.weight * factor.earned.counts for factor in graded.factors)
    return {
        "grade": graded.grade,
        "score": graded.score / POINT,
        "confidence": graded.confidence / 100,
        "methodology_version": graded.methodology.version,
        "followers": {
            "all": evidence.followers_shown or evidence.followers,
            "counted": graded.counted.counted_followers,
        },
        "factors": [
            _explain_factor(factor, evidence, taking_part, graded.methodology.rising) for factor in graded.factors
        ],
        "next": needed_for_next(graded, needed),
    }


def _explain_factor(
    factor: Factor, evidence: Evidence, taking_part: int, rising: Rising | None
) -> response_types.Factor:
    weight = round(factor.rule.weight * factor.earned.counts / taking_part, 4) if factor.earned.counts else 0
    explained: response_types.Factor = {
        "name": factor.rule.name,
        "label": factor.rule.label,
        "unit": factor.rule.unit,
        "value": None if factor.value is None else factor.value / 1_000,
        "percentile": None if factor.percentile is None else factor.percentile / 10_000,
        "weight": weight,
        "contribution": factor.contribution / POINT,
        "evidence": {
            "as_of": evidence.as_of,
            "missing": factor.value is None,
            "unknown": missing_of(factor.rule, evidence)
            if rising is None
            else rising_missing(rising, factor, evidence),
        },
    }
    if rising is not None:
        explained["evidence"]["missing"] = not factor.earned.known
        if signs := _rising_signs(rising, factor.rule.name, evidence):
            explained["signs"] = signs
    elif factor.rule.signs:
        explained["signs"] = [_explain_sign(sign, evidence) for sign in factor.rule.signs]
    return explained


def rising_missing(model: Rising, factor: Factor, evidence: Evidence) -> list[str]:
    """Return the names of the unknown figures of a factor; for reactions, only if all kinds are unknown."""
    name = factor.rule.name
    if name in ("reach", "balance") and model.counting.known_reads(evidence) != evidence.reads_avg_30d:
        return [] if factor.earned.known else ["reads_confirmed"]
    if name == "quality":
        names = dict.fromkeys(need for level in reversed(model.quality) for need in level.needs)
    elif name == "conduct":
        names = dict.fromkeys(["orders_90d", *(sign.figure for sign in model.record)])
    else:
        if factor.earned.known == PPM:
            return []
        names = dict.fromkeys(RISING_NEEDED.get(name, ()))
    return [one for one in names if getattr(evidence, one) is None]


RISING_NEEDED = {
    "reach": ("reads_avg_30d",),
    "balance": ("reads_avg_30d",),
    "demand": ("popular", "accepted_all_last_week"),
    "engagement": ("reposts_avg_30d", "comments_avg_30d", "likes_avg_30d"),
    "activity": ("posts_30d",),
    "regularity": ("active_days_30d",),
}
"""The figures that a factor of a rising methodology needs to be known."""


def _rising_signs(model: Rising, name: str, evidence: Evidence) -> list[response_types.Sign]:
    """Return the signs of quality at the level that counts, or those of the track record; an unknown sign has no value and the
    least effect."""
    if name == "quality":
        _, index = quality(model, evidence)
        rows = [
            (sign, label, table, SIGNS[sign](evidence), 1_000) for sign, label, table in model.quality[index or 0].signs
        ]
    elif name == "conduct":
        rows = [
            (
                sign.name,
                sign.label,
                sign.table,
                None if (share := getattr(evidence, sign.figure)) is None else round(share * PPM),
                PPM,
            )
            for sign in model.record
        ]
    else:
        return []
    return [
        {
            "name": sign,
            "label": label,
            "value": None if value is None else value / unit,
            "effect": None if value is None else table.at(value) / PPM,
        }
        for sign, label, table, value, unit in rows
    ]


def _explain_sign(sign: Sign, evidence: Evidence) -> response_types.Sign:
    value = sign_value(sign, evidence)
    return {
        "name": sign.name,
        "label": sign.label,
        "value": None if value is None else value / FIGURES.get(sign.name, ("", 1_000))[1],
        "effect": None if value is None else sign.table.at(value) / PPM,
    }
