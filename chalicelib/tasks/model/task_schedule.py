"""The schedule of a task: acceptance, window and retention, and the limits of each (rules 7 and 8). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core.errors import Fault
from chalicelib.core.rules import Rules


@dataclass(frozen=True)
class Schedule:
    """Offers can be answered until `accept_by`; posts are published in [`start_at`, `end_at`) and stay for `retention`."""

    accept_by: datetime
    start_at: datetime
    end_at: datetime
    retention: timedelta

    @property
    def final_at(self) -> datetime:
        """The latest moment at which an order can still change."""
        return self.end_at + self.retention


def review_due(submitted_at: datetime, accept_by: datetime, rules: Rules) -> datetime:
    """Return the time at which the review is due (rule 8)."""
    return min(submitted_at + rules.task_review, accept_by)


def schedule_faults(schedule: Schedule, now: datetime, rules: Rules) -> Iterator[Fault]:
    """Yield one Fault for each broken part of rule 7, pointing into the body of the task."""
    if schedule.accept_by <= now:
        yield Fault("/accept_by", "in_the_past", "accept_by must be in the future.")
    if schedule.accept_by > schedule.start_at:
        yield Fault("/accept_by", "after_start", "accept_by must not be after window.start_at.")
    if schedule.start_at >= schedule.end_at:
        yield Fault("/window/end_at", "before_start", "window.end_at must be after window.start_at.")
    elif schedule.end_at - schedule.start_at > rules.window_max:
        yield Fault("/window/end_at", "window_too_long", f"The window is at most {rules.window_max.days} days long.")
    if schedule.end_at > now + rules.planning_max:
        yield Fault("/window/end_at", "too_far", f"A task ends at most {rules.planning_max.days} days from now.")
    if not rules.retention_min <= schedule.retention <= rules.retention_max:
        least, most = int(rules.retention_min.total_seconds() // 3600), rules.retention_max.days
        yield Fault("/retention", "out_of_range", f"Retention is between {least} hours and {most} days.")
