"""Time: always aware, always UTC. No other module reads the wall clock.

Tests set the time with `at`. The clock of a sandbox stage is ahead of the wall clock by an offset (store.sandbox_clock)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_fixed: ContextVar[datetime | None] = ContextVar("fixed_clock", default=None)
_offset: ContextVar[timedelta | Callable[[], timedelta]] = ContextVar("clock_offset", default=timedelta())


def now() -> datetime:
    """Return the present moment in UTC."""
    return wall_time() + offset()


def wall_time() -> datetime:
    """Return the present moment without the offset of a sandbox stage, for times that others compare with their clocks."""
    return _fixed.get() or datetime.now(UTC)


def offset() -> timedelta:
    """Return the offset of `now()` from the wall clock; zero outside of `ahead_by`."""
    found = _offset.get()
    if callable(found):
        found = found()
        _offset.set(found)  # `ahead_by` ends it
    return found


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block, `now()` returns `moment`, without an offset."""
    fixed, moved = _fixed.set(moment), _offset.set(timedelta())
    try:
        yield
    finally:
        _offset.reset(moved)
        _fixed.reset(fixed)


@contextmanager
def ahead_by(read: Callable[[], timedelta]) -> Iterator[None]:
    """Within the block, `now()` is ahead by `read()`, which is called once, at the first call of `now()`."""
    token = _offset.set(read)
    try:
        yield
    finally:
        _offset.reset(token)


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
