"""Figures from one measurement to the next: the first reads of posts count in part until a later measurement confirms them."""

from __future__ import annotations

from typing import Any, cast

import pytest

from chalicelib.grading.assessment import assess
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.carried import carried, first
from chalicelib.grading.model.evidence import Evidence

POSTS = {"reads_avg_30d": 900_000, "reads_median": 13.7, "likes_avg_30d": 9_000}


def measured(day: int, **more: Any) -> AccountFigures:
    figures = {"as_of": f"2026-{10 + (day - 1) // 30}-{(day - 1) % 30 + 1:02}T00:00:00Z", "followers": 100_000, **more}
    return cast("AccountFigures", figures)


def price(figures: AccountFigures) -> int:
    return assess(Evidence.from_json(figures), None).prices["repost"].mid


def test_first_reads_of_posts_are_unconfirmed_and_those_of_an_operator_are_not() -> None:
    assert first(measured(1, **POSTS))["unconfirmed_since"] == "2026-10-01T00:00:00Z"
    stated = measured(1, reads_avg_30d=900_000)
    assert first(stated) == stated


def test_bought_reads_of_the_first_measurement_do_not_raise_the_price_beyond_the_usual() -> None:
    some = price(first(measured(1, **{**POSTS, "reads_avg_30d": 20_000})))
    assert price(first(measured(1, **POSTS))) == some
    assert price(measured(1, **POSTS)) > 2 * some


@pytest.mark.parametrize(("day", "confirmed"), [(2, False), (30, False), (31, True), (60, True)])
def test_a_measurement_thirty_days_later_confirms_them(day: int, confirmed: bool) -> None:
    later = carried(first(measured(1, **POSTS)), measured(day, **POSTS))
    assert ("unconfirmed_since" not in later) is confirmed
    assert later["reads_avg_30d"] == 900_000


def test_unconfirmed_reads_fall_at_once_to_those_measured_next() -> None:
    before = first(measured(1, **POSTS))
    for day in (20, 40):
        fewer = carried(before, measured(day, reads_avg_30d=5_000, reads_median=8.5))
        assert (fewer["reads_avg_30d"], fewer["likes_avg_30d"]) == (5_000, 0)
    confirmed = carried(before, measured(31, **POSTS))
    assert carried(confirmed, measured(61, reads_avg_30d=5_000))["reads_avg_30d"] == pytest.approx(720_000)


def test_reads_that_were_hidden_at_the_first_measurement_are_unconfirmed_later() -> None:
    hidden = first(measured(1, likes_avg_30d=10))
    shown = carried(hidden, measured(40, **POSTS))
    assert shown["unconfirmed_since"] == shown["as_of"]
