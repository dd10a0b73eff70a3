"""The brief of an advertiser, before it is checked (chalicelib.tasks.submission.task_terms)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.errors import Fault
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.tasks.content.post_content import Content
from chalicelib.tasks.content.url_rules import url_faults
from chalicelib.tasks.model.task_schedule import Schedule
from chalicelib.tasks.records.stored_documents import CallConditions
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.tasks.records.workflow_item import Publisher


@dataclass(frozen=True)
class TaskBrief:
    """The request of an advertiser for posts; amounts in minor units. With `account_ids` None a task keeps its present accounts. An
    open `call` has conditions and a `budget` instead of accounts. `publish_at` is for a task that the market publishes itself."""

    kind: Kind
    title: str
    content: Content
    source_url: str | None
    schedule: Schedule
    account_ids: tuple[str, ...] | None
    reserve_account_ids: tuple[str, ...] = ()
    max_total: int | None = None
    draft_approval: bool = False
    call: CallConditions | None = None
    budget: int = 0
    publishing: Publisher = "creator"
    publish_at: datetime | None = None


def brief_of(task: TaskRecord) -> TaskBrief:
    """Return the brief of a stored task."""
    return TaskBrief(
        kind=task.kind,
        title=task.title,
        content=task.content,
        source_url=task.source_url,
        schedule=task.schedule,
        account_ids=None,
        reserve_account_ids=tuple(task.reserve_account_ids),
        max_total=None if task.max_total is None else int(task.max_total),
        draft_approval=task.draft_approval,
        call=task.call,
        budget=int(task.total) if task.call is not None else 0,
        publishing=task.publishing,
        publish_at=task.publish_at,
    )


def publish_at(brief: TaskBrief) -> datetime | None:
    """Return the time at which the market publishes: as named, or the start of the window; None if creators publish."""
    return (brief.publish_at or brief.schedule.start_at) if brief.publishing == "platform" else None


def publishing_faults(brief: TaskBrief) -> list[Fault]:
    """Return the faults of the time of publishing."""
    at = brief.publish_at
    if at is None:
        return []
    if brief.publishing != "platform":
        return [
            Fault(
                "/publishing/at",
                "not_for_creators",
                "Only a task that the platform publishes has a time of publication.",
            )
        ]
    if not brief.schedule.start_at <= at < brief.schedule.end_at:
        return [Fault("/publishing/at", "outside_window", "The time has to be inside the window.")]
    return []


def source_faults(brief: TaskBrief) -> list[Fault]:
    """Return the faults of the source of a repost."""
    if brief.kind == "post":
        if brief.source_url is None:
            return []
        return [Fault("/source_url", "not_for_posts", "Only a repost has a source_url.")]
    if brief.source_url is None:
        return [Fault("/source_url", "missing", "A repost needs source_url, the post to be reposted.")]
    return list(url_faults("/source_url", brief.source_url, rules()))
