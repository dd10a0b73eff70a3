"""Days and working days of a time zone: core/regions/working_days.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.core.regions import region
from chalicelib.core.regions.working_days import day_begins, is_calendar, is_zone, working_time_after
from chalicelib.core.rules import Rules
from chalicelib.tasks.model.order_timers import ruling_due


@dataclass(frozen=True)
class Days:
    time_zone: str
    public_holidays: str


CHINA, AMERICA, EUROPE = (
    Days("Asia/Shanghai", "CN"),
    Days("America/New_York", "US"),
    Days("Europe/Brussels", "ECB"),
)


@pytest.mark.parametrize(
    ("days", "begin", "end"),
    [
        (CHINA, "2026-11-27T04:00:00+00:00", "2026-12-04T04:00:00+00:00"),  # a Friday
        (CHINA, "2026-09-29T04:00:00+00:00", "2026-10-12T04:00:00+00:00"),  # National Day; Saturday 10-10 is worked
        (CHINA, "2026-11-27T17:00:00+00:00", "2026-12-03T17:00:00+00:00"),  # Saturday in China
        (AMERICA, "2026-11-24T20:00:00+00:00", "2026-12-02T20:00:00+00:00"),  # Thanksgiving
        (AMERICA, "2026-10-30T16:00:00+00:00", "2026-11-06T17:00:00+00:00"),  # summer time ends: noon stays noon
        (EUROPE, "2026-12-23T10:00:00+00:00", "2026-12-31T10:00:00+00:00"),  # Christmas
        (EUROPE, "2026-03-27T10:00:00+00:00", "2026-04-07T09:00:00+00:00"),  # Easter, and summer time begins
        (Days("UTC", "none"), "2026-12-24T10:00:00+00:00", "2026-12-31T10:00:00+00:00"),
        (
            Days("UTC", "ECB"),
            "2050-12-23T10:00:00+00:00",
            "2050-12-30T10:00:00+00:00",
        ),  # after the last year of the file
    ],
)
def test_rule_20_five_working_days_leave_out_weekends_and_holidays(days: Days, begin: str, end: str) -> None:
    due = working_time_after(datetime.fromisoformat(begin), timedelta(days=5), days)
    assert due == datetime.fromisoformat(end)
    assert due.tzinfo is UTC


def test_parts_of_a_day_are_added_to_whole_working_days() -> None:
    friday = datetime(2026, 11, 27, 4, tzinfo=UTC)
    assert working_time_after(friday, timedelta(days=1, hours=3), CHINA) == datetime(2026, 11, 30, 7, tzinfo=UTC)
    assert working_time_after(friday, timedelta(seconds=30), CHINA) == friday + timedelta(seconds=30)


def test_a_ruling_is_due_by_the_days_of_the_rules() -> None:
    opened = datetime(2026, 9, 29, 4, tzinfo=UTC)
    assert ruling_due(opened, Rules()) == datetime(2026, 10, 12, 4, tzinfo=UTC)
    assert ruling_due(opened, Rules(public_holidays="none")) == datetime(2026, 10, 6, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "begin"),
    [
        ("2026-11-01", "Asia/Shanghai", "2026-10-31T16:00:00+00:00"),
        ("2026-11-01", "America/New_York", "2026-11-01T04:00:00+00:00"),  # the day on which summer time ends
        ("2026-12-01", "America/New_York", "2026-12-01T05:00:00+00:00"),
        ("2026-07-01", "Europe/Brussels", "2026-06-30T22:00:00+00:00"),
        ("2026-07-01", "UTC", "2026-07-01T00:00:00+00:00"),
    ],
)
def test_a_day_begins_at_midnight_of_the_time_zone(day: str, zone: str, begin: str) -> None:
    assert day_begins(date.fromisoformat(day), zone) == datetime.fromisoformat(begin)


def test_unknown_zones_and_calendars_are_recognised() -> None:
    assert is_zone("Europe/Berlin")
    assert not is_zone("Berlin")
    assert is_calendar("none")
    assert not is_calendar("FR")


@pytest.mark.parametrize("name", region.NAMES)
def test_a_region_names_a_known_zone_and_calendar(name: str) -> None:
    found = region.named(name)
    assert is_zone(found.time_zone)
    assert is_calendar(found.public_holidays)
