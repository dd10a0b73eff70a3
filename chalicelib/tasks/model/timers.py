"""Every timer of an order, with what happens when it runs out and nobody has acted (rules 8, 12, 14-17, 20)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.clock import working_time_after
from chalicelib.core.rules import Rules
from chalicelib.tasks.model.schedule import Schedule


@dataclass(frozen=True)
class Timer:
    """`default_outcome` is the status of the order after `at` if nobody does anything."""

    name: str
    at: datetime
    default_outcome: str


@dataclass(frozen=True)
class Progress:
    """What has already happened to an offered order, as far as its timers depend on it."""

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
    """The timers of an order that waits for the review of its task: a late review is possible until accept_by."""
    return (
        Timer("review_due", due_at, "pending"),
        Timer("accept_by", schedule.accept_by, "cancelled"),
        Timer("window_start", schedule.start_at, "cancelled"),
        Timer("window_end", schedule.end_at, "cancelled"),
        Timer("final_at", schedule.final_at, "cancelled"),
    )


LISTED = {
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
"""The statuses of an order in which each timer is listed: those in which its default outcome can still come."""


def order_timers(schedule: Schedule, progress: Progress, status: str = "offered") -> tuple[Timer, ...]:
    """The timers of an order that was offered, by time. Until it is published the retention is counted from the end of the window,
    which is the latest it can be; from then on from the publication, or its report. An order that has ended has none."""
    begin = progress.published_at or progress.reported_at or schedule.end_at
    end = begin + schedule.retention
    ruled = progress.ruling_due if status == "disputed" else None
    waits = status == "accepted" and progress.reported_at is not None  # for the network: no window ends it (rule 30)
    last = [end, ruled, progress.second_look_at, progress.refer_at]
    timers = (
        ("accept_by", schedule.accept_by, "lapsed"),
        ("counter_due", schedule.accept_by if progress.counter_open else None, "lapsed"),
        ("draft_review_due", progress.draft_review_due, "accepted"),
        ("draft_due", progress.draft_due, "accepted"),
        ("publish_at", progress.publish_at, "published"),
        ("window_start", schedule.start_at, "accepted"),
        ("window_end", None if waits else schedule.end_at, "failed"),
        ("mend_by", None if waits else progress.mend_by, "failed"),
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
    """When the first of these timers runs out that changes the order; the window opens and the post is checked without that."""
    return min((timer.at for timer in timers if timer.name not in ("window_start", "retention_half")), default=None)


def mend_by(failed_at: datetime, end_at: datetime, rules: Rules) -> datetime:
    """Rule 14: until when a post whose check failed can be mended: inside the window."""
    return min(failed_at + rules.mend, end_at)


def draft_due(submitted_at: datetime, end_at: datetime, rules: Rules) -> datetime:
    """When silence approves a draft: after `draft_silence`, but so early that half of what is left of the window remains
    for publishing."""
    return min(submitted_at + rules.draft_silence, submitted_at + (end_at - submitted_at) / 2)


def draft_review_due(submitted_at: datetime, end_at: datetime, rules: Rules) -> datetime:
    """Until when an auditor decides about a draft: as long as about a task, but so early that two thirds of what is left of the
    window remain for the advertiser and for publishing."""
    return min(submitted_at + rules.task_review, submitted_at + (end_at - submitted_at) / 3)


def reserve_accept_by(offered_at: datetime, accept_by: datetime, end_at: datetime, rules: Rules) -> datetime:
    """Until when a reserve account can answer: as long as the others, but at least `reserve_answer`, or half of what is
    left of the window if that is less."""
    return max(accept_by, offered_at + min(rules.reserve_answer, (end_at - offered_at) / 2))


def ruling_due(opened_at: datetime, rules: Rules) -> datetime:
    """Rule 20: when a dispute that nobody ruled is paid."""
    return working_time_after(opened_at, rules.dispute_ruling)
