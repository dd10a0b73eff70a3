"""The waits of workflows: the status that a workflow waits in, the moment until which it waits, and the token that resumes it.

A workflow waits again if one of the two changes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import NotRequired

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core import clock
from chalicelib.core.response_types import TypedDict
from chalicelib.store import TasksRecord
from chalicelib.tasks.model.transition_write import CALLS
from chalicelib.tasks.records.order_record import CountedLinks, OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord

TIMEOUT_MAX = 99_999_999
"""The longest time in seconds that Step Functions waits for a token."""

GRACE = timedelta(hours=1)
"""The time that a running task waits for its last orders after all of their timers, before it is checked again."""

SCHEDULED_FROM = timedelta(hours=1)
"""The shortest retention whose looks have schedules of their own (look_schedule); those of a shorter one are waited for."""

KEY = "wait"
WAITED_FOR = frozenset({"in_review", "running", "winding_up", "offered", "accepted", "published", "disputed"})
"""The statuses of tasks and orders in which a workflow waits; in all others it ends."""


class WaitInput(TypedDict):
    """What a state of a workflow needs in order to wait: `seconds` is its timeout, `until` the deadline. `revision` and `cause` are
    those of the item: with them the step that stores the token need not read the item. `counted` is for the last check, which reads
    the clicks of a published order with it."""

    id: str
    status: str
    until: str
    seconds: int
    revision: int
    cause: NotRequired[str]
    counted: NotRequired[CountedLinks]


@dataclass(frozen=True)
class Wait:
    """The status and the deadline in which a workflow waits. `until` is a stamp, `""` without a deadline. `is_settling` is set for
    a running task whose call is over, or that has none: it is checked again some time after its deadline. `revision` and `cause`
    are those of the item, `counted` the links of a published order."""

    status: str
    until: str
    is_settling: bool = field(default=False, compare=False)
    revision: int = field(default=0, compare=False)
    cause: str | None = field(default=None, compare=False)
    counted: CountedLinks | None = field(default=None, compare=False)

    @property
    def is_over(self) -> bool:
        """True if nothing is waited for in this status."""
        return self.status not in WAITED_FOR

    def seconds(self, now: datetime) -> int:
        """Return whole seconds until the deadline, at least one, rounded up so that the timeout is not before it."""
        if not self.until:
            return 1
        until = clock.parse(self.until)
        if self.is_settling and until <= now:
            until = now + GRACE
        return min(max(1, math.ceil((until - now).total_seconds())), TIMEOUT_MAX)

    def as_input(self, item_id: str, now: datetime) -> WaitInput:
        """Return what a state of the workflow needs in order to wait for this."""
        found: WaitInput = {
            "id": item_id,
            "status": self.status,
            "until": self.until,
            "seconds": self.seconds(now),
            "revision": self.revision,
        }
        if self.cause:
            found["cause"] = self.cause
        if self.counted:
            found["counted"] = self.counted
        return found


class WaitRecord(TasksRecord):
    """The last wait of a workflow: pk is the id of its task or order, sk is `wait`.

    It is an item of its own, because it is written at every wait, while tasks and orders are large and have indexes.
    `is_plain` marks an execution with a definition from before 2026-11-27, which knows only successes. `changed_in` is the revision
    of a change for which the outbox found no waiting token; the step that stores the next token reads the item then."""

    token = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)
    is_plain = BooleanAttribute(null=True)
    changed_in = NumberAttribute(null=True)

    @property
    def wait(self) -> Wait:
        return Wait(self.status or "", self.until or "")


def wait_of(item: TaskRecord | OrderRecord) -> Wait:
    """Return what the workflow of this task or order waits for."""
    status = "winding_up" if isinstance(item, TaskRecord) and item.winding_up else item.status
    known = partial(Wait, status, revision=int(item.revision), cause=item.cause)
    if status not in WAITED_FOR:
        return known("")
    if isinstance(item, OrderRecord):
        return known(clock.stamp(_until(item)), counted=item.counted_links)
    is_settling = status == "running" and item.queue != CALLS
    return known(clock.stamp(item.schedule.final_at if is_settling else item.accept_by), is_settling)


def has_scheduled_looks(order: OrderRecord) -> bool:
    """Return True if the looks at the post of this order have schedules of their own."""
    return order.status in ("published", "disputed") and order.schedule.retention >= SCHEDULED_FROM


def _until(order: OrderRecord) -> datetime:
    """Return the time until which the workflow of an open order waits: its next action, but only the last of scheduled looks."""
    if has_scheduled_looks(order):
        if order.status == "disputed" and order.default_at is not None:
            return order.default_at
        if order.status == "published" and order.retained_at is not None:
            return max(order.retained_at, order.next_deciding_look_at or order.retained_at)
    return order.next_action_at or order.schedule.final_at
