"""The clock of a sandbox stage: ahead of the wall clock by an offset that admins raise, so that every timer can be tested.

The offset is one item of the tasks table. Every request and every event of a function reads it at most once (`in_stage_time`).
Stages without the sandbox never read it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.core.idempotency import Attempt
from chalicelib.core.settings import settings
from chalicelib.store.retry import WriteConflict, retry_on_conflict
from chalicelib.store.tables import TasksRecord
from chalicelib.store.transactions import save_if, update_if

KEY = "clock"
OFFSET_MAX = timedelta(days=400)
"""The largest offset: longer than a window and the longest retention together (rule 7)."""


class ClockRecord(TasksRecord):
    """The clock: pk and sk are `clock`. `offset` is in seconds, `moves` counts the moves.

    After a move the waiting workflows are woken (tasks.workflow.resume_workflows): `shard`, `after` and `after_order` are the
    position; `shard` is None when all are woken. `moved_to` is the moment after the last move; `attempt` and `fingerprint` identify
    its request if that had an Idempotency-Key."""

    offset = NumberAttribute(default=0)
    moves = NumberAttribute(default=0)
    shard = NumberAttribute(null=True)
    after = UnicodeAttribute(null=True)
    after_order = UnicodeAttribute(null=True)
    moved_to = UnicodeAttribute(null=True)
    attempt = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute(null=True)

    @property
    def ahead(self) -> timedelta:
        return timedelta(seconds=int(self.offset))


def in_stage_time() -> AbstractContextManager[None]:
    """Within the block, `clock.now()` returns the time of the stage: ahead by the stored offset if the sandbox is on."""
    return clock.ahead_by(lambda: stored().ahead) if settings().sandbox else nullcontext()


def stored() -> ClockRecord:
    """Return the clock, read consistently; one without an offset if it was never moved."""
    return ClockRecord.find(KEY, KEY) or ClockRecord(KEY, KEY)


def advance(duration: timedelta, attempt: Attempt | None) -> tuple[ClockRecord, bool]:
    """Move the clock forward by whole seconds. Return the clock, and whether an earlier attempt of the request moved it.

    Raises InvalidBody for less than a second and beyond OFFSET_MAX, Problem `idempotency_key_reused`, `write_contention`."""
    return _move("/advance", lambda ahead: ahead + duration, attempt)


def move_to(moment: datetime, attempt: Attempt | None) -> tuple[ClockRecord, bool]:
    """Move the clock forward to the moment, rounded up to whole seconds of the offset. Return and raise as `advance` does."""
    ahead = timedelta(seconds=math.ceil((moment - clock.wall_time()).total_seconds()))
    return _move("/to", lambda _: ahead, attempt)


def save_wake_up_position(
    record: ClockRecord, shard: int | None, after: str | None = None, after_order: str | None = None
) -> bool:
    """Store the position of the wake-up after a move. Return False if another process has stored one, or moved the clock."""
    same = (ClockRecord.moves == int(record.moves)) & (ClockRecord.shard == int(record.shard or 0))
    for attribute, read in ((ClockRecord.after, record.after), (ClockRecord.after_order, record.after_order)):
        same &= attribute == read if read else attribute.does_not_exist()
    changes: list[UpdateAction] = [
        ClockRecord.shard.remove() if shard is None else ClockRecord.shard.set(shard),
        ClockRecord.after.remove() if after is None else ClockRecord.after.set(after),
        ClockRecord.after_order.remove() if after_order is None else ClockRecord.after_order.set(after_order),
    ]
    return update_if(record, changes, same)


def _move(pointer: str, target: Callable[[timedelta], timedelta], attempt: Attempt | None) -> tuple[ClockRecord, bool]:
    key = attempt.id("clk") if attempt else None

    def decide() -> tuple[ClockRecord, bool]:
        record = stored()
        if attempt and record.attempt == key:
            attempt.require_same(record.fingerprint)
            return record, True
        ahead, read = target(record.ahead), int(record.moves)
        if ahead < record.ahead + timedelta(seconds=1):
            raise InvalidBody(
                Fault(pointer, "clock_not_forward", "The clock only moves forward, by at least a second.")
            )
        if ahead > OFFSET_MAX:
            message = f"The clock runs ahead by at most {OFFSET_MAX.days} days in all."
            raise InvalidBody(Fault(pointer, "clock_too_far", message))
        record.offset, record.moves = int(ahead.total_seconds()), read + 1
        record.shard, record.after, record.after_order = 0, None, None
        record.moved_to = clock.stamp(clock.wall_time() + ahead)
        record.attempt, record.fingerprint = key, attempt.fingerprint if attempt else None
        if not save_if(record, ClockRecord.moves == read if read else ClockRecord.pk.does_not_exist()):
            raise WriteConflict
        return record, False

    return retry_on_conflict(decide)
