"""What tasks and orders have in common: a status in a transition table, content, a schedule, and the workflow that drives them."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import Attribute, BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.constants import STRING
from pynamodb.expressions.condition import Condition

from chalicelib.core import clock
from chalicelib.store import JSONAttribute, TasksRecord, as_read
from chalicelib.tasks.content.content_limits import Content
from chalicelib.tasks.model.lifecycle import Machine
from chalicelib.tasks.model.schedule import Schedule

OPEN_SHARDS = 8


class Moment(Attribute[datetime]):
    """A moment, stored as text that sorts in order of time, to the millisecond."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return clock.stamp(value)

    def deserialize(self, value: str) -> datetime:
        return clock.parse(value)


class WorkflowItem(TasksRecord):
    """What tasks and orders have in common: a status in a Machine, a schedule, content, and the workflow that drives
    it.

    `revision` counts what happened to the item: a write that was decided on an older one is refused, and a workflow that waits
    in an older one is woken."""

    machine: Machine

    status = UnicodeAttribute()
    kind = UnicodeAttribute()
    title = UnicodeAttribute()
    text = UnicodeAttribute()
    picture_ids = JSONAttribute()
    urls = JSONAttribute()
    source_url = UnicodeAttribute(null=True)
    accept_by = Moment()
    start_at = Moment()
    end_at = Moment()
    retention = NumberAttribute()
    created_at = Moment()
    updated_at = Moment()
    events = ListAttribute[Any](default=list)
    draft_approval = BooleanAttribute(default=False)
    publishing = UnicodeAttribute(default="creator")
    publish_at = Moment(null=True)
    revision = NumberAttribute(default=0)
    run = NumberAttribute(default=0)
    waiting_token = UnicodeAttribute(null=True)
    waiting_revision = NumberAttribute(null=True)
    cause = UnicodeAttribute(null=True)
    stuck = JSONAttribute(null=True)

    @property
    def content(self) -> Content:
        return Content(self.text, tuple(self.picture_ids), tuple(self.urls))

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.accept_by, self.start_at, self.end_at, timedelta(seconds=int(self.retention)))

    @property
    def ended(self) -> bool:
        return self.status in self.machine.ends

    def copied(self) -> dict[str, Any]:
        """Content and schedule, for an item that takes them over."""
        names = ("kind", "title", "text", "picture_ids", "urls", "source_url", "accept_by", "start_at", "end_at")
        more = ("retention", "draft_approval", "publishing", "publish_at")
        return {name: getattr(self, name) for name in (*names, *more)}

    @property
    def as_read(self) -> Condition:
        """The condition that nothing has happened to the item since it was read."""
        return as_read(self)


def open_shard(pk: str) -> str:
    """The partition of the index of open items that this item belongs to."""
    return f"open#{zlib.crc32(pk.encode()) % OPEN_SHARDS}"
