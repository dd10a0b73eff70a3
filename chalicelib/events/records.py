"""Items of the events table that store events."""

from __future__ import annotations

import json

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core import clock, json_format
from chalicelib.core.rules import rules
from chalicelib.events.event import Event
from chalicelib.store import EventsRecord, JSONAttribute


class EventRecord(EventsRecord):
    """An event of one recipient: pk is the recipient (`adv_…`, `cre_…`, `auditors`, `finance`), sk its time, revision and id.

    `object_id` and `related` are the ids by which it is found, `inbox` is set where the recipient is notified. DynamoDB deletes it
    after `expires`, in seconds since 1970."""

    type = UnicodeAttribute()
    object_id = UnicodeAttribute()
    related = UnicodeAttribute(null=True)
    data = JSONAttribute()
    inbox = BooleanAttribute(null=True)
    expires = NumberAttribute()

    @property
    def id(self) -> str:
        return str(self.sk).rpartition("#")[2]

    @property
    def at(self) -> str:
        """The time of the event, as stored."""
        return str(self.sk).partition("#")[0]


END = ":"
"""Above the sort keys of all events, which begin with a digit. Those of other items in the partition begin with a letter."""


def stored(event: Event) -> list[EventRecord]:
    """Return the items of an event, one for each recipient. The same event gives the same items."""
    expires = int((event.at + rules().events_listed).timestamp())
    data = json.loads(json_format.dumps(event.data))
    return [
        EventRecord(
            pk,
            key_of(event),
            type=event.type,
            object_id=event.object_id,
            related=event.related,
            data=data,
            inbox=event.is_in_inbox_of(side) or None,
            expires=expires,
        )
        for side, pk in event.recipients.items()
    ]


def key_of(event: Event) -> str:
    """Return the sort key of the event, which sorts by time, and by revision within a millisecond."""
    return f"{clock.stamp(event.at)}#{event.revision:06d}#{event.id}"
