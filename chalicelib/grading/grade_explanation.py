"""Explain a grade: every factor with its value, weight and contribution, the evidence that it used and what was missing. Pure."""

from __future__ import annotations

from chalicelib.grading import response_types
from chalicelib.grading.comparison_groups import compared_with
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.factors import FIGURES, PPM, missing_of, sign_value
from chalicelib.grading.model.grade import POINT, Factor, Grade
from chalicelib.grading.model.methodology import Sign
from chalicelib.grading.model.next_grade import needed_for_next
from chalicelib.grading.model.rising import SIGNS, Rising, quality


def explain(graded: Grade, needed: list[response_types.Needed] | None = None) -> response_types.GradeExplanation:
    """Return the explanation of a grade: every factor with value, percentile and the accounts it compares with, weight,
    contribution and the evidence it used; the number of followers that count; what the next grade needs (`needed`, or found
    here)."""
    evidence = graded.evidence
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
        "factors": [_explain_factor(graded, factor, taking_part) for factor in graded.factors],
        "next": needed_for_next(graded, needed),
    }


def _explain_factor(graded: Grade, factor: Factor, taking_part: int) -> response_types.Factor:
    evidence, rising = graded.evidence, graded.methodology.rising
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
            else _rising_missing(rising, factor, evidence),
        },
    }
    if rising is not None:
        explained["evidence"]["missing"] = not factor.earned.known
        if signs := _rising_signs(rising, factor.rule.name, evidence):
            explained["signs"] = signs
    elif factor.rule.signs:
        explained["signs"] = [_explain_sign(sign, evidence) for sign in factor.rule.signs]
    explained["compared_with"] = compared_with(graded, factor)
    return explained


def _rising_missing(model: Rising, factor: Factor, evidence: Evidence) -> list[str]:
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
