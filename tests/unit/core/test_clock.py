"""Time: core/clock.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from chalicelib.core import clock


def test_clock_is_restored_after_the_block() -> None:
    moment = datetime(2026, 11, 22, 10, 0, 0, 123_456, UTC)
    with clock.at(moment):
        assert clock.now() == moment
    assert clock.now() > moment - timedelta(days=36_500)
    assert clock.now().tzinfo is UTC


def test_moments_are_written_in_utc() -> None:
    shanghai = datetime(2026, 11, 22, 18, 0, 0, 999_000, timezone(timedelta(hours=8)))
    assert clock.rfc3339(shanghai) == "2026-11-22T10:00:00Z"
    assert clock.stamp(shanghai) == "2026-11-22T10:00:00.999Z"
    assert clock.parse(clock.stamp(shanghai)) == shanghai


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(86_400, "PT24H"), (172_800, "P2D"), (5_400, "PT90M"), (90, "PT90S"), (0, "PT0S"), (3_600, "PT1H")],
)
def test_durations_use_the_largest_whole_unit(seconds: int, text: str) -> None:
    assert clock.iso_duration(timedelta(seconds=seconds)) == text
