"""Items of the tasks table <-> tasks and orders.

An order is an item from the moment it is offered; until then it is a line of its task. All that its course depends on
is frozen in it, so that no order ever has to read its task.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import (
    Attribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.constants import STRING
from pynamodb.expressions.update import Action as UpdateAction

from chalicelib import clock, ids
from chalicelib.errors import not_found
from chalicelib.store import TasksRecord
from chalicelib.tasks.content import Content
from chalicelib.tasks.lifecycle import ORDER, TASK, Machine
from chalicelib.tasks.terms import Schedule, Split

OPEN_SHARDS = 8
EVENTS_MAX = 200


class Moment(Attribute[datetime]):
    """A moment, stored as text that sorts in order of time, to the millisecond."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return clock.stamp(value)

    def deserialize(self, value: str) -> datetime:
        return clock.parse(value)


@dataclass(frozen=True)
class Line:
    """One order of a task before it is offered: account, its creator and names, and the frozen price."""

    account_id: str
    creator_id: str
    network: str
    handle: str
    price: int
    commission: int
    price_source: str

    @property
    def split(self) -> Split:
        return Split(self.price, self.price - self.commission, self.commission)


class _Kept(TasksRecord):
    """What tasks and orders have in common: a status in a Machine, a schedule, content, and the workflow that drives
    it."""

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
    run = NumberAttribute(default=0)
    waiting_token = UnicodeAttribute(null=True)
    waiting_status = UnicodeAttribute(null=True)
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
        return {name: getattr(self, name) for name in (*names, "retention")}


class TaskRecord(_Kept):
    """A task: pk is its id, sk is `task`, owner its advertiser.

    `lines` are its orders; `round` counts submissions; `queue` is `review` while it waits for one and `task:{status}`
    later. `fingerprint` and `answer` belong to the request that created it, `edit` is the fingerprint of the last
    edit."""

    machine = TASK

    lines = JSONAttribute()
    reserve_account_ids = JSONAttribute()
    max_total = NumberAttribute(null=True)
    round = NumberAttribute(default=1)
    findings = JSONAttribute()
    review_due_at = Moment()
    review = JSONAttribute(null=True)
    fingerprint = UnicodeAttribute(null=True)
    answer = UnicodeAttribute(null=True)
    edit = UnicodeAttribute(null=True)

    @property
    def order_lines(self) -> tuple[Line, ...]:
        return tuple(Line(**line) for line in self.lines)

    @property
    def total(self) -> int:
        return sum(int(line["price"]) for line in self.lines)


class OrderRecord(_Kept):
    """An order: pk is its id, sk is `order`, owner its creator.

    `answered` is the creator's answer, `checks` counts the checks of the published post that it passed."""

    machine = ORDER

    advertiser_id = UnicodeAttribute()
    account_id = UnicodeAttribute()
    network = UnicodeAttribute()
    handle = UnicodeAttribute()
    payment = UnicodeAttribute()
    price = NumberAttribute()
    commission = NumberAttribute()
    answered = UnicodeAttribute(null=True)
    reason = JSONAttribute(null=True)
    post_url = UnicodeAttribute(null=True)
    published_at = Moment(null=True)
    checks = NumberAttribute(default=0)
    evidence = JSONAttribute(null=True)

    @property
    def split(self) -> Split:
        return Split(int(self.price), int(self.price) - int(self.commission), int(self.commission))

    @property
    def next_check_at(self) -> datetime | None:
        """When the published post is checked next: at half of the retention, then at its end."""
        if self.status != "published" or self.published_at is None:
            return None
        retention = self.schedule.retention
        return self.published_at + (retention if self.checks else retention / 2)


class PictureRecord(TasksRecord):
    """A picture of an advertiser: pk is its id, sk is `picture`; the bytes are in the bucket."""

    advertiser_id = UnicodeAttribute()
    content_type = UnicodeAttribute()
    bytes = NumberAttribute()
    fingerprint = UnicodeAttribute(null=True)


class ClaimRecord(TasksRecord):
    """A post that proves an order: pk is derived from network and post, so that it proves only one."""

    order_id = UnicodeAttribute()


def find_task(task_id: str) -> TaskRecord:
    """The task, read consistently. Raises Problem `not_found`."""
    task = TaskRecord.find(task_id, "task") if ids.is_id("tsk", task_id) else None
    if task is None:
        raise not_found("task")
    return task


def find_order(order_id: str) -> OrderRecord:
    """The order, read consistently. Raises Problem `not_found`."""
    order = OrderRecord.find(order_id, "order") if ids.is_id("ord", order_id) else None
    if order is None:
        raise not_found("order")
    return order


def order_id(task_id: str, account_id: str) -> str:
    """The id of the order of this account in this task."""
    return ids.derive("ord", task_id, account_id)


def offered_orders(tasks: list[TaskRecord]) -> dict[str, OrderRecord]:
    """All orders of these tasks that have been offered, by id, read consistently."""
    keys = [(order_id(task.pk, line["account_id"]), "order") for task in tasks for line in task.lines]
    return {order.pk: order for order in OrderRecord.batch_get(keys, consistent_read=True)} if keys else {}


def open_shard(pk: str) -> str:
    """The partition of the index of open items that this item belongs to."""
    return f"open#{zlib.crc32(pk.encode()) % OPEN_SHARDS}"


def event(name: str, at: datetime, by: str, note: str | None = None) -> dict[str, str]:
    """One line of the history of a task or an order."""
    line = {"at": clock.stamp(at), "event": name, "by": by}
    return {**line, "note": note} if note else line


def happened(record: type[_Kept], line: dict[str, str]) -> UpdateAction:
    """Appends a line to the history."""
    return record.events.set(record.events.append([line]))
