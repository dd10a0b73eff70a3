"""The clock of a sandbox stage: ahead of the wall clock by an offset that admins raise, so that every timer can be tried.

The offset is one item of the tasks table. Every request and every event of a function reads it at most once (`in_stage_time`).
Stages without the sandbox never read it, and ignore one that is stored.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.core.idempotency import Attempt
from chalicelib.core.settings import settings
from chalicelib.store.retry import WriteConflict, retry_on_conflict
from chalicelib.store.tables import TasksRecord

KEY = "clock"
OFFSET_MAX = timedelta(days=400)
"""How far the clock of a stage runs ahead in all: beyond a window and the longest retention (rule 7)."""


class ClockRecord(TasksRecord):
    """The clock: pk and sk are `clock`. `offset` is in seconds, `moves` counts the moves.

    After a move the waiting workflows are woken (tasks.waking): `shard` and `after` say how far that has come; `shard` is None when
    all are woken. `moved_to` is the moment that the last move led to; `attempt` and `fingerprint` identify its request, if that had
    an Idempotency-Key."""

    offset = NumberAttribute(default=0)
    moves = NumberAttribute(default=0)
    shard = NumberAttribute(null=True)
    after = UnicodeAttribute(null=True)
    moved_to = UnicodeAttribute(null=True)
    attempt = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute(null=True)

    @property
    def ahead(self) -> timedelta:
        return timedelta(seconds=int(self.offset))


def in_stage_time() -> AbstractContextManager[None]:
    """Within the block, `clock.now()` is the time of the stage: ahead by the stored offset where the sandbox is on."""
    return clock.ahead_by(lambda: stored().ahead) if settings().sandbox else nullcontext()


def stored() -> ClockRecord:
    """The clock, read consistently; one without an offset if it was never moved."""
    return ClockRecord.find(KEY, KEY) or ClockRecord(KEY, KEY)


def advance(duration: timedelta, attempt: Attempt | None) -> tuple[ClockRecord, bool]:
    """Move the clock forward by whole seconds; the clock, and whether an earlier request with this key had moved it.

    Raises InvalidBody for less than a second and beyond OFFSET_MAX, Problem `idempotency_key_reused`, `write_contention`."""
    return _move("/advance", lambda ahead: ahead + duration, attempt)


def move_to(moment: datetime, attempt: Attempt | None) -> tuple[ClockRecord, bool]:
    """Move the clock forward to the moment, rounded up to whole seconds of the offset. As `advance`."""
    ahead = timedelta(seconds=math.ceil((moment - (clock.now() - clock.offset())).total_seconds()))
    return _move("/to", lambda _: ahead, attempt)


def woken(record: ClockRecord, shard: int | None, after: str | None) -> bool:
    """Store how far the waking after a move has come; False if somebody else has stored more, or moved the clock again."""
    place = ClockRecord.after == record.after if record.after else ClockRecord.after.does_not_exist()
    same = (ClockRecord.moves == int(record.moves)) & (ClockRecord.shard == int(record.shard or 0)) & place
    changes: list[UpdateAction] = [
        ClockRecord.shard.remove() if shard is None else ClockRecord.shard.set(shard),
        ClockRecord.after.remove() if after is None else ClockRecord.after.set(after),
    ]
    try:
        record.update(changes, condition=same)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


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
        record.shard, record.after, record.moved_to = 0, None, clock.stamp(clock.now() - clock.offset() + ahead)
        record.attempt, record.fingerprint = key, attempt.fingerprint if attempt else None
        try:
            record.save(ClockRecord.moves == read if read else ClockRecord.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            raise WriteConflict from error
        return record, False

    return retry_on_conflict(decide)
