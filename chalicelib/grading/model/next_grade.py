"""Find what the next grade needs: the least value of each factor that alone, all else equal, reaches it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.factors import PPM, market_value
from chalicelib.grading.model.grade import FULL_SCORE, POINT, Factor, Grade, grade
from chalicelib.grading.model.methodology import GRADES
from chalicelib.grading.model.rising import Rising, added

if TYPE_CHECKING:
    from chalicelib.grading import response_types

MOST = 10**11
"""The upper limit of every figure of an account."""


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
        return _rising_needs(graded, rising, threshold)
    by_factor: list[response_types.Needed] = []
    for factor in graded.factors:
        value = None if factor.value is None else _value_for(graded, factor, threshold)
        if value is not None and factor.value is not None:
            by_factor.append({"name": factor.rule.name, "from": factor.value / 1_000, "to": value / 1_000})
    return by_factor


def _rising_needs(graded: Grade, model: Rising, threshold: int) -> list[response_types.Needed]:
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
