"""Periods of statements, exports and comparisons. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.core.regions.working_days import day_begins


@dataclass(frozen=True)
class Period:
    """The moments with `since <= moment < until`; None is open."""

    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of_month(cls, month: str, time_zone: str) -> Period:
        """Return the month `YYYY-MM` in a time zone."""
        first = date.fromisoformat(f"{month}-01")
        last = (first + timedelta(days=31)).replace(day=1)
        return cls(day_begins(first, time_zone), day_begins(last, time_zone))

    @property
    def is_open(self) -> bool:
        """True without a beginning and an end."""
        return self.since is None and self.until is None

    def has(self, moment: datetime) -> bool:
        """Return whether the moment is in the period."""
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)


ALWAYS = Period()
"""The period without a beginning and an end."""
