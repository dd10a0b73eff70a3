"""Create, change, rotate, test and delete endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock, ids
from chalicelib.core.errors import Fault, InvalidBody, Problem, not_found
from chalicelib.core.idempotency import Attempt, id_for
from chalicelib.core.rules import rules
from chalicelib.events.event import Event
from chalicelib.events.event_types import EVENT_TYPES
from chalicelib.events.records import key_of, stored
from chalicelib.store import Action, Refused, as_read, delete, put, transact, update
from chalicelib.store.create_once import create_once
from chalicelib.store.retry import retry_on_conflict
from chalicelib.webhooks import signing
from chalicelib.webhooks.delivery_queue import QueuedDelivery, delivery_id, enqueue
from chalicelib.webhooks.endpoint_url_check import require_url
from chalicelib.webhooks.fan_out import endpoints_of
from chalicelib.webhooks.records import (
    ALL,
    COUNT,
    ENDPOINT,
    EndpointCount,
    EndpointRecord,
    SecretRecord,
    SecretVersion,
)


def create(
    owner: str, url: str, event_types: list[str], description: str | None, api_url: str, attempt: Attempt | None
) -> tuple[EndpointRecord, str | None]:
    """Create an endpoint of the owner. Return it with its secret; None instead of the secret for a repeat of the request, because
    the API cannot read a stored secret.

    Raise InvalidBody for a URL or a type that is not allowed; Problem `state_conflict` above `webhooks_max`, and
    `idempotency_key_reused` if the key belongs to another request."""
    require_url(url)
    _require_types(event_types)
    endpoint_id = id_for(attempt, "whk")
    secret = signing.new_secret()

    def write() -> EndpointRecord:
        now = clock.stamp(clock.now())
        endpoint = EndpointRecord(
            owner,
            ENDPOINT + endpoint_id,
            url=url,
            event_types=event_types,
            description=description,
            enabled=True,
            created_at=now,
            secret_versions=[{"version": 1, "at": now}],
            api_url=api_url,
            fingerprint=attempt.fingerprint if attempt else None,
        )
        try:
            transact(
                [
                    put("endpoint", endpoint, EndpointRecord.sk.does_not_exist()),
                    _secret_action(endpoint_id, 1, secret),
                    _count_action(owner, 1),
                ]
            )
        except Refused as refused:
            if attempt is not None and "secret" in refused.labels:
                attempt.require_same(
                    None
                )  # the key has created a webhook, of another side of the caller if there is none here
            if "count" not in refused.labels:
                raise
            message = f"An owner has at most {rules().webhooks_max} webhooks."
            raise Problem("state_conflict", message) from refused
        return endpoint

    found, repeated = create_once(attempt, lambda: EndpointRecord.find(owner, ENDPOINT + endpoint_id), write)
    return found, None if repeated else secret


def find(endpoint_id: str, owners: Sequence[str]) -> EndpointRecord:
    """Return the endpoint of one of these owners. Raise Problem `not_found`."""
    if ids.is_id("whk", endpoint_id):
        for owner in owners:
            found = EndpointRecord.find(owner, ENDPOINT + endpoint_id)
            if found is not None:
                return found
    raise not_found("webhook")


def of_owners(owners: Sequence[str]) -> list[EndpointRecord]:
    """Return the endpoints of these owners, newest first."""
    found = [endpoint for owner in owners for endpoint in endpoints_of(owner)]
    return sorted(found, key=lambda endpoint: (endpoint.created_at, endpoint.sk), reverse=True)


class EndpointChanges(TypedDict, total=False):
    """Changes of an endpoint; missing members stay."""

    url: str
    event_types: list[str]
    description: str
    enabled: bool


def change(endpoint_id: str, owners: Sequence[str], changes: EndpointChanges) -> EndpointRecord:
    """Change `url`, `event_types`, `description` or `enabled`. An endpoint that is enabled, or has another URL, has no failures.

    Raise Problem `not_found`, InvalidBody as `create` does."""
    if "url" in changes:
        require_url(changes["url"])
    if "event_types" in changes:
        _require_types(changes["event_types"])

    def decide() -> EndpointRecord:
        endpoint = find(endpoint_id, owners)
        actions: list[UpdateAction] = [getattr(EndpointRecord, name).set(value) for name, value in changes.items()]
        if changes.get("enabled"):
            actions.append(EndpointRecord.disabled_reason.remove())
        if changes.get("enabled") or "url" in changes:
            actions += [
                EndpointRecord.failing_since.remove(),
                EndpointRecord.paused_until.remove(),
                EndpointRecord.failures.set(0),
            ]
        _write(endpoint, actions)
        return find(endpoint_id, owners)

    return retry_on_conflict(decide, conflict=Refused)


def rotate(endpoint_id: str, owners: Sequence[str]) -> tuple[EndpointRecord, str]:
    """Give the endpoint a new secret and return both. The replaced secret signs too for `webhook_secret_overlap`; older ones are
    deleted. Raise Problem `not_found`."""
    secret = signing.new_secret()

    def decide() -> EndpointRecord:
        endpoint = find(endpoint_id, owners)
        newest, *older = endpoint.secret_versions
        made: SecretVersion = {"version": newest["version"] + 1, "at": clock.stamp(clock.now())}
        actions = [_secret_action(endpoint.id, made["version"], secret)]
        actions += [_forget_action(endpoint.id, one["version"]) for one in older]
        _write(endpoint, [EndpointRecord.secret_versions.set([made, newest])], actions)
        return find(endpoint_id, owners)

    return retry_on_conflict(decide, conflict=Refused), secret


def remove(endpoint_id: str, owners: Sequence[str]) -> EndpointRecord:
    """Delete the endpoint with its secrets, and return it. Deliveries that are queued are dropped. Raise Problem `not_found`."""

    def decide() -> EndpointRecord:
        endpoint = find(endpoint_id, owners)
        transact(
            [
                delete("endpoint", endpoint, as_read(endpoint)),
                *(_forget_action(endpoint.id, one["version"]) for one in endpoint.secret_versions),
                _count_action(endpoint.pk, -1),
            ]
        )
        return endpoint

    return retry_on_conflict(decide, conflict=Refused)


def send_test(endpoint: EndpointRecord, side: Any, attempt: Attempt | None) -> str:
    """Store an event `webhook.test` and queue its delivery to this endpoint alone. Return the id of the delivery."""
    now = clock.now()
    event_id = id_for(attempt, "evt")
    data = {"webhook_id": endpoint.id, "reason": "test", "url": f"/v1/webhooks/{endpoint.id}"}
    event = Event(event_id, "webhook.test", now, 0, endpoint.id, data, {side: endpoint.pk})
    (item,) = stored(event)
    item.save()
    made = delivery_id(endpoint.id, event.id, now)
    enqueue([QueuedDelivery(endpoint.pk, endpoint.id, item.pk, key_of(event), made)])
    return made


def _write(endpoint: EndpointRecord, changes: list[UpdateAction], actions: Sequence[Action] = ()) -> None:
    revision = EndpointRecord.revision.set(int(endpoint.revision) + 1)
    transact([update("endpoint", endpoint, [*changes, revision], as_read(endpoint)), *actions])


def _secret_action(endpoint_id: str, version: int, secret: str) -> Action:
    item = SecretRecord(endpoint_id, SecretRecord.key(version), secret=secret)
    return put("secret", item, SecretRecord.pk.does_not_exist())


def _forget_action(endpoint_id: str, version: int) -> Action:
    return delete(f"secret {version}", SecretRecord(endpoint_id, SecretRecord.key(version)), None)


def _count_action(owner: str, by: int) -> Action:
    room = EndpointCount.pk.does_not_exist() | (EndpointCount.endpoints < rules().webhooks_max)
    return update("count", EndpointCount(owner, COUNT), [EndpointCount.endpoints.add(by)], room if by > 0 else None)


def _require_types(event_types: Sequence[str]) -> None:
    known = EVENT_TYPES.keys() | {ALL}
    faults = [
        Fault(f"/event_types/{place}", "event_type", f"There is no event type {name}.")
        for place, name in enumerate(event_types)
        if name not in known
    ]
    if faults:
        raise InvalidBody(*faults)
