"""Moments, days and durations in requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib.api.validation.time_fields import DayOrMoment, Duration, Moment, QueryMoment, WholeSecond
from chalicelib.core import clock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BODY, QUERY, DAY, SECOND = (TypeAdapter(one) for one in (Moment, QueryMoment, DayOrMoment, WholeSecond))
LENGTH = TypeAdapter(Duration)


@pytest.mark.parametrize(
    "text", ["2026-11-22T12:00:00Z", "2026-11-22T20:00:00+08:00", "2026-11-22t12:00:00.000z", "2026-11-22 12:00Z"]
)
def test_moment_with_a_time_zone_is_accepted(text: str) -> None:
    assert {adapter.validate_python(text) for adapter in (BODY, QUERY, DAY, SECOND)} == {NOON}


@pytest.mark.parametrize(
    "value",
    ["1795352400", "20261120", "46327", "2015", "2026-11-22T12:00:00", "2026-11-22T12:00:00+0800", "2026-11-22T12:00:00 CST",
     "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z", "1969-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
     "٢٠٢٦-11-22T12:00:00Z", "now", "", 1795352400, 1.5, True, None, [], {}],
)  # fmt: skip
def test_text_without_a_definite_moment_is_refused(value: object) -> None:
    for adapter in (BODY, QUERY, DAY, SECOND):
        with pytest.raises(ValidationError):
            adapter.validate_python(value)


def test_day_is_accepted_only_in_fields_of_days() -> None:
    assert DAY.validate_python("2026-11-22") == datetime(2026, 11, 22, tzinfo=UTC)
    for adapter in (BODY, QUERY, SECOND):
        with pytest.raises(ValidationError):
            adapter.validate_python("2026-11-22")
    with pytest.raises(ValidationError):
        DAY.validate_python("2026-02-30")


def test_unencoded_plus_in_a_query_is_accepted() -> None:
    assert QUERY.validate_python("2026-11-22T20:00:00 08:00") == NOON
    with pytest.raises(ValidationError):
        BODY.validate_python("2026-11-22T20:00:00 08:00")


@given(st.datetimes(datetime(1971, 1, 1), datetime(2999, 1, 1), timezones=st.timezones()))
def test_written_moment_can_be_read(moment: datetime) -> None:
    assert BODY.validate_python(clock.rfc3339(moment)) == moment.astimezone(UTC).replace(microsecond=0)
    assert SECOND.validate_python(clock.stamp(moment)) == moment.astimezone(UTC).replace(microsecond=0)


@given(st.integers(0, 400 * 86_400))
def test_written_duration_can_be_read(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    assert LENGTH.validate_python(clock.iso_duration(length)) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT24H", timedelta(days=1)),
        ("P1DT12H", timedelta(hours=36)),
        ("P2W", timedelta(weeks=2)),
        ("PT1M", timedelta(minutes=1)),
    ],
)
def test_duration_in_fixed_units_is_accepted(text: str, length: timedelta) -> None:
    assert LENGTH.validate_python(text) == length


@pytest.mark.parametrize(
    "value",
    ["P1M", "P1Y", "P1Y2M3D", "P1MT1H", "P", "PT", "P1DT", "P1W2D", "PT0.5H", "-PT1H", "PT1H30", "24:00:00", "86400", "1", 86_400,
     None, "P9999999D"],
)  # fmt: skip
def test_other_duration_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        LENGTH.validate_python(value)


def test_months_are_refused_with_a_reason() -> None:
    with pytest.raises(ValidationError, match="months and years have no fixed length"):
        LENGTH.validate_python("P1M")
