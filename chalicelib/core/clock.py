"""Time: always aware, always UTC. No other module reads the wall clock.

Tests set the time with `at`. The clock of a sandbox stage is ahead of the wall clock by an offset (store.sandbox_clock)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

CHINA_OFFSET = timedelta(hours=8)
WEEKEND = (5, 6)

_fixed: ContextVar[datetime | None] = ContextVar("fixed_clock", default=None)
_offset: ContextVar[Callable[[], timedelta] | None] = ContextVar("clock_offset", default=None)


def now() -> datetime:
    """Return the present moment in UTC."""
    return (_fixed.get() or datetime.now(UTC)) + offset()


def offset() -> timedelta:
    """Return the offset of `now()` from the wall clock; zero outside of `ahead_by`."""
    read = _offset.get()
    return read() if read else timedelta()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block, `now()` returns `moment`, without an offset."""
    fixed, moved = _fixed.set(moment), _offset.set(None)
    try:
        yield
    finally:
        _offset.reset(moved)
        _fixed.reset(fixed)


@contextmanager
def ahead_by(read: Callable[[], timedelta]) -> Iterator[None]:
    """Within the block, `now()` is ahead by `read()`, which is called once, at the first call of `now()`."""
    token = _offset.set(cache(read))
    try:
        yield
    finally:
        _offset.reset(token)


def day_begins(day: date, offset: timedelta) -> datetime:
    """Return the moment at which `day` begins in a time zone that is ahead of UTC by `offset` and has no summer time."""
    return datetime.combine(day, time(), UTC) - offset


def working_time_after(moment: datetime, duration: timedelta) -> datetime:
    """Return `moment` plus `duration`, of which whole days are working days: Saturdays and Sundays in the time zone of China (which
    has no summer time) do not count, public holidays do."""
    local, days = moment + CHINA_OFFSET, duration.days
    while days:
        local += timedelta(days=1)
        days -= local.weekday() not in WEEKEND
    return local - CHINA_OFFSET + timedelta(seconds=duration.seconds)


def rfc3339(moment: datetime) -> str:
    """Return `2026-11-22T10:00:00Z`, the form in responses. Fractions of a second are cut off."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def stamp(moment: datetime) -> str:
    """Return `2026-11-22T10:00:00.123Z`, the form in stored items, whose text sorts in order of time."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def parse(text: str) -> datetime:
    """Return the moment of a text from `rfc3339` or `stamp`. Raises ValueError."""
    return datetime.fromisoformat(text).astimezone(UTC)


def iso_duration(duration: timedelta) -> str:
    """Return the duration in ISO 8601 with the largest whole unit: `PT24H`, `PT90S`, `P30D`."""
    seconds = int(duration.total_seconds())
    for size, form in ((86_400, "P{}D"), (3_600, "PT{}H"), (60, "PT{}M")):
        if seconds and seconds % size == 0 and (size != 86_400 or seconds > 86_400):
            return form.format(seconds // size)
    return f"PT{seconds}S"
