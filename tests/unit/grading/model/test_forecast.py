from __future__ import annotations

import json
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.forecast import FOLDER, Range, forecast
from chalicelib.grading.model.methodology import GRADES

COUNTS = st.one_of(st.none(), st.floats(0, 1e8))


@given(
    followers=st.integers(0, 10**9),
    reads=COUNTS,
    likes=COUNTS,
    posts=st.one_of(st.none(), st.integers(0, 100)),
    grade=st.sampled_from([None, *GRADES]),
    kind=st.sampled_from(["post", "repost"]),
)
def test_an_interval_contains_its_expectation_and_is_never_negative(
    followers: int,
    reads: float | None,
    likes: float | None,
    posts: int | None,
    grade: str | None,
    kind: Literal["post", "repost"],
) -> None:
    evidence = Evidence("2026-11-22T00:00:00Z", followers, reads_avg_30d=reads, likes_avg_30d=likes, posts_30d=posts)
    found = forecast(evidence, "时尚", grade, kind)
    for part in (found.reads, found.interactions, found.clicks):
        assert 0 <= part.low <= part.expected <= part.high
        assert all(isinstance(number, int) for number in (part.low, part.expected, part.high))


def reads(followers: int, average: float | None, posts: int | None = None) -> Range:
    evidence = Evidence("2026-11-22T00:00:00Z", followers, reads_avg_30d=average, posts_30d=posts)
    return forecast(evidence, None, None, "post").reads


def test_more_reads_in_the_past_let_expect_more() -> None:
    assert reads(100_000, 1_000).expected < reads(100_000, 10_000).expected < reads(100_000, 100_000).expected


def test_own_past_gives_narrower_intervals_than_peers() -> None:
    own, peers = reads(50_000, 3_000), reads(50_000, None)
    assert (own.basis, peers.basis) == ("own", "peers")
    assert own.high / own.low < peers.high / peers.low


def test_the_basis_of_a_forecast_is_named() -> None:
    assert reads(50_000, 3_000, posts=2).basis == "own_few"
    assert reads(50_000, 3_000, posts=12).basis == "own"
    assert reads(50_000, 10**9).basis == "extrapolated"


def from_posts(median: float, spread: float, posts: int | None = 20) -> Range:
    evidence = Evidence(
        "2026-11-22T00:00:00Z", 50_000, posts_seen=posts, reads_median=median, reads_spread=spread, reads_avg_30d=10**7
    )
    return forecast(evidence, None, None, "post").reads


def test_the_median_of_own_posts_counts_instead_of_the_average() -> None:
    found = from_posts(8.0, 0.5)
    assert found.basis == "own"
    assert found.low < 3_000 < found.high
    assert from_posts(9.0, 0.5).expected > 2 * found.expected
    assert from_posts(8.0, 0.5, None).basis == "own_few"
    assert from_posts(30.0, 0.5).basis == "extrapolated"


def test_scattered_posts_make_wide_intervals() -> None:
    even, scattered = from_posts(8.0, 0.1), from_posts(8.0, 2.0)
    assert even.high / even.low < scattered.high / max(scattered.low, 1)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_intervals_contain_80_percent_of_held_out_outcomes(path: object) -> None:
    document = json.loads(path.read_text("utf-8"))  # type: ignore[attr-defined]
    shares = [held["holds"] for bases in document["held_out"].values() for held in bases.values()]
    assert len(shares) == 9
    assert all(0.75 <= share <= 0.85 for share in shares), shares
