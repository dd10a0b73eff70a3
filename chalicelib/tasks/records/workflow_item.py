"""The base of tasks and orders: status, content, schedule, history, and the state of the workflow that drives the item."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import Literal

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import TypedDict
from chalicelib.store import TasksRecord, as_read
from chalicelib.tasks.content.post_content import Content
from chalicelib.tasks.model.lifecycle import Machine
from chalicelib.tasks.model.task_schedule import Schedule
from chalicelib.tasks.records.stored_documents import HistoryLine, StuckWorkflow
from chalicelib.tasks.records.task_attributes import Choice, Document, Moment

Publisher = Literal["creator", "platform"]

OPEN_SHARDS = 8
"""Number of partitions of the index of open items."""


class CopiedTerms(TypedDict):
    """The content and the schedule that an order takes over from its task, as attributes of both. `retention` is in seconds."""

    kind: Kind
    title: str
    text: str
    picture_ids: list[str]
    urls: list[str]
    source_url: str | None
    accept_by: datetime
    start_at: datetime
    end_at: datetime
    retention: float
    draft_approval: bool
    publishing: Publisher
    publish_at: datetime | None


class WorkflowItem(TasksRecord):
    """An item with a status in a transition table and a workflow.

    `revision` counts the writes of the item. A write that was decided on an older revision is refused, and a workflow that waits in
    an older one is resumed. `run` counts the executions of the workflow; `stuck` is set while it needs staff. `cause` is the id of
    the request or the execution behind the last write."""

    machine: Machine

    status = UnicodeAttribute()
    kind = Choice[Kind]()
    title = UnicodeAttribute()
    text = UnicodeAttribute()
    picture_ids = Document[list[str]]()
    urls = Document[list[str]]()
    source_url = UnicodeAttribute(null=True)
    accept_by = Moment()
    start_at = Moment()
    end_at = Moment()
    retention = NumberAttribute()
    created_at = Moment()
    updated_at = Moment()
    events = ListAttribute[HistoryLine](default=list)
    draft_approval = BooleanAttribute(default=False)
    publishing = Choice[Publisher](default="creator")
    publish_at = Moment(null=True)
    revision = NumberAttribute(default=0)
    run = NumberAttribute(default=0)
    waiting_token = UnicodeAttribute(null=True)
    waiting_revision = NumberAttribute(null=True)
    cause = UnicodeAttribute(null=True)
    stuck = Document[StuckWorkflow | None](null=True)

    @property
    def content(self) -> Content:
        return Content(self.text, tuple(self.picture_ids), tuple(self.urls))

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.accept_by, self.start_at, self.end_at, timedelta(seconds=int(self.retention)))

    @property
    def ended(self) -> bool:
        return self.status in self.machine.ends

    def copied_terms(self) -> CopiedTerms:
        """Return the attributes of content and schedule, for an order that takes them over from its task."""
        return {
            "kind": self.kind,
            "title": self.title,
            "text": self.text,
            "picture_ids": self.picture_ids,
            "urls": self.urls,
            "source_url": self.source_url,
            "accept_by": self.accept_by,
            "start_at": self.start_at,
            "end_at": self.end_at,
            "retention": self.retention,
            "draft_approval": self.draft_approval,
            "publishing": self.publishing,
            "publish_at": self.publish_at,
        }

    @property
    def as_read(self) -> Condition:
        """The condition that the item has not changed since it was read."""
        return as_read(self)


def open_shard(pk: str) -> str:
    """Return the partition of the index of open items that this item belongs to."""
    return f"open#{zlib.crc32(pk.encode()) % OPEN_SHARDS}"
