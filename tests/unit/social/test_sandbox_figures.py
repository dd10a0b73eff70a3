"""The sandbox's figures are a function of account, post and time, and never fall."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.social import sandbox_figures

POSTED = datetime(2026, 11, 22, 12, tzinfo=UTC)
FOLLOWERS = 40_000
ages = st.timedeltas(timedelta(0), timedelta(days=400))


def test_reads_reach_half_the_ceiling_after_six_hours() -> None:
    first, later, ever = (
        sandbox_figures.figures_at(FOLLOWERS, "pst_1", POSTED, POSTED + age).reads or 0
        for age in (timedelta(hours=6), timedelta(hours=24), timedelta(days=10_000))
    )
    assert abs(first - ever / 2) <= 1
    assert abs(later - ever * 3 / 4) <= 1
    assert 0.05 <= ever / FOLLOWERS <= 0.30


def test_the_formula_is_the_documented_one() -> None:
    u = int.from_bytes(hashlib.sha256(b"acc_1").digest()[:8], "big") / 2**64
    assert abs(sandbox_figures.followers("acc_1") - 10 ** (3 + 3 * u)) <= 1
    assert sandbox_figures.followers("acc_1") != sandbox_figures.followers("acc_2")


@given(st.text(max_size=30), st.text(max_size=30), ages, ages)
def test_figures_never_fall_or_exceed_the_reads(account: str, post: str, one: timedelta, other: timedelta) -> None:
    before = sandbox_figures.figures_at(sandbox_figures.followers(account), post, POSTED, POSTED + min(one, other))
    after = sandbox_figures.figures_at(sandbox_figures.followers(account), post, POSTED, POSTED + max(one, other))
    assert 1_000 <= sandbox_figures.followers(account) <= 1_000_000
    assert all(0 <= a <= b <= (after.reads or 0) for a, b in zip(astuple(before), astuple(after), strict=True))


def test_nothing_is_read_before_it_is_posted() -> None:
    assert sandbox_figures.figures_at(FOLLOWERS, "pst_1", POSTED, POSTED - timedelta(hours=1)).reads == 0
