"""The queue of e-mails: a message for each event and address, one for each digest (email_digests), and the feedback of SES."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired

from chalicelib.core.aws import client
from chalicelib.core.regions.working_days import local_time
from chalicelib.core.response_types import TypedDict
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from chalicelib.events.event import Event
from chalicelib.events.event_types import STAFF
from chalicelib.events.records import key_of
from chalicelib.notifications import email_addresses
from chalicelib.notifications.email_addresses import EmailAddress


class EmailMessage(TypedDict):
    """A message of the queue: an e-mail to a user about the events of a recipient (`partition`). `event` is the key of one event;
    without it, `digest` is the day of a digest, and `until` the end of its events."""

    partition: str
    user: str
    event: NotRequired[str]
    digest: NotRequired[str]
    until: NotRequired[str]


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
                    enqueue({"event": key_of(event), "partition": partition, "user": found.user})


def market_time(moment: datetime) -> datetime:
    """Return the moment in the market's time zone."""
    return local_time(moment, rules().time_zone)


def enqueue(message: EmailMessage) -> None:
    """Send a message to the queue. Raise ClientError."""
    client("sqs").send_message(QueueUrl=settings().emails_queue_url, MessageBody=json.dumps(message))
