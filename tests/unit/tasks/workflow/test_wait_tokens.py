"""The seconds that a workflow waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core import clock
from chalicelib.tasks.model.lifecycle import ORDER, TASK
from chalicelib.tasks.workflow.wait_tokens import GRACE, TIMEOUT_MAX, WAITED_FOR, Wait

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def seconds(after: timedelta, status: str = "accepted", *, is_settling: bool = False) -> int:
    return Wait(status, clock.stamp(NOW + after), is_settling).seconds(NOW)


@pytest.mark.parametrize(("milliseconds", "expected"), [(60_000, 60), (60_001, 61), (1, 1), (0, 1), (-60_000, 1)])
def test_seconds_are_rounded_up_and_at_least_one(milliseconds: int, expected: int) -> None:
    assert seconds(timedelta(milliseconds=milliseconds)) == expected


def test_a_wait_is_not_longer_than_step_functions_allows() -> None:
    assert seconds(timedelta(days=3_000)) == TIMEOUT_MAX


def test_a_running_task_whose_timers_are_over_waits_for_its_last_orders() -> None:
    assert seconds(timedelta(0), "running", is_settling=True) == GRACE.total_seconds()
    assert seconds(timedelta(seconds=30), "running", is_settling=True) == 30


def test_an_open_call_that_is_over_is_closed_at_once() -> None:
    assert seconds(timedelta(0), "running") == 1


def test_no_deadline_is_one_second() -> None:
    assert Wait("completed", "").seconds(NOW) == 1


def test_no_workflow_waits_in_the_last_status_of_a_task_or_order() -> None:
    for machine in (TASK, ORDER):
        assert all(Wait(status, "").is_over for status in machine.ends)
    assert not any(Wait(status, "").is_over for status in WAITED_FOR)
