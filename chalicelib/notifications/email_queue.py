"""The queue of e-mails: a message for each event and address, one for each digest, and the feedback of SES."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import PutError

from chalicelib.core import clock
from chalicelib.core.aws import client
from chalicelib.core.regions.working_days import local_time
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from chalicelib.events.catalogue import STAFF
from chalicelib.events.records import key_of
from chalicelib.events.sources import Event
from chalicelib.notifications import email_addresses
from chalicelib.notifications.email_addresses import EmailAddress
from chalicelib.store import EventsRecord


class DigestRecord(EventsRecord):
    """The digests of a day were queued: pk is `digest`, sk the day in the market's time zone."""

    expires = NumberAttribute()


def queue_emails(events: Sequence[Event]) -> None:
    """Queue an e-mail for each address that wants an event. Staff have a digest instead. A repeat queues them again; those that
    were sent are not sent again. Raise ClientError."""
    if not settings().email_sender:
        return
    addresses: dict[str, list[EmailAddress]] = {}
    for event in events:
        for side, partition in event.recipients.items():
            if partition in STAFF or not event.is_in_inbox_of(side):
                continue
            if partition not in addresses:
                addresses[partition] = email_addresses.of_recipient(partition)
            for found in addresses[partition]:
                if found.wants(event.type):
                    _send({"event": key_of(event), "partition": partition, "user": found.user})


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
        _send({"digest": day, "until": clock.stamp(now), "partition": partition, "user": user})
    _save_digest(day, now)
    return len(found)


def market_time(moment: datetime) -> datetime:
    """Return the moment in the market's time zone."""
    return local_time(moment, rules().time_zone)


def _save_digest(day: str, now: datetime) -> None:
    expires = int((now + rules().deliveries_listed).timestamp())
    try:
        DigestRecord("digest", day, expires=expires).save(DigestRecord.pk.does_not_exist())
    except PutError as error:  # another sweep has queued them: each is sent once
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def _send(message: dict[str, str]) -> None:
    client("sqs").send_message(QueueUrl=settings().emails_queue_url, MessageBody=json.dumps(message))
