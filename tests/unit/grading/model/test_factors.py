"""The factors of the methodology in force: values, points and unknown figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.grading.grade_explanation import explain
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.factors import COMPOSED, FIGURES, Earned, earn, percentile_of, sign_value
from chalicelib.grading.model.grade import Grade, grade, percentile_in_category
from chalicelib.grading.model.methodology import GRADES, FactorRule
from chalicelib.grading.model.next_grade import needed_for_next
from testing.methodologies import FITTED

METHODOLOGY = FITTED
KNOWN = Evidence(
    "2026-11-20T00:00:00Z",
    followers=400_000,
    reads_avg_30d=50_000,
    posts_30d=12,
    reposts_avg_30d=300,
    comments_avg_30d=250,
    likes_avg_30d=450,
    originals_share=0.6,
    following=500,
    posts_total=4_000,
    earlier_followers=100_000,
    earlier_following=450,
    earlier_posts_total=2_000,
    active_days_30d=9,
    duplicates_share=0.0,
    links_share=0.1,
    burst_share=0.1,
    automated_share=0.0,
    reactions_variation=1.2,
    copied_comments_share=0.0,
    top_reactors_share=0.1,
    popular=False,
    accepted_all_last_week=True,
    orders_90d=40,
    acceptance_rate=0.95,
    on_time_share=1.0,
    kept_share=1.0,
    disputes_lost_share=0.0,
)
BARE = Evidence(KNOWN.as_of, followers=400_000)


def changed(figures: Mapping[str, Any], evidence: Evidence = KNOWN) -> Evidence:
    """The evidence with these figures, all else equal."""
    return Evidence.from_json({**evidence.as_json(), **figures})


def graded(evidence: Evidence, category: str | None = "美食") -> Grade:
    return grade(evidence, METHODOLOGY, category)


def rule(name: str) -> FactorRule:
    return next(rule for rule in METHODOLOGY.factors if rule.name == name)


def earned(name: str, **changes: Any) -> Earned:
    return earn(rule(name), replace(KNOWN, **changes), "美食", METHODOLOGY.market)


def test_full_evidence_gives_full_confidence() -> None:
    assert graded(KNOWN).confidence == 100
    assert graded(KNOWN).score == sum(factor.contribution for factor in graded(KNOWN).factors)
    assert [line["evidence"]["unknown"] for line in explain(graded(KNOWN))["factors"]] == [[]] * 9


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("reach", ["reads_avg_30d"]),
        ("engagement", ["reposts_avg_30d", "comments_avg_30d", "likes_avg_30d"]),
        ("activity", ["posts_30d"]),
        ("regularity", ["active_days_30d"]),
        ("conduct", ["acceptance_rate", "on_time_share", "kept_share", "disputes_lost_share"]),
    ],
)
def test_missing_figures_are_named_and_lower_the_confidence(name: str, figures: list[str]) -> None:
    unknown = changed(dict.fromkeys(figures))
    found = graded(unknown)
    [line] = [line for line in explain(found)["factors"] if line["name"] == name]
    assert (line["value"], line["contribution"], line["weight"]) == (None, 0, 0)
    assert line["evidence"]["missing"] is True
    assert line["evidence"]["unknown"]
    assert found.confidence < 100
    zero = changed(dict.fromkeys(figures, 0))
    assert graded(zero).confidence >= 99  # without reactions nothing is known about how even they are
    assert found.score > graded(zero).score or name == "conduct"


def test_a_missing_sign_reduces_the_weight() -> None:
    whole, part = earned("quality"), earned("quality", earlier_posts_total=None)
    assert whole.counts == 1_000_000 > part.counts == part.known > 0
    unknown = replace(KNOWN, earlier_posts_total=None)
    [line] = [line for line in explain(graded(unknown))["factors"] if line["name"] == "quality"]
    assert line["evidence"]["unknown"] == ["earlier_posts_total"]
    assert {sign["name"]: sign["value"] for sign in line["signs"]}["earlier_posts_total"] is None


def test_unknown_standing_is_not_ordinary() -> None:
    unknown = replace(KNOWN, popular=None, accepted_all_last_week=None)
    assert unknown.standing == ""
    assert replace(KNOWN, accepted_all_last_week=False).standing == "ordinary"
    assert KNOWN.standing == "accepting"
    assert replace(KNOWN, popular=True).standing == "popular"
    assert graded(unknown).confidence < 100
    demand = [line for line in explain(graded(unknown))["factors"] if line["name"] == "demand"]
    assert demand[0]["evidence"]["unknown"] == ["popular", "accepted_all_last_week"]


def test_reactions_are_judged_among_accounts_of_that_size() -> None:
    few, many = (replace(KNOWN, followers=followers) for followers in (20_000, 5_000_000))
    small, great = (percentile_of(rule("engagement"), earn(rule("engagement"), e, None, None)) for e in (few, many))
    assert small is not None
    assert great is not None
    assert small > great


def test_followers_without_reactions_gain_little_and_cost_nothing() -> None:
    """Bought: ten times the followers, not one reaction more."""
    for category in ("美食", None):
        before = graded(replace(KNOWN, followers=90_000), category)
        bought = graded(replace(KNOWN, followers=900_000), category)
        grown = graded(
            replace(KNOWN, followers=900_000, reposts_avg_30d=3_000, comments_avg_30d=2_500, likes_avg_30d=4_500),
            category,
        )
        assert before.score <= bought.score < grown.score


@pytest.mark.parametrize(
    "signs",
    [
        {"duplicates_share": 0.9},
        {"links_share": 1.0},
        {"burst_share": 0.9},
        {"automated_share": 1.0},
        {"following": 5_000_000},
        {"posts_total": 3},
        {"earlier_posts_total": 3},
        {"earlier_following": 2_000},
        {"likes_avg_30d": 2_000_000},
        {"reactions_variation": 0.01},
        {"copied_comments_share": 0.8},
        {"top_reactors_share": 0.9},
    ],
    ids=lambda signs: next(iter(signs)),
)
def test_every_sign_of_spam_lowers_the_quality(signs: dict[str, Any]) -> None:
    clean, suspect = earned("quality"), earned("quality", **signs)
    assert clean.value is not None
    assert suspect.value is not None
    assert suspect.value < clean.value
    assert graded(replace(KNOWN, **signs)).score <= graded(KNOWN).score or "likes_avg_30d" in signs


def test_even_reactions_of_few_do_not_count() -> None:
    few = replace(KNOWN, reposts_avg_30d=1, comments_avg_30d=1, likes_avg_30d=1, reactions_variation=0.0)
    assert COMPOSED["smoothness"](few) is None
    assert COMPOSED["smoothness"](replace(few, likes_avg_30d=8)) == 0


def test_every_sign_has_a_meaning() -> None:
    for factor in METHODOLOGY.factors:
        for sign in factor.signs:
            assert (sign.name in FIGURES) != (sign.name in COMPOSED)
            assert sign_value(sign, KNOWN) is not None
            assert sign_value(sign, BARE) is None


@pytest.mark.parametrize("figure", ["acceptance_rate", "on_time_share", "kept_share"])
def test_a_better_record_earns_more(figure: str) -> None:
    found = [earned("conduct", **{figure: share}).points for share in (0.0, 0.5, 0.9, 1.0)]
    assert found == sorted(set(found))
    assert earned("conduct", disputes_lost_share=0.5).points < earned("conduct", disputes_lost_share=0.01).points


def test_a_record_of_few_orders_has_little_weight() -> None:
    perfect = [earned("conduct", acceptance_rate=1.0, orders_90d=orders) for orders in (0, 1, 5, 20, 1_000)]
    assert {one.value for one in perfect} == {100_000}
    weights = [one.counts for one in perfect]
    assert weights == sorted(set(weights))
    assert (weights[0], weights[2]) == (0, perfect[0].known // 2)


def test_a_poor_record_lowers_and_a_perfect_one_raises_scores() -> None:
    poor = {"acceptance_rate": 0.0, "on_time_share": 0.0, "kept_share": 0.0, "disputes_lost_share": 1.0}
    perfect = {"acceptance_rate": 1.0, "on_time_share": 1.0, "kept_share": 1.0, "disputes_lost_share": 0.0}
    none = dict.fromkeys((*poor, "orders_90d"))
    for evidence in (BARE, KNOWN):
        scores = [
            grade(replace(evidence, **{**none, **record}), FITTED).score  # type: ignore[arg-type]
            for record in (
                {**poor, "orders_90d": 20},
                {**poor, "orders_90d": 1},
                {},
                {**perfect, "orders_90d": 1},
                {**perfect, "orders_90d": 20},
            )
        ]
        assert scores == sorted(set(scores))
    assert earned("conduct", orders_90d=None) == earned("conduct", orders_90d=5)


SMALL = replace(KNOWN, followers=9_000, reads_avg_30d=900, reposts_avg_30d=1, comments_avg_30d=1, likes_avg_30d=1)


@pytest.mark.parametrize(
    ("evidence", "category"),
    [
        (KNOWN, "美食"),
        (KNOWN, None),
        (SMALL, "搞笑"),
        (BARE, "美食"),
        (replace(KNOWN, active_followers=90_000), "旅游"),
    ],
)
def test_the_figures_for_the_next_grade_are_exact(evidence: Evidence, category: str | None) -> None:
    found = graded(evidence, category)
    needed = needed_for_next(found)
    assert needed is not None
    assert needed["grade"] == GRADES[found.rank]
    assert round(needed["missing_points"] * 1_000) == METHODOLOGY.thresholds[found.rank - 1] - found.score > 0
    assert {line["name"] for line in needed["by_factor"]} & {"followers", "reach"} or found.rank > 4
    for line in needed["by_factor"]:
        assert (line["from"] or 0) < line["to"]
        assert graded(with_factor(evidence, line["name"], line["to"]), category).rank > found.rank
        step = 1 if line["name"] in ("followers", "activity") else 0.01
        assert graded(with_factor(evidence, line["name"], line["to"] - step), category).rank == found.rank


def with_factor(evidence: Evidence, name: str, value: float) -> Evidence:
    match name:
        case "followers":
            figure = "followers" if evidence.active_followers is None else "active_followers"
            return changed({figure: int(value)}, evidence)
        case "engagement":
            return replace(evidence, reposts_avg_30d=None, comments_avg_30d=None, likes_avg_30d=value)
        case "originality":
            return replace(evidence, originals_share=value / 100)
    figure = {"reach": "reads_avg_30d", "activity": "posts_30d", "regularity": "active_days_30d"}[name]
    return changed({figure: value}, evidence)


def test_percentile_of_a_score_in_its_category() -> None:
    better = graded(replace(KNOWN, reads_avg_30d=5_000_000))
    low, high = percentile_in_category(graded(SMALL)), percentile_in_category(better)
    assert low is not None
    assert high is not None
    assert 0 <= low < high <= 1_000_000
    assert percentile_in_category(graded(KNOWN, "no such category")) == percentile_in_category(graded(KNOWN, None))
