"""The base of tasks and orders: status, content, schedule, history, and the state of the workflow that drives the item."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Any, Literal

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.core.order_kinds import Kind
from chalicelib.store import TasksRecord, as_read
from chalicelib.tasks.content.post_content import Content
from chalicelib.tasks.model.lifecycle import Machine
from chalicelib.tasks.model.schedule import Schedule
from chalicelib.tasks.records.attributes import Choice, Document, Moment
from chalicelib.tasks.records.stored_documents import HistoryLine, StuckWorkflow

Publisher = Literal["creator", "platform"]

OPEN_SHARDS = 8
"""Number of partitions of the index of open items."""


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

    def copied_terms(self) -> dict[str, Any]:
        """Return the attributes of content and schedule, for an order that takes them over from its task."""
        names = ("kind", "title", "text", "picture_ids", "urls", "source_url", "accept_by", "start_at", "end_at")
        more = ("retention", "draft_approval", "publishing", "publish_at")
        return {name: getattr(self, name) for name in (*names, *more)}

    @property
    def as_read(self) -> Condition:
        """The condition that the item has not changed since it was read."""
        return as_read(self)


def open_shard(pk: str) -> str:
    """Return the partition of the index of open items that this item belongs to."""
    return f"open#{zlib.crc32(pk.encode()) % OPEN_SHARDS}"
