"""Commission, schedule and timers (rules 7, 8, 11, 14-17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core.rules import Rules
from chalicelib.tasks.model.commission import split_price
from chalicelib.tasks.model.order_timers import Progress, order_timers, review_timers
from chalicelib.tasks.model.task_schedule import Schedule, review_due, schedule_faults

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = Rules()
GOOD = Schedule(NOW + HOUR, NOW + HOUR, NOW + 3 * HOUR, timedelta(hours=24))
PROGRESS = Progress(counter_open=True, mend_by=NOW + 2 * HOUR, published_at=NOW + 3 * HOUR, ruling_due=NOW + 99 * HOUR)


def test_rule_11_the_published_example() -> None:
    parts = split_price(307_000, RULES.commission_bps)
    assert (parts.net, parts.commission) == (214_900, 92_100)


@pytest.mark.parametrize("price", [1, 3, 99, 101, 307_001])
def test_rule_11_rounding_favours_the_creator_and_loses_nothing(price: int) -> None:
    parts = split_price(price, RULES.commission_bps)
    assert parts.net + parts.commission == price
    assert parts.commission * 10_000 <= price * RULES.commission_bps


def test_rule_8_the_review_is_due_before_accept_by() -> None:
    assert review_due(NOW, NOW + 48 * HOUR, RULES) == NOW + 24 * HOUR
    assert review_due(NOW, NOW + HOUR, RULES) == NOW + HOUR


def test_rule_7_a_good_schedule_has_no_fault() -> None:
    assert list(schedule_faults(GOOD, NOW, RULES)) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"accept_by": NOW}, "in_the_past"),
        ({"accept_by": NOW + 2 * HOUR}, "after_start"),
        ({"end_at": NOW + HOUR}, "before_start"),
        ({"end_at": NOW + HOUR + timedelta(days=30, seconds=1)}, "window_too_long"),
        ({"retention": timedelta(hours=23)}, "out_of_range"),
        ({"retention": timedelta(days=366)}, "out_of_range"),
    ],
)
def test_rule_7_each_broken_bound_is_named(changes: dict[str, object], code: str) -> None:
    schedule = replace(GOOD, **changes)  # type: ignore[arg-type]
    assert [fault.code for fault in schedule_faults(schedule, NOW, RULES)] == [code]


def test_a_task_is_not_planned_for_the_far_future() -> None:
    far = Schedule(NOW + HOUR, NOW + timedelta(days=365), NOW + timedelta(days=366), timedelta(hours=24))
    assert [fault.code for fault in schedule_faults(far, NOW, RULES)] == ["too_far"]
    assert far.end_at.year < datetime.max.year


def test_rule_17_final_at_is_known_from_the_start() -> None:
    before = {timer.name: timer.at for timer in order_timers(GOOD, Progress())}
    assert before["final_at"] == GOOD.final_at == NOW + 27 * HOUR
    after = {timer.name: timer.at for timer in order_timers(GOOD, Progress(published_at=NOW + 2 * HOUR))}
    assert after["final_at"] == after["retention_end"] == NOW + 26 * HOUR
    assert after["retention_half"] == NOW + 14 * HOUR


def test_timers_are_sorted_by_time() -> None:
    for timers in (order_timers(GOOD, Progress()), order_timers(GOOD, PROGRESS), review_timers(NOW + HOUR, GOOD)):
        moments = [timer.at for timer in timers]
        assert moments == sorted(moments)
