"""Queue a delivery of each stored event for each endpoint that has subscribed to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chalicelib.events.event import Event
from chalicelib.events.event_types import OPERATOR, STAFF
from chalicelib.events.records import key_of
from chalicelib.webhooks.delivery_queue import QueuedDelivery, delivery_id, enqueue
from chalicelib.webhooks.records import COUNT, ENDPOINT, EndpointCount, EndpointRecord


def queue_deliveries(events: Sequence[Event]) -> None:
    """Queue the deliveries of the events. A repeat queues them again under the same ids, and the ones that succeeded are not sent
    again. Raise ClientError.

    One request finds the owners of endpoints among all recipients of the batch. Most recipients have none."""
    partitions = [{owner_of(pk): pk for pk in event.recipients.values()} for event in events]
    endpoints = {owner: endpoints_of(owner) for owner in _owners_of_endpoints(set().union(*partitions))}
    found: list[QueuedDelivery] = []
    for event, by_owner in zip(events, partitions, strict=True):
        for owner, partition in by_owner.items():
            found += _deliveries(event, partition, endpoints.get(owner, ()))
    enqueue(found)


def owner_of(partition: str) -> str:
    """Return the owner of the endpoints that receive the events of a partition: events of staff go to the operator's."""
    return OPERATOR if partition in STAFF else partition


def endpoints_of(owner: str) -> list[EndpointRecord]:
    """Return all endpoints of an owner; there are at most `webhooks_max`."""
    return list(EndpointRecord.query(owner, EndpointRecord.sk.startswith(ENDPOINT)))


def _owners_of_endpoints(owners: Iterable[str]) -> list[str]:
    """Return those of the owners who have endpoints."""
    counts = EndpointCount.batch_get([(owner, COUNT) for owner in sorted(owners)])
    return [count.pk for count in counts if count.endpoints > 0]


def _deliveries(event: Event, partition: str, endpoints: Iterable[EndpointRecord]) -> Iterable[QueuedDelivery]:
    for endpoint in endpoints:
        if endpoint.wants(event.type):
            delivery = delivery_id(endpoint.id, event.id, event.at)
            yield QueuedDelivery(endpoint.pk, endpoint.id, partition, key_of(event), delivery)
