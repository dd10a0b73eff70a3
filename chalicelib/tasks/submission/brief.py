"""The brief of an advertiser: what a task asks for, before it is checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.core.errors import Fault
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.tasks.content.content_limits import Content, url_faults
from chalicelib.tasks.model.schedule import Schedule
from chalicelib.tasks.records.task_record import TaskRecord, kind_of


@dataclass(frozen=True)
class TaskBrief:
    """What an advertiser asks for; amounts in minor units. `account_ids` None keeps the accounts that the task has. A `call`
    names no accounts but conditions, and its `budget`. `publish_at` is for a task that the market publishes itself."""

    kind: Kind
    title: str
    content: Content
    source_url: str | None
    schedule: Schedule
    account_ids: tuple[str, ...] | None
    reserve_account_ids: tuple[str, ...] = ()
    max_total: int | None = None
    draft_approval: bool = False
    call: dict[str, Any] | None = None
    budget: int = 0
    publishing: str = "creator"
    publish_at: datetime | None = None


def brief_of(task: TaskRecord) -> TaskBrief:
    """What a stored draft asks for."""
    return TaskBrief(
        kind=kind_of(task),
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


def publish_at(draft: TaskBrief) -> datetime | None:
    return (draft.publish_at or draft.schedule.start_at) if draft.publishing == "platform" else None


def publishing_faults(draft: TaskBrief) -> list[Fault]:
    at = draft.publish_at
    if at is None:
        return []
    if draft.publishing != "platform":
        return [
            Fault("/publishing/at", "not_for_creators", "Only a task that the platform publishes has a time for it.")
        ]
    if not draft.schedule.start_at <= at < draft.schedule.end_at:
        return [Fault("/publishing/at", "outside_window", "The time is inside the window.")]
    return []


def source_faults(draft: TaskBrief) -> list[Fault]:
    if draft.kind == "post":
        if draft.source_url is None:
            return []
        return [Fault("/source_url", "not_for_posts", "Only a repost has a source_url.")]
    if draft.source_url is None:
        return [Fault("/source_url", "missing", "A repost needs source_url, the post to be reposted.")]
    return list(url_faults("/source_url", draft.source_url, rules()))
