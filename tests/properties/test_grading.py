"""Grades of any evidence: reach never lowers them, contributions add up, stored evidence gives the same digits."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.grading.assessment import Assessment, assess
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.grade import explain
from chalicelib.grading.model.methodology import in_force

counts = st.integers(0, 60_000_000)
averages = st.one_of(st.none(), st.floats(0, 60_000_000, allow_subnormal=False))
maybe_counts = st.one_of(st.none(), counts)
shares = st.one_of(st.none(), st.floats(0, 1))
truths = st.sampled_from([None, True, False])
categories = st.sampled_from([None, "?", *in_force().categories])
evidences = st.builds(
    Evidence,
    as_of=st.just("2026-11-20T00:00:00Z"),
    followers=counts,
    active_followers=st.one_of(st.none(), counts),
    reads_avg_30d=averages,
    posts_30d=st.one_of(st.none(), st.integers(0, 5_000)),
    reposts_avg_30d=averages,
    comments_avg_30d=averages,
    likes_avg_30d=averages,
    originals_share=shares,
    following=maybe_counts,
    registered_at=st.sampled_from([None, "2011-05-01"]),
    verified=truths,
    organisation=truths,
    posts_total=maybe_counts,
    earlier_followers=maybe_counts,
    earlier_following=maybe_counts,
    earlier_posts_total=maybe_counts,
    active_days_30d=st.one_of(st.none(), st.floats(0, 30)),
    duplicates_share=shares,
    links_share=shares,
    burst_share=shares,
    automated_share=shares,
    reactions_variation=st.one_of(st.none(), st.floats(0, 10)),
    copied_comments_share=shares,
    top_reactors_share=shares,
    popular=truths,
    accepted_all_last_week=truths,
    by_appointment=truths,
    market_stars=st.one_of(st.none(), st.integers(1, 6)),
    orders_90d=st.one_of(st.none(), st.integers(0, 500)),
    acceptance_rate=shares,
    on_time_share=shares,
    kept_share=shares,
    disputes_lost_share=shares,
)


def nothing_lower(less: Assessment, more: Assessment) -> None:
    assert more.graded.score >= less.graded.score
    assert more.graded.rank >= less.graded.rank
    for kind, band in less.prices.items():
        above = more.prices[kind]
        assert above.low >= band.low
        assert above.mid >= band.mid
        assert above.high >= band.high


@given(evidence=evidences, reads=st.floats(0, 60_000_000), more=st.floats(0, 60_000_000), category=categories)
def test_more_reads_never_lower_anything(evidence: Evidence, reads: float, more: float, category: str | None) -> None:
    less = replace(evidence, reads_avg_30d=reads)
    nothing_lower(assess(less, category), assess(replace(less, reads_avg_30d=reads + more), category))


@given(evidence=evidences, active=counts, more=counts, category=categories)
def test_more_active_followers_never_lower_anything(
    evidence: Evidence, active: int, more: int, category: str | None
) -> None:
    less = replace(evidence, active_followers=active)
    nothing_lower(assess(less, category), assess(replace(less, active_followers=active + more), category))


@given(evidence=evidences, more=counts, category=categories)
def test_more_followers_never_lower_anything(evidence: Evidence, more: int, category: str | None) -> None:
    """All else equal: the reactions too, though more are expected of a greater account."""
    less = replace(evidence, active_followers=None)
    nothing_lower(assess(less, category), assess(replace(less, followers=less.followers + more), category))


@given(evidence=evidences, reads=st.floats(0, 60_000_000), followers=counts, more=counts, category=categories)
def test_no_followers_are_too_many(
    evidence: Evidence, reads: float, followers: int, more: int, category: str | None
) -> None:
    """With every reaction known, from few followers to very many, across all size classes."""
    less = replace(
        evidence,
        followers=followers,
        active_followers=None,
        reads_avg_30d=reads,
        reposts_avg_30d=reads / 500,
        comments_avg_30d=reads / 900,
        likes_avg_30d=reads / 100,
    )
    nothing_lower(assess(less, category), assess(replace(less, followers=followers + more), category))


@given(evidence=evidences, category=categories)
def test_contributions_add_up_and_stay_within_their_weights(evidence: Evidence, category: str | None) -> None:
    graded = assess(evidence, category).graded
    assert sum(factor.contribution for factor in graded.factors) == graded.score
    assert 0 <= graded.score <= 100_000
    for factor in graded.factors:
        assert factor.percentile is None or factor.value is not None
        assert 0 <= factor.contribution <= 100_000
        assert factor.value is not None or factor.contribution == 0


@given(evidence=evidences, category=categories)
def test_stored_evidence_gives_the_same_digits_again(evidence: Evidence, category: str | None) -> None:
    first = assess(evidence, category)
    stored = json.loads(json.dumps(evidence.as_json()))
    again = assess(Evidence.from_json(stored), category)
    assert (again.evidence, again.graded, again.prices) == (evidence, first.graded, first.prices)
    explanation = explain(first.graded, evidence)
    assert json.dumps(explain(again.graded, again.evidence)) == json.dumps(explanation)
    assert json.loads(json.dumps(explanation)) == explanation
    assert None not in stored.values()
