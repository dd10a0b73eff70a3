"""Every timer of an order, with the outcome when it runs out without an action (rules 8, 12, 14-17, 20). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.core.regions.working_days import working_time_after
from chalicelib.core.rules import Rules
from chalicelib.tasks.model.task_schedule import Schedule

TimerName = Literal[
    "review_due",
    "accept_by",
    "counter_due",
    "draft_review_due",
    "draft_due",
    "publish_at",
    "window_start",
    "window_end",
    "mend_by",
    "retention_half",
    "retention_end",
    "second_look",
    "check_until",
    "ruling_due",
    "final_at",
]


@dataclass(frozen=True)
class Timer:
    """`default_outcome` is the status of the order after `at` without any action."""

    name: TimerName
    at: datetime
    default_outcome: str


@dataclass(frozen=True)
class Progress:
    """The part of an offered order's state that its timers depend on."""

    counter_open: bool = False
    draft_review_due: datetime | None = None
    draft_due: datetime | None = None
    publish_at: datetime | None = None
    mend_by: datetime | None = None
    reported_at: datetime | None = None
    published_at: datetime | None = None
    second_look_at: datetime | None = None
    refer_at: datetime | None = None
    ruling_due: datetime | None = None
    unruled: str = "completed"


def review_timers(due_at: datetime, schedule: Schedule) -> tuple[Timer, ...]:
    """Return the timers of an order that waits for the review of its task. A late review is possible until accept_by."""
    return (
        Timer("review_due", due_at, "pending"),
        Timer("accept_by", schedule.accept_by, "cancelled"),
        Timer("window_start", schedule.start_at, "cancelled"),
        Timer("window_end", schedule.end_at, "cancelled"),
        Timer("final_at", schedule.final_at, "cancelled"),
    )


LISTED: dict[TimerName, set[str]] = {
    "accept_by": {"offered"},
    "counter_due": {"offered"},
    "draft_review_due": {"accepted"},
    "draft_due": {"accepted"},
    "publish_at": {"offered", "accepted"},
    "window_start": {"offered", "accepted"},
    "window_end": {"offered", "accepted"},
    "mend_by": {"accepted"},
    "retention_half": {"offered", "accepted", "published"},
    "retention_end": {"offered", "accepted", "published"},
    "second_look": {"published", "disputed"},
    "check_until": {"accepted", "published"},
    "ruling_due": {"disputed"},
    "final_at": {"offered", "accepted", "published", "disputed"},
}
"""The statuses of an order in which each timer is listed: those in which its default outcome is still possible."""


def order_timers(schedule: Schedule, progress: Progress, status: str = "offered") -> tuple[Timer, ...]:
    """Return the timers of an offered order, sorted by time. The retention is counted from the end of the window, which is the
    latest publication, until the order is reported or published. An order that has ended has no timers."""
    begin = progress.published_at or progress.reported_at or schedule.end_at
    end = begin + schedule.retention
    ruled = progress.ruling_due if status == "disputed" else None
    is_reported = status == "accepted" and progress.reported_at is not None  # no window ends it (rule 30)
    last = [end, ruled, progress.second_look_at, progress.refer_at]
    timers: tuple[tuple[TimerName, datetime | None, str], ...] = (
        ("accept_by", schedule.accept_by, "lapsed"),
        ("counter_due", schedule.accept_by if progress.counter_open else None, "lapsed"),
        ("draft_review_due", progress.draft_review_due, "accepted"),
        ("draft_due", progress.draft_due, "accepted"),
        ("publish_at", progress.publish_at, "published"),
        ("window_start", schedule.start_at, "accepted"),
        ("window_end", None if is_reported else schedule.end_at, "failed"),
        ("mend_by", None if is_reported else progress.mend_by, "failed"),
        ("retention_half", begin + schedule.retention / 2, "published"),
        ("retention_end", end, "completed"),
        ("second_look", progress.second_look_at, "failed" if status == "published" else status),
        ("check_until", progress.refer_at, "disputed"),
        ("ruling_due", progress.ruling_due, progress.unruled),
        (
            "final_at",
            max(moment for moment in last if moment),
            "failed" if progress.unruled == "failed" else "completed",
        ),
    )
    listed = [Timer(name, at, outcome) for name, at, outcome in timers if at is not None and status in LISTED[name]]
    return tuple(sorted(listed, key=lambda timer: timer.at))


def first_change(timers: Iterable[Timer]) -> datetime | None:
    """Return the time of the first timer that changes the order; the start of the window and the half-time check do not."""
    return min((timer.at for timer in timers if timer.name not in ("window_start", "retention_half")), default=None)


def mend_by(failed_at: datetime, end_at: datetime, rules: Rules) -> datetime:
    """Return the end of the time to mend a post whose check failed, inside the window (rule 14)."""
    return min(failed_at + rules.mend, end_at)


def draft_due(submitted_at: datetime, end_at: datetime, rules: Rules) -> datetime:
    """Return the time at which a draft is approved by default: after `draft_silence`, but early enough to leave half of the
    remaining window for publishing."""
    return min(submitted_at + rules.draft_silence, submitted_at + (end_at - submitted_at) / 2)


def draft_review_due(submitted_at: datetime, end_at: datetime, rules: Rules) -> datetime:
    """Return the time at which an auditor's decision about a draft is due: as for a task, but early enough to leave two thirds of
    the remaining window for the advertiser and for publishing."""
    return min(submitted_at + rules.task_review, submitted_at + (end_at - submitted_at) / 3)


def reserve_accept_by(offered_at: datetime, accept_by: datetime, end_at: datetime, rules: Rules) -> datetime:
    """Return the time until which a reserve account can answer: as for the others, but at least `reserve_answer`, or half of the
    remaining window if that is less."""
    return max(accept_by, offered_at + min(rules.reserve_answer, (end_at - offered_at) / 2))


def ruling_due(opened_at: datetime, rules: Rules) -> datetime:
    """Return the time at which the ruling of a dispute is due (rule 20)."""
    return working_time_after(opened_at, rules.dispute_ruling, rules)
