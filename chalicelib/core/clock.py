"""Time: always aware, always UTC. Nothing else in the market reads the wall clock.

Tests fix the time with `at`. A sandbox stage's clock runs ahead of the wall clock by an offset (store.sandbox_clock)."""

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
    """The present moment in UTC."""
    return (_fixed.get() or datetime.now(UTC)) + offset()


def offset() -> timedelta:
    """How far `now()` is ahead of the wall clock; zero outside of `ahead_by`."""
    read = _offset.get()
    return read() if read else timedelta()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block, `now()` is `moment`, without an offset."""
    fixed, moved = _fixed.set(moment), _offset.set(None)
    try:
        yield
    finally:
        _offset.reset(moved)
        _fixed.reset(fixed)


@contextmanager
def ahead_by(read: Callable[[], timedelta]) -> Iterator[None]:
    """Within the block, `now()` is ahead by `read()`, which is called once, when the time is first asked for."""
    token = _offset.set(cache(read))
    try:
        yield
    finally:
        _offset.reset(token)


def day_begins(day: date, offset: timedelta) -> datetime:
    """The moment at which `day` begins in a time zone that is ahead of UTC by `offset` and has no summer time."""
    return datetime.combine(day, time(), UTC) - offset


def working_time_after(moment: datetime, duration: timedelta) -> datetime:
    """`moment` plus `duration`, of which whole days are working days: Saturdays and Sundays of China's time zone (which has no
    summer time) do not count, public holidays do."""
    local, days = moment + CHINA_OFFSET, duration.days
    while days:
        local += timedelta(days=1)
        days -= local.weekday() not in WEEKEND
    return local - CHINA_OFFSET + timedelta(seconds=duration.seconds)


def rfc3339(moment: datetime) -> str:
    """`2026-11-22T10:00:00Z`: what clients see. Fractions of a second are cut off."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def stamp(moment: datetime) -> str:
    """`2026-11-22T10:00:00.123Z`: what is stored; sorts as text in order of time."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def parse(text: str) -> datetime:
    """The moment that `rfc3339` or `stamp` wrote. Raises ValueError."""
    return datetime.fromisoformat(text).astimezone(UTC)


def iso_duration(duration: timedelta) -> str:
    """`PT24H`, `PT90S`, `P30D`: ISO 8601 with the largest whole unit."""
    seconds = int(duration.total_seconds())
    for size, form in ((86_400, "P{}D"), (3_600, "PT{}H"), (60, "PT{}M")):
        if seconds and seconds % size == 0 and (size != 86_400 or seconds > 86_400):
            return form.format(seconds // size)
    return f"PT{seconds}S"
