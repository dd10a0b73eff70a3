"""Reminders before a default takes effect (rule 32): of offers, publications, drafts and rulings.

The sweep, which reads every open order every five minutes, calls `remind`. A reminder is an event of the side that has to act.
Its time is stored before it is sent, so a repeat sends the same event again, with the same id; a reminder that was sent is not
repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from chalicelib.core import clock, ids
from chalicelib.core.observability import count
from chalicelib.core.rules import Rules, rules
from chalicelib.events import publisher
from chalicelib.events.event import Event
from chalicelib.events.event_types import Side
from chalicelib.store import EventsRecord
from chalicelib.tasks.model.next_actor import next_actor
from chalicelib.tasks.model.order_timers import TimerName
from chalicelib.tasks.records.order_record import OrderRecord

Number = Literal["first", "last"]

REMINDED: frozenset[TimerName] = frozenset(
    {
        "accept_by",
        "counter_due",
        "draft_review_due",
        "draft_due",
        "publish_at",
        "window_end",
        "mend_by",
        "ruling_due",
    }
)
"""The timers whose default can be prevented by a side or by an auditor."""
NO_TURN = frozenset({"parked", "retried", "check_delayed", "platform_delayed"})
"""Events of an offered or accepted order that leave the next act to the same side."""


@dataclass(frozen=True)
class Reminder:
    """A reminder: the side that has to act, the timer, its moment and default outcome, and the moment of the reminder."""

    number: Number
    side: Side
    timer: TimerName
    due_at: datetime
    default_outcome: str
    at: datetime

    @property
    def key(self) -> str:
        return f"reminder#{self.timer}#{clock.stamp(self.due_at)}#{self.number}"


class ReminderRecord(EventsRecord):
    """A reminder of an order: pk is the order, sk `reminder#`, the timer, its moment and the number. `at` is the time of its event.
    It expires with the event."""

    at = UnicodeAttribute()
    sent = BooleanAttribute()
    expires = NumberAttribute()


def due_reminder(order: OrderRecord, now: datetime, numbers: Rules) -> Reminder | None:
    """Return the reminder that is due; the last one if both are. None if the side had less time than that from the beginning."""
    side = _side(order)
    due_at = order.ruling_due_at if order.status == "disputed" else order.deadline
    if side is None or due_at is None or now >= due_at:
        return None
    timers = [timer for timer in order.timers if timer.at == due_at and timer.name in REMINDED]
    if not timers:
        return None
    begun = _begun(order)
    leads: tuple[tuple[Number, Any], ...] = (("last", numbers.reminder_last), ("first", numbers.reminder_first))
    for number, lead in leads:
        if begun <= due_at - lead <= now:
            timer = timers[-1]  # the most particular one: `counter_due` is listed behind `accept_by`
            return Reminder(number, side, timer.name, due_at, timer.default_outcome, due_at - lead)
    return None


def remind(order: OrderRecord) -> bool:
    """Send the reminder that is due, if there is one and it was not sent. Raise NotPublished, ClientError."""
    now = clock.now()
    reminder = due_reminder(order, now, rules())
    if reminder is None:
        return False
    found = ReminderRecord.find(order.pk, reminder.key)
    if found is not None and found.sent:
        return False
    if found is None:
        expires = int((now + rules().events_listed).timestamp())
        found = ReminderRecord(order.pk, reminder.key, at=clock.stamp(now), sent=False, expires=expires)
        try:
            found.save(ReminderRecord.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return False  # another sweep sends it
    publisher.save_and_send([_event(order, reminder, clock.parse(found.at))])
    found.sent = True
    found.save()
    count("RemindersSent", timer=reminder.timer)
    return True


def _event(order: OrderRecord, reminder: Reminder, at: datetime) -> Event:
    data = {
        "order_id": order.pk,
        "task_id": order.task_id,
        "account_id": order.account_id,
        "dispute_id": order.dispute_id if order.status == "disputed" else None,
        "status": order.status,
        "timer": reminder.timer,
        "due_at": reminder.due_at,
        "default_outcome": reminder.default_outcome,
        "reminder": reminder.number,
        "revision": int(order.revision),
        "url": f"/v1/orders/{order.pk}",
    }
    parties: dict[Side, str | None] = {"advertiser": order.advertiser_id, "creator": order.owner}
    event_id = ids.derive("evt", order.pk, "order.reminder", reminder.key)
    recipients = {reminder.side: str(parties.get(reminder.side) or reminder.side)}
    return Event(event_id, "order.reminder", at, int(order.revision), order.pk, data, recipients, order.task_id)


def _side(order: OrderRecord) -> Side | None:
    """Return the side whose act prevents the default. A reported post waits for the network, not for a side."""
    if order.status == "disputed" or (order.status == "accepted" and order.draft_status == "in_review"):
        return "auditors"
    return None if order.is_reported else next_actor(order)


def _begun(order: OrderRecord) -> datetime:
    """Return the moment since which the side has to act."""
    is_disputed = order.status == "disputed"
    for line in reversed(order.events):
        if line["event"] == "disputed" if is_disputed else line["event"] not in NO_TURN:
            return clock.parse(line["at"])
    return order.created_at
