"""Digests by e-mail: once a day, each member of staff gets the numbers of the day's events by type."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import PutError

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from chalicelib.events.event_types import EVENT_TYPES, STAFF
from chalicelib.events.records import EventRecord
from chalicelib.notifications import email_addresses
from chalicelib.notifications.email_addresses import EmailAddress
from chalicelib.notifications.email_queue import enqueue, market_time
from chalicelib.store import EventsRecord

DAY = timedelta(days=1)


class DigestRecord(EventsRecord):
    """The digests of a day were queued: pk is `digest`, sk the day in the market's time zone."""

    expires = NumberAttribute()


def queue_digests() -> int:
    """Queue the digests of the day, once, from `digest_at` on. Return their number."""
    if not settings().email_sender:
        return 0
    now = clock.now()
    local = market_time(now)
    since_midnight = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
    day = f"{local:%Y-%m-%d}"
    if since_midnight < rules().digest_at or DigestRecord.find("digest", day) is not None:
        return 0
    found = [(partition, one.user) for partition in STAFF for one in email_addresses.of_recipient(partition)]
    for partition, user in found:
        enqueue({"digest": day, "until": clock.stamp(now), "partition": partition, "user": user})
    _save_digest(day, now)
    return len(found)


def counts(partition: str, until: datetime, address: EmailAddress) -> dict[str, int]:
    """Return the numbers, by type, of the recipient's events of the day before `until` that the address wants."""
    span = EventRecord.sk.between(clock.stamp(until - DAY), clock.stamp(until))
    found = EventRecord.query(partition, span, filter_condition=EventRecord.inbox == True)  # noqa: E712
    numbers = Counter(str(event.type) for event in found)
    return {name: number for name, number in numbers.items() if address.wants(name) and name in EVENT_TYPES}


def _save_digest(day: str, now: datetime) -> None:
    expires = int((now + rules().deliveries_listed).timestamp())
    try:
        DigestRecord("digest", day, expires=expires).save(DigestRecord.pk.does_not_exist())
    except PutError as error:  # another sweep has queued them: each is sent once
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
