"""Rule 13: at most two paid posts in 24 hours, none within an hour of another; accepted orders are planned, earliest end first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.rules import Rules
from chalicelib.tasks.frequency.frequency_cap import DAY, Slot, earliest, fits, is_allowed, next_free, next_moment

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULES = Rules()


def hours(number: float) -> datetime:
    return NOW + timedelta(hours=number)


def window(start: float, end: float) -> Slot:
    return Slot(hours(start), hours(end))


def posted(at: float) -> Slot:
    return Slot(hours(at), hours(at + 1), hours(at))


@pytest.mark.parametrize(
    ("slots", "new", "fit"),
    [
        ([], window(1, 2), True),
        ([window(1, 2)], window(1, 2), False),  # two within the same hour
        ([window(1, 2.5)], window(1, 2.5), True),  # an hour apart
        ([window(1, 3), window(1, 3)], window(2, 20), False),  # the third of the day
        ([window(1, 3), window(1, 3)], window(2, 30), True),  # the third on the next day
        ([posted(-2), posted(-1)], window(1, 20), False),
        ([posted(-23), posted(-1)], window(0.5, 3), True),  # the first is a day ago by then
        ([posted(-0.5)], window(0, 0.5), False),
        ([posted(-0.5)], window(0, 0.6), True),
        ([window(5, 6)], window(1, 10), True),  # the wide window makes room for the narrow one
        ([window(-5, -1)], window(0, 0.1), True),  # a window that is over promises nothing
    ],
)
def test_rule_13_an_order_fits_if_all_accepted_orders_fit(slots: list[Slot], new: Slot, fit: bool) -> None:
    assert fits(slots, new, NOW, RULES) is fit


@pytest.mark.parametrize(
    ("others", "at", "allowed"),
    [
        ([], 0, True),
        ([-1], 0, True),
        ([-0.9], 0, False),
        ([0.9], 0, False),
        ([-5, -2], 0, False),
        ([-24, -2], 0, True),
        ([-5, 5], 0, False),
        ([-12, 13], 0, True),
    ],
)
def test_rule_13_limits_a_post_beside_the_others(others: list[float], at: float, allowed: bool) -> None:
    assert is_allowed([hours(other) for other in others], hours(at), RULES) is allowed


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40)), max_size=6))
def test_slots_that_fit_have_a_plan_within_the_rule(windows: list[tuple[int, int]]) -> None:
    """Slots are added where they fit; publishing each as early as possible, the first end first, complies with the rule."""
    slots: list[Slot] = []
    for start, length in windows:
        slot = window(start, start + length)
        if fits(slots, slot, NOW, RULES):
            slots.append(slot)
    moments: list[datetime] = []
    moment, left = NOW, list(slots)
    while left:
        moment = earliest(moments, max(moment, min(slot.start_at for slot in left)), RULES)
        slot = min((slot for slot in left if slot.start_at <= moment), key=lambda slot: slot.end_at)
        assert slot.start_at <= moment < slot.end_at
        assert is_allowed(moments, moment, RULES)
        moments.append(moment)
        left.remove(slot)
    for first, third in zip(moments, moments[2:], strict=False):
        assert third - first >= DAY


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40)), min_size=1, max_size=8))
def test_rule_13_a_window_at_the_next_free_time_fits(windows: list[tuple[int, int]]) -> None:
    slots: list[Slot] = []
    for start, length in windows:
        new = window(start / 2, (start + length) / 2)
        free_at = new.start_at if fits(slots, new, NOW, RULES) else next_free(slots, new, NOW, RULES)
        assert free_at >= new.start_at
        slots.append(Slot(free_at, free_at + (new.end_at - new.start_at)))
        assert fits(slots[:-1], slots[-1], NOW, RULES)


@given(st.lists(st.integers(0, 60), max_size=6), st.integers(0, 60))
def test_rule_13_a_post_at_the_next_moment_is_permitted(others: list[int], wished: int) -> None:
    posts: list[datetime] = []
    for at in others:
        posts.append(next_moment(posts, hours(at / 2), RULES))
    moment = next_moment(posts, hours(wished / 2), RULES)
    assert moment >= hours(wished / 2)
    assert is_allowed(posts, moment, RULES)
