"""Replays: the event of one delivery, or the events of a range of time, are delivered again."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core import clock, ids
from chalicelib.core.errors import not_found
from chalicelib.events.event_types import OPERATOR, STAFF
from chalicelib.events.records import EventRecord
from chalicelib.webhooks.delivery_queue import QueuedDelivery, delivery_id, enqueue
from chalicelib.webhooks.records import DeliveryRecord, EndpointRecord

REPLAYED_MAX = 500
"""The most events that one request replays."""


def replay_one(endpoint: EndpointRecord, delivery: str, tag: str) -> str:
    """Queue the event of a delivery again, as a new delivery. Return its id. Raise Problem `not_found`."""
    found = DeliveryRecord.find(endpoint.id, delivery) if ids.is_id("dlv", delivery) else None
    if found is None:
        raise not_found("delivery")
    queued = _again(endpoint, found.event_pk, found.event_sk, tag)
    enqueue([queued])
    return queued.delivery_id


def replay_range(endpoint: EndpointRecord, since: datetime, until: datetime, tag: str) -> tuple[int, datetime | None]:
    """Queue the events from `since` until before `until` that the endpoint has subscribed to, oldest first.

    Return how many were queued, and the time from which to go on if there are more than REPLAYED_MAX."""
    found = sorted(
        (event for partition in partitions_of(endpoint.pk) for event in _between(partition, since, until)),
        key=lambda event: str(event.sk),
    )
    wanted = [event for event in found if endpoint.wants(event.type) and event.type != "webhook.test"]
    chosen, rest = wanted[:REPLAYED_MAX], wanted[REPLAYED_MAX:]
    enqueue([_again(endpoint, event.pk, event.sk, tag) for event in chosen])
    if rest:
        return len(chosen), clock.parse(rest[0].at)
    return len(chosen), clock.parse(found[-1].at) if len(found) > REPLAYED_MAX else None


def partitions_of(owner: str) -> tuple[str, ...]:
    """Return the recipients whose events the endpoints of an owner receive."""
    return (OPERATOR, *STAFF) if owner == OPERATOR else (owner,)


def _between(partition: str, since: datetime, until: datetime) -> list[EventRecord]:
    """Return the events of a recipient in a range, at most one more than REPLAYED_MAX."""
    span = EventRecord.sk.between(clock.stamp(since), clock.stamp(until))
    return list(EventRecord.query(partition, span, limit=REPLAYED_MAX + 1))


def _again(endpoint: EndpointRecord, event_pk: str, event_sk: str, tag: str) -> QueuedDelivery:
    event_id = event_sk.rpartition("#")[2]
    made = delivery_id(endpoint.id, event_id, clock.now(), tag)
    return QueuedDelivery(endpoint.pk, endpoint.id, event_pk, event_sk, made, is_replay=True)
