"""The paid posts of each account, as promised and as published: what rule 13 is decided on.

One small item per account, written in the transaction that accepts, publishes or ends an order, on the condition that it is as
it was read: two orders accepted at the same moment cannot both take the last place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pynamodb.attributes import NumberAttribute

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.rules import rules
from chalicelib.store import Action, JSONAttribute, TasksRecord, put
from chalicelib.tasks.frequency import frequency_cap
from chalicelib.tasks.frequency.frequency_cap import DAY, Slot
from chalicelib.tasks.records.order_record import OrderRecord

CALENDAR = "calendar"
"""The label of the calendar's action: refused under it, another order of the account was faster."""


SLOTS_MAX = 1_000
"""How many promised and recent posts an account's calendar has room for. Rule 13 alone allows fewer, but a stage can relax it."""


class CalendarRecord(TasksRecord):
    """pk is the account's id, sk is `calendar`; `slots` are `[start, end, published or None]` by order id."""

    slots = JSONAttribute(default=dict)
    revision = NumberAttribute(default=0)


def promised(order: OrderRecord, at: datetime) -> Action:
    """The action that enters the accepted order. Raises Problem `frequency_cap` if rule 13 could not be kept with it."""
    record, slots = _read(order.account_id, at)
    slots.pop(order.pk, None)
    new = Slot(order.start_at, order.end_at)
    if len(slots) >= SLOTS_MAX or not frequency_cap.fits(slots.values(), new, at, rules()):
        free_at = frequency_cap.next_free(slots.values(), new, at, rules())
        raise Problem(
            "frequency_cap",
            f"At most {rules().posts_per_day_max} paid posts in 24 hours and none within "
            f"{rules().posts_gap_min.total_seconds() / 60:.0f} minutes of another: this window has no place for one more. "
            f"A window of this length has one from {clock.rfc3339(free_at)} on.",
            next_free_at=free_at,
        )
    return _write(record, {**slots, order.pk: new})


def published(order: OrderRecord, posted_at: datetime, at: datetime) -> tuple[Action, datetime | None]:
    """The action that enters when the order's post went up; and if rule 13 is not kept, when the next post would keep it."""
    record, slots = _read(order.account_id, at)
    slots.pop(order.pk, None)
    others = [slot.published_at for slot in slots.values() if slot.published_at is not None]
    free_at = None
    if not frequency_cap.keeps(others, posted_at, rules()):
        free_at = frequency_cap.next_moment(others, max(at, posted_at), rules())
    return _write(record, {**slots, order.pk: Slot(order.start_at, order.end_at, posted_at)}), free_at


def released(order: OrderRecord, at: datetime) -> Action:
    """The action that takes out an accepted order that will not be published."""
    record, slots = _read(order.account_id, at)
    slots.pop(order.pk, None)
    return _write(record, slots)


def full(account_ids: Iterable[str], start_at: datetime, end_at: datetime, at: datetime) -> frozenset[str]:
    """Which of these accounts (at most 100) could not promise one more post in this window by rule 13."""
    new = Slot(start_at, end_at)
    records = CalendarRecord.batch_get([(account, CALENDAR) for account in account_ids])
    return frozenset(r.pk for r in records if not frequency_cap.fits(_slots(r, at).values(), new, at, rules()))


def _read(account_id: str, at: datetime) -> tuple[CalendarRecord, dict[str, Slot]]:
    record = CalendarRecord.find(account_id, CALENDAR) or CalendarRecord(account_id, CALENDAR)
    return record, _slots(record, at)


def _slots(record: CalendarRecord, at: datetime) -> dict[str, Slot]:
    """The slots without what no longer matters: posts of more than a day ago, windows that are over."""
    found = {}
    for order_id, (start, end, posted) in record.slots.items():
        slot = Slot(clock.parse(start), clock.parse(end), clock.parse(posted) if posted else None)
        if slot.published_at > at - DAY if slot.published_at else slot.end_at > at:
            found[order_id] = slot
    return found


def _write(record: CalendarRecord, slots: dict[str, Slot]) -> Action:
    read = int(record.revision)
    record.revision = read + 1
    record.slots = {
        order_id: [
            clock.stamp(slot.start_at),
            clock.stamp(slot.end_at),
            clock.stamp(slot.published_at) if slot.published_at else None,
        ]
        for order_id, slot in slots.items()
    }
    same = CalendarRecord.revision == read
    return put(CALENDAR, record, same if read else CalendarRecord.pk.does_not_exist())
