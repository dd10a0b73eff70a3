"""Days of a time zone, and working days in it: all but Saturdays, Sundays and public holidays.

The holidays are data, `public_holidays.generated.json`, written by infra/generated_lists.py from the library `holidays`: its
import takes half a second. The file lists weekdays that are holidays, and weekends that are worked instead."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FILE = Path(__file__).with_name("public_holidays.generated.json")
WEEKEND = (5, 6)
NO_HOLIDAYS = "none"


class Calendar(Protocol):
    """The rules that say which days are worked."""

    @property
    def time_zone(self) -> str: ...

    @property
    def public_holidays(self) -> str: ...


def working_time_after(moment: datetime, duration: timedelta, calendar: Calendar) -> datetime:
    """Return `moment` plus `duration`, of which whole days are working days, at the same time of day in the time zone. The days
    after the last year of the file have no public holidays."""
    local, days = moment.astimezone(_zone(calendar.time_zone)), duration.days
    holidays, worked = _listed(calendar.public_holidays)
    while days:
        local += timedelta(days=1)
        day = local.date().isoformat()
        days -= day not in holidays and (local.weekday() not in WEEKEND or day in worked)
    return local.astimezone(UTC) + timedelta(seconds=duration.seconds)


def day_begins(day: date, time_zone: str) -> datetime:
    """Return the moment at which `day` begins in a time zone."""
    return datetime.combine(day, time(), _zone(time_zone)).astimezone(UTC)


def local_time(moment: datetime, time_zone: str) -> datetime:
    """Return the moment in a time zone."""
    return moment.astimezone(_zone(time_zone))


def is_zone(name: str) -> bool:
    """Return True if the time zone is known."""
    try:
        return bool(_zone(name))
    except (ValueError, OSError, LookupError):
        return False


def is_calendar(name: str) -> bool:
    """Return True if the calendar of public holidays is known."""
    return name == NO_HOLIDAYS or name in _calendars()


@cache
def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo  # imported by the first use, not at start

    return ZoneInfo(name)


def _listed(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the weekdays that are holidays, and the weekends that are worked."""
    if name == NO_HOLIDAYS:
        return frozenset(), frozenset()
    return _calendars()[name]


@cache
def _calendars() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    document = json.loads(FILE.read_text("utf-8"))
    return {
        name: (frozenset(days["holidays"]), frozenset(days["worked"])) for name, days in document["calendars"].items()
    }
