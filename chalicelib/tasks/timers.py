"""Every timer of an order, with what happens when it runs out and nobody has acted (rules 8, 12, 14-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.tasks.terms import Schedule


@dataclass(frozen=True)
class Timer:
    """`default_outcome` is the status of the order after `at` if nobody does anything."""

    name: str
    at: datetime
    default_outcome: str


def review_timers(due_at: datetime, schedule: Schedule) -> tuple[Timer, ...]:
    """The timers of an order that waits for the review of its task: a late review is possible until accept_by."""
    return (
        Timer("review_due", due_at, "pending"),
        Timer("accept_by", schedule.accept_by, "cancelled"),
        Timer("window_start", schedule.start_at, "cancelled"),
        Timer("window_end", schedule.end_at, "cancelled"),
        Timer("final_at", schedule.final_at, "cancelled"),
    )


def order_timers(schedule: Schedule, published_at: datetime | None = None) -> tuple[Timer, ...]:
    """The timers of an offered order. Until it is published the retention is counted from the end of the window,
    which is the latest it can be; from then on from the publication."""
    begin = published_at or schedule.end_at
    end = begin + schedule.retention
    return (
        Timer("accept_by", schedule.accept_by, "lapsed"),
        Timer("window_start", schedule.start_at, "accepted"),
        Timer("window_end", schedule.end_at, "failed"),
        Timer("retention_half", begin + schedule.retention / 2, "published"),
        Timer("retention_end", end, "completed"),
        Timer("final_at", end, "completed"),
    )
