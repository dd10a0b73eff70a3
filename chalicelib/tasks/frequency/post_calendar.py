"""The calendar of each account: its accepted and published paid posts, for rule 13.

It is one small item per account, written in the transaction that accepts, publishes or ends an order, on the condition that it has
not changed since it was read. Two orders that are accepted at the same moment cannot both take the last free place.
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
"""The label of the calendar's action. A refusal with this label means that another order of the account was written first."""

SLOTS_MAX = 1_000
"""The capacity of a calendar for accepted and recent posts. Rule 13 allows fewer, but a stage can relax it."""


class CalendarRecord(TasksRecord):
    """pk is the account's id, sk is `calendar`; `slots` are `[start, end, published or None]` by order id."""

    slots = JSONAttribute(default=dict)
    revision = NumberAttribute(default=0)


def promised(order: OrderRecord, at: datetime, known: CalendarRecord | None = None) -> Action:
    """Return the action that adds an accepted order; `known` is the calendar if it was read already. Raises Problem `frequency_cap`
    if the order would break rule 13."""
    record, slots = _read(order.account_id, at, known)
    slots.pop(order.pk, None)
    new = Slot(order.start_at, order.end_at)
    free_at = _next_free(slots, new, at)
    if free_at is not None:
        raise Problem(
            "frequency_cap",
            f"At most {rules().posts_per_day_max} paid posts in 24 hours and none within "
            f"{rules().posts_gap_min.total_seconds() / 60:.0f} minutes of another: this window has no place for one more. "
            f"A window of this length has one from {clock.rfc3339(free_at)} on.",
            next_free_at=free_at,
        )
    return _write(record, {**slots, order.pk: new})


def conflict(order: OrderRecord, at: datetime) -> datetime | None:
    """Return None if the order fits, or has a place already; otherwise the earliest start of a window of its length that fits."""
    _, slots = _read(order.account_id, at)
    slots.pop(order.pk, None)
    return _next_free(slots, Slot(order.start_at, order.end_at), at)


def posts_of(account_id: str, at: datetime) -> list[tuple[str, Slot]]:
    """Return the promised posts of the account and those of the last 24 hours with their order ids, in the order of their time."""
    _, slots = _read(account_id, at)
    return sorted(slots.items(), key=lambda one: (one[1].published_at or one[1].start_at, one[0]))


def published(
    order: OrderRecord, posted_at: datetime, at: datetime, known: CalendarRecord | None = None
) -> tuple[Action, datetime | None]:
    """Return the action that adds the published post of the order; `known` is the calendar if it was read already. If the post
    breaks rule 13, also return the time from which a post would comply with it; otherwise None."""
    record, slots = _read(order.account_id, at, known)
    slots.pop(order.pk, None)
    others = [slot.published_at for slot in slots.values() if slot.published_at is not None]
    free_at = None
    if not frequency_cap.is_allowed(others, posted_at, rules()):
        free_at = frequency_cap.next_moment(others, max(at, posted_at), rules())
    return _write(record, {**slots, order.pk: Slot(order.start_at, order.end_at, posted_at)}), free_at


def released(order: OrderRecord, at: datetime) -> Action:
    """Return the action that removes an accepted order that will not be published."""
    record, slots = _read(order.account_id, at)
    slots.pop(order.pk, None)
    return _write(record, slots)


def full(account_ids: Iterable[str], start_at: datetime, end_at: datetime, at: datetime) -> frozenset[str]:
    """Return those of these accounts (at most 100) that rule 13 permits no further post in this window."""
    new = Slot(start_at, end_at)
    records = CalendarRecord.batch_get([(account, CALENDAR) for account in account_ids])
    return frozenset(r.pk for r in records if not frequency_cap.fits(_slots(r, at).values(), new, at, rules()))


def _next_free(slots: dict[str, Slot], new: Slot, at: datetime) -> datetime | None:
    """Return None if `new` fits beside the slots, otherwise the earliest start of a window of its length that does."""
    if len(slots) < SLOTS_MAX and frequency_cap.fits(slots.values(), new, at, rules()):
        return None
    return frequency_cap.next_free(slots.values(), new, at, rules())


def empty(account_id: str) -> CalendarRecord:
    """Return the calendar of an account that has none yet."""
    return CalendarRecord(account_id, CALENDAR)


def _read(account_id: str, at: datetime, known: CalendarRecord | None = None) -> tuple[CalendarRecord, dict[str, Slot]]:
    record = known or CalendarRecord.find(account_id, CALENDAR) or empty(account_id)
    return record, _slots(record, at)


def _slots(record: CalendarRecord, at: datetime) -> dict[str, Slot]:
    """Return the slots without posts of more than a day ago and windows that are over."""
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
