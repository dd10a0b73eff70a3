"""The limit on followers that count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.grading.model.advised_price import advised
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.follower_growth import counting
from chalicelib.grading.model.grade import grade
from chalicelib.grading.model.methodology import FollowerLimit, published
from testing.methodologies import FITTED

LIMIT = FollowerLimit(few=1_000, growth_bps_30d=2_000, per_read=5)
NOW, MONTH_AGO, YEAR_AGO = "2026-11-23T00:00:00Z", "2026-10-24T00:00:00Z", "2025-11-23T00:00:00Z"
counts = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("known", "counted"),
    [
        ({}, 500_000),
        ({"earlier_at": MONTH_AGO, "earlier_followers": 50_000}, 61_000),
        ({"earlier_at": "2026-11-22T00:00:00Z", "earlier_followers": 50_000}, 61_000),
        ({"earlier_at": YEAR_AGO, "earlier_followers": 50_000}, 172_666),
        ({"earlier_at": MONTH_AGO, "earlier_followers": 50_000, "reads_avg_30d": 20_000.0}, 101_000),
        ({"earlier_at": MONTH_AGO, "earlier_followers": 50_000, "reads_avg_30d": 100_000.0}, 500_000),
        ({"counted_at": MONTH_AGO, "counted_before": 50_000}, 61_000),
        (
            {"counted_at": MONTH_AGO, "counted_before": 40_000, "earlier_at": MONTH_AGO, "earlier_followers": 50_000},
            49_000,
        ),
        ({"earlier_at": MONTH_AGO, "earlier_followers": 50_000, "active_followers": 30_000}, 30_000),
    ],
)
def test_growth_counts_up_to_the_limit_or_by_reads(known: dict[str, object], counted: int) -> None:
    evidence = replace(Evidence(NOW, 500_000), **known)  # type: ignore[arg-type]
    assert counting(evidence, LIMIT).counted_followers == counted


def test_a_methodology_without_a_limit_counts_all() -> None:
    evidence = Evidence(NOW, 500_000, earlier_at=MONTH_AGO, earlier_followers=1)
    assert counting(evidence, None) is evidence
    before = published("2026-11-22")
    assert before is not None
    assert before.follower_limit is None
    assert FITTED.follower_limit == LIMIT


@given(counts, counts, st.one_of(st.none(), st.integers(0, 10**9)), counts, counts)
def test_more_never_count_less(followers: int, earlier: int, reads: int | None, more: int, read_more: int) -> None:
    evidence = Evidence(NOW, followers, reads_avg_30d=reads, earlier_at=MONTH_AGO, earlier_followers=earlier)
    greater = replace(evidence, followers=followers + more, reads_avg_30d=None if reads is None else reads + read_more)
    small, great = counting(evidence, LIMIT), counting(greater, LIMIT)
    assert small.counted_followers <= great.counted_followers
    assert grade(evidence, FITTED).score <= grade(greater, FITTED).score
    lower, higher = (advised(grade(one, FITTED), None)["repost"].mid for one in (evidence, greater))
    assert lower <= higher
