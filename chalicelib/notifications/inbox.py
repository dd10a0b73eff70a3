"""The inbox of a user: the user's events that the catalogue marks for the inbox, except for types that the user has turned off.

Nothing is stored for each notification: the inbox reads the events, and one item of the user has the read marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.events import recipient_events
from chalicelib.events.event_types import EVENT_TYPES, Side
from chalicelib.events.records import EventRecord
from chalicelib.store import EventsRecord, JSONAttribute, Page, PageKey, Refused, put, transact
from chalicelib.store.retry import retry_on_conflict

UNREAD_MAX = 100
"""The maximum of the count of unread notifications."""
MARKS_MAX = 500
"""The most single read marks of a user; when there are more, everything up to the oldest of them counts as read."""
KEY = "notifications"


class InboxRecord(EventsRecord):
    """The state of a user's inbox: pk is `user#` and the user, sk `notifications`.

    Everything up to `read_until` is read (a sort key of events), and so are the events of `read_keys` after it. `off` are the event
    types that the user has turned off."""

    read_until = UnicodeAttribute(default="")
    read_keys = JSONAttribute[list[str]](default=list)
    off = JSONAttribute[list[str]](default=list)
    revision = NumberAttribute(default=0)

    def has_read(self, event: EventRecord) -> bool:
        return str(event.sk) <= self.read_until or event.sk in self.read_keys


@dataclass(frozen=True)
class Unread:
    """The number of unread notifications; `more`: there are more."""

    number: int
    more: bool


def state_of(user: str) -> InboxRecord:
    """Return the state of the user's inbox; a new one if there is none."""
    return InboxRecord.find(f"user#{user}", KEY) or InboxRecord(f"user#{user}", KEY)


def notifications(
    state: InboxRecord, partitions: Sequence[str], limit: int, after: PageKey | None
) -> Page[EventRecord]:
    """Return a page of the inbox, newest first. A page can be short although there is a next one."""
    return recipient_events.events_of(partitions, limit, after, where=_shown(state))


def unread(state: InboxRecord, partitions: Sequence[str]) -> Unread:
    """Return the number of unread notifications, counted up to UNREAD_MAX."""
    where = _shown(state)
    found, after = 0, None
    while True:
        page = recipient_events.events_of(partitions, UNREAD_MAX, after, where=where, examined_max=500)
        for event in page.items:
            if str(event.sk) <= state.read_until:
                return Unread(found, False)
            found += not state.has_read(event)
            if found > UNREAD_MAX:
                return Unread(UNREAD_MAX, True)
        if page.after is None:
            return Unread(found, False)
        if page.after["sk"] <= state.read_until:
            return Unread(found, False)
        after = page.after


def mark_read(user: str, partitions: Sequence[str], event_ids: Sequence[str], until: datetime | None) -> InboxRecord:
    """Mark events as read: those of these ids among the newest of the inbox, and all up to `until`. A repeat changes nothing."""

    def decide() -> InboxRecord:
        state = state_of(user)
        if until is not None:
            state.read_until = max(state.read_until, clock.stamp(until) + "~")
        wanted = set(event_ids)
        if wanted:
            page = recipient_events.events_of(partitions, MARKS_MAX, None, where=_shown(state))
            keys = {str(event.sk) for event in page.items if event.id in wanted} | set(state.read_keys)
        else:
            keys = set(state.read_keys)
        state.read_keys = sorted(key for key in keys if key > state.read_until)
        if len(state.read_keys) > MARKS_MAX:
            state.read_until, state.read_keys = state.read_keys[0], state.read_keys[1:]
        return _written(state)

    return retry_on_conflict(decide, conflict=Refused)


def turn_off(user: str, types: Sequence[str]) -> InboxRecord:
    """Turn these event types off in the user's inbox, and all others on. Raise InvalidBody for an unknown type."""
    faults = [
        Fault(f"/off/{place}", "event_type", f"There is no event type {name}.")
        for place, name in enumerate(types)
        if name not in EVENT_TYPES
    ]
    if faults:
        raise InvalidBody(*faults)

    def decide() -> InboxRecord:
        state = state_of(user)
        state.off = sorted(set(types))
        return _written(state)

    return retry_on_conflict(decide, conflict=Refused)


def types_for(sides: Sequence[Side]) -> list[str]:
    """Return the event types that can be in the inbox of a user with these sides."""
    return [name for name, row in EVENT_TYPES.items() if set(row.inbox) & set(sides)]


def _shown(state: InboxRecord) -> Condition:
    shown: Condition = EventRecord.inbox == True  # noqa: E712 - a condition of DynamoDB
    for name in state.off:
        shown = shown & (EventRecord.type != name)
    return shown


def _written(state: InboxRecord) -> InboxRecord:
    """Write the state on the condition that it was not written meanwhile, and return it."""
    read = int(state.revision)
    state.revision = read + 1
    unchanged = InboxRecord.revision == read if read else InboxRecord.pk.does_not_exist()
    transact([put("inbox", state, unchanged)])
    return state
