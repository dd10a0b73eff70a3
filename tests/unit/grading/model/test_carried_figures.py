"""Figures from one measurement to the next: reads of posts are unconfirmed, and confirmed reads count instead of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from chalicelib.grading.assessment import assess
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.carried_figures import after_correction, carried, first
from chalicelib.grading.model.evidence import Evidence

POSTS = {"reads_avg_30d": 900_000, "reads_median": 13.7, "likes_avg_30d": 9_000}


def measured(day: int, **more: Any) -> AccountFigures:
    at = datetime(2026, 10, 1) + timedelta(days=day - 1)
    return cast("AccountFigures", {"as_of": f"{at:%Y-%m-%dT%H:%M:%SZ}", "followers": 100_000, **more})


def posts(day: int, reads: int) -> AccountFigures:
    return measured(day, **{**POSTS, "reads_avg_30d": reads})


def price(figures: AccountFigures) -> int:
    return assess(Evidence.from_json(figures), None).prices["repost"].mid


def test_reads_of_posts_are_unconfirmed_and_those_of_an_operator_are_not() -> None:
    assert first(measured(1, **POSTS))["unconfirmed_since"] == "2026-10-01T00:00:00Z"
    stated = measured(1, reads_avg_30d=900_000)
    assert first(stated) == stated


def test_reads_of_posts_change_no_grade_and_no_price() -> None:
    none = assess(Evidence.from_json(measured(1, likes_avg_30d=9_000)), None)
    many = assess(Evidence.from_json(first(measured(1, **POSTS))), None)
    assert (many.graded.score, many.prices) == (none.graded.score, none.prices)
    assert price(measured(1, reads_avg_30d=900_000)) > 2 * none.prices["repost"].mid


@pytest.mark.parametrize("day", [2, 31, 61])
def test_no_number_of_measurements_confirms_them(day: int) -> None:
    before = first(measured(1, **POSTS))
    later = carried(before, measured(day, **POSTS))
    assert (later["unconfirmed_since"], later["reads_avg_30d"]) == (before["as_of"], 900_000)
    assert price(later) == price(before)


def test_reads_that_an_operator_states_later_count_at_once() -> None:
    stated = carried(first(measured(1, **POSTS)), measured(31, reads_avg_30d=40_000))
    assert stated == measured(31, reads_avg_30d=40_000, likes_avg_30d=7_200)


def test_confirmed_reads_count_beside_unconfirmed_ones_and_never_rise() -> None:
    before = measured(1, reads_avg_30d=40_000)
    more = carried(before, measured(31, **POSTS))
    assert (more["reads_avg_30d"], more["reads_confirmed"]) == (900_000, 40_000)
    assert price(more) == price(before)
    fewer = carried(more, posts(61, 10_000))
    assert (fewer["reads_avg_30d"], fewer["reads_confirmed"]) == (10_000, 32_000)
    assert carried(fewer, measured(91, **POSTS))["reads_confirmed"] == 32_000


def test_hidden_reads_fall_as_fast_as_shown_ones() -> None:
    before = measured(1, reads_avg_30d=40_000)
    hidden = carried(before, measured(31))
    assert hidden["reads_avg_30d"] == 32_000
    shown = carried(before, posts(31, 10))
    assert price(shown) == price(hidden)
    later = carried(shown, measured(61))
    assert (later.get("reads_avg_30d"), later["reads_confirmed"]) == (None, 25_600)
    assert price(later) == price(carried(hidden, measured(61)))


def test_reads_that_were_hidden_at_the_first_measurement_are_unconfirmed_later() -> None:
    hidden = first(measured(1, likes_avg_30d=10))
    shown = carried(hidden, measured(40, **POSTS))
    assert shown["unconfirmed_since"] == shown["as_of"]


def test_a_correction_of_another_figure_confirms_no_reads() -> None:
    before = carried(measured(1, reads_avg_30d=40_000), measured(31, **POSTS))
    figures = measured(40, reads_avg_30d=900_000, likes_avg_30d=1)
    other = after_correction(before, figures, {"likes_avg_30d"})
    assert (other["unconfirmed_since"], other["reads_confirmed"]) == (before["as_of"], 40_000)
    assert after_correction(before, figures, {"reads_avg_30d"}) == figures


def test_corrected_reads_are_confirmed_at_the_next_measurement() -> None:
    ruled = after_correction(first(measured(1, **POSTS)), measured(2, **POSTS), {"reads_avg_30d"})
    assert price(ruled) == price(measured(2, reads_avg_30d=900_000))
    assert carried(ruled, measured(3, **POSTS))["reads_confirmed"] == 900_000


def test_reads_of_posts_from_before_the_mark_are_unconfirmed_at_the_next_measurement() -> None:
    unmarked = measured(1, **POSTS)
    for later in (carried(unmarked, measured(31, **POSTS)), carried(unmarked, measured(31))):
        assert later["unconfirmed_since"] == unmarked["as_of"]
        assert "reads_confirmed" not in later
        assert price(later) == price(first(measured(31, **POSTS)))
    other = after_correction(unmarked, measured(2, **POSTS), {"likes_avg_30d"})
    assert price(other) == price(first(measured(2, **POSTS)))
