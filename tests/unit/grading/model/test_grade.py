"""Grades of the first version, 2026-11-22: contributions and missing figures."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.grading import response_types
from chalicelib.grading.grade_explanation import explain
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.factors import value_of
from chalicelib.grading.model.grade import Grade, grade
from chalicelib.grading.model.methodology import FOLDER, parse

METHODOLOGY = parse(json.loads((FOLDER / "2026-11-22.json").read_text("utf-8")))
FULL = Evidence(
    as_of="2026-11-20T00:00:00Z",
    followers=400_000,
    active_followers=300_000,
    reads_avg_30d=50_000,
    posts_30d=12,
    reposts_avg_30d=300,
    comments_avg_30d=250,
    likes_avg_30d=450,
    originals_share=0.6,
)
BARE = Evidence(as_of=FULL.as_of, followers=400_000)
SMALL = replace(FULL, followers=5_000, active_followers=2_000, reads_avg_30d=300)
BIG = replace(FULL, followers=9_000_000, active_followers=8_000_000, reads_avg_30d=900_000)


def graded(evidence: Evidence) -> Grade:
    return grade(evidence, METHODOLOGY)


def factor(evidence: Evidence, name: str) -> response_types.Factor:
    [found] = [factor for factor in explain(graded(evidence))["factors"] if factor["name"] == name]
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    [("followers", 300_000), ("reach", 50_000), ("activity", 12), ("originality", 60), ("engagement", 2.5)],
)
def test_value_of_each_factor(name: str, value: float) -> None:
    assert value_of(name, FULL) == value * 1_000


def test_all_followers_count_when_the_active_ones_are_unknown() -> None:
    assert value_of("followers", BARE) == 400_000_000
    assert value_of("followers", replace(FULL, active_followers=0)) == 0


def test_engagement_counts_known_reactions() -> None:
    assert value_of("engagement", replace(FULL, reposts_avg_30d=None, comments_avg_30d=None)) == 1_125
    assert value_of("engagement", replace(FULL, followers=0)) == 1_000_000_000
    assert value_of("engagement", BARE) is None


@pytest.mark.parametrize("evidence", [FULL, BARE, SMALL, BIG, replace(FULL, reads_avg_30d=None)])
def test_contributions_add_up_to_the_score(evidence: Evidence) -> None:
    found = graded(evidence)
    assert sum(factor.contribution for factor in found.factors) == found.score
    assert 0 <= found.score <= 100_000
    assert found.grade == METHODOLOGY.grade_of(found.score)
    weights = [factor["weight"] for factor in explain(found)["factors"]]
    assert sum(weights) == pytest.approx(1, abs=0.0005)


def test_a_contribution_is_the_weighted_percentile() -> None:
    rule = METHODOLOGY.factors[1]
    percentile = rule.percentiles.at(50_000_000)
    assert rule.name == "reach"
    assert graded(FULL).factors[1].contribution == 45 * percentile * 100_000 // (100 * 1_000_000)


def test_full_evidence_gives_full_confidence() -> None:
    assert graded(FULL).confidence == 100
    assert [factor["weight"] for factor in explain(graded(FULL))["factors"]] == [0.3, 0.45, 0.08, 0.05, 0.12]


@pytest.mark.parametrize(
    ("name", "unknown", "confidence"),
    [
        ("reach", {"reads_avg_30d": None}, 55),
        ("activity", {"posts_30d": None}, 92),
        ("originality", {"originals_share": None}, 95),
        ("engagement", {"reposts_avg_30d": None, "comments_avg_30d": None, "likes_avg_30d": None}, 88),
    ],
)
def test_missing_figures_add_nothing_and_lower_the_confidence(
    name: str, unknown: dict[str, Any], confidence: int
) -> None:
    evidence = replace(FULL, **unknown)
    assert graded(evidence).confidence == confidence
    found = factor(evidence, name)
    assert (found["value"], found["percentile"], found["contribution"], found["weight"]) == (None, None, 0, 0)
    assert found["evidence"] == {"as_of": FULL.as_of, "missing": True, "unknown": list(unknown)}
    assert factor(FULL, name)["evidence"]["missing"] is False


def with_figure(name: str, value: float | None) -> Evidence:
    figures: dict[str, Any] = {**FULL.as_json(), name: value}
    return Evidence(**figures)


@pytest.mark.parametrize("figure", ["reads_avg_30d", "posts_30d", "originals_share"])
def test_missing_is_not_zero(figure: str) -> None:
    unknown, zero = with_figure(figure, None), with_figure(figure, 0)
    assert graded(unknown).score > graded(zero).score
    assert graded(zero).confidence == 100


def test_missing_factors_have_no_weight() -> None:
    """With followers alone the score is where the followers stand."""
    found = graded(BARE)
    assert found.score == METHODOLOGY.factors[0].percentiles.at(400_000_000) // 10
    assert found.confidence == 30


def test_the_greatest_figures_give_a_diamond_and_none_one_star() -> None:
    best = Evidence(FULL.as_of, followers=10**9, reads_avg_30d=10**9)
    assert graded(best).grade == "diamond"
    assert graded(best).score == 100_000
    assert graded(Evidence(FULL.as_of, followers=0)).grade == "one_star"


def test_only_known_figures_are_stored() -> None:
    assert BARE.as_json() == {"as_of": BARE.as_of, "followers": 400_000}
    assert Evidence.from_json({**FULL.as_json(), "handle": "tea"}) == FULL
