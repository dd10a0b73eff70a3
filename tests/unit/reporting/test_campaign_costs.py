"""Costs per read, interaction and click, and the times of snapshots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import clock
from chalicelib.core.rules import Rules
from chalicelib.reporting import campaign_costs
from chalicelib.reporting.campaign_costs import Medians, Result
from chalicelib.social.port import PostFigures
from chalicelib.tasks.posts import post_metrics

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_costs_are_rounded_to_the_nearest_fen() -> None:
    result = Result(spend=10_000, reads=3_000, interactions=7, clicks=3)
    assert (result.cpm, result.cpe, result.cpc) == (3_333, 1_429, 3_333)
    assert (Result(10_000).cpm, Result(10_000, 0, 0, 0).cpe, Result(0, 5, 5, 5).cpc) == (None, None, 0)


def test_the_latest_snapshot_that_shows_the_post_counts() -> None:
    taken = [
        {"found": True, "reads": 10, "likes": 1, "clicks": 0},
        {"found": True, "reads": 90, "likes": 4, "reposts": 2, "clicks": 5},
        {"found": False, "clicks": 5},
    ]
    assert campaign_costs.latest_result(500, taken) == Result(500, 90, 6, 5)
    assert campaign_costs.latest_result(500, []) == Result(500)
    assert campaign_costs.latest_result(500, [{"found": True, "clicks": 2}]) == Result(500, None, None, 2)


def test_totals_ignore_unknown_figures() -> None:
    assert campaign_costs.total([Result(100, 10, None, 1), Result(50, None, None, 2)]) == Result(150, 10, None, 3)
    assert campaign_costs.total([]) == Result(0)


def test_few_comparable_orders_have_no_median() -> None:
    results = [Result(1_000, reads=reads, interactions=10) for reads in (100, 200, 400, 500, 1_000)]
    assert campaign_costs.medians(results[:4]) is None
    assert campaign_costs.medians(results) == Medians(2_500, 100, None)


@pytest.mark.parametrize(
    ("retention", "hours"),
    [
        (timedelta(seconds=8), [8 / 3_600]),
        (2 * HOUR, [1 / 6, 1, 2]),
        (24 * HOUR, [1 / 6, 1, 6, 24]),
        (72 * HOUR, [1 / 6, 1, 6, 24, 72]),
    ],
)
def test_figures_are_taken_within_the_retention_and_at_its_end(retention: timedelta, hours: list[float]) -> None:
    assert post_metrics.snapshot_times(retention, Rules()) == [timedelta(hours=hour) for hour in hours]


@given(st.lists(st.integers(1, 100 * 3_600), min_size=1, max_size=8, unique=True))
def test_each_moment_is_taken_once_and_the_end_always(seconds: list[int]) -> None:
    """Whenever the market looks: what is due is due once, what was missed is not made up for, and it ends."""
    taken = [post_metrics.snapshot(NOON, PostFigures(), 0, 0)]
    due = post_metrics.next_at(NOON, 72 * HOUR, taken, Rules())
    looks = 0
    for second in sorted(seconds):
        at = NOON + timedelta(seconds=second)
        while due is not None and due <= at:
            taken.append(post_metrics.snapshot(at, PostFigures(reads=second), 0, 0))
            following = post_metrics.next_at(NOON, 72 * HOUR, taken, Rules())
            assert following is None or following > at
            due, looks = following, looks + 1
    assert looks <= 5
    assert [one["at"] for one in taken] == sorted({one["at"] for one in taken})
    taken.append(post_metrics.snapshot(NOON + 101 * HOUR, None, 0, 0))
    assert post_metrics.next_at(NOON, 72 * HOUR, taken, Rules()) is None


def test_a_snapshot_omits_figures_the_network_hides() -> None:
    at = clock.stamp(NOON)
    taken = post_metrics.snapshot(NOON, PostFigures(reads=5, likes=0), 3, 2)
    assert taken == {"at": at, "found": True, "reads": 5, "likes": 0, "clicks": 3, "visitors": 2}
    assert post_metrics.snapshot(NOON, None, 0, 0) == {"at": at, "found": False, "clicks": 0, "visitors": 0}
