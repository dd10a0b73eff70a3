"""Deliver events to endpoints: the queue calls `deliver` with one message per event and endpoint.

A failed attempt hides its message until the next one (chalicelib.webhooks.retry_schedule) and reports it as failed, so SQS keeps
it. An endpoint that fails is paused: deliveries that arrive meanwhile are put off without a request, and after the pause only one
of them is sent to find out whether the endpoint works again. A dead endpoint therefore takes little of the time of the others."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock, ids
from chalicelib.core.aws import BatchResponse, ItemFailure
from chalicelib.core.observability import count, logger
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from chalicelib.core.version import VERSION
from chalicelib.events import event_envelope, publisher
from chalicelib.events.event import Event
from chalicelib.events.event_types import side_of
from chalicelib.events.records import EventRecord
from chalicelib.outbound import guarded_request
from chalicelib.outbound.guarded_request import RequestFailed, RequestRefused, Response
from chalicelib.webhooks import retry_schedule, signing
from chalicelib.webhooks.delivery_queue import QueuedDelivery, hide
from chalicelib.webhooks.records import ENDPOINT, Attempt, DeliveryRecord, DisabledReason, EndpointRecord, SecretRecord

SECONDS = 15.0
"""The time limit of one attempt."""
PROBE = timedelta(seconds=20)
"""The pause while one delivery is sent to an endpoint that has failed."""
ATTEMPTS_LISTED = 20
RESPONSE_CHARS = 256
CRASH_DELAY = 5 * 60
RANDOM = random.Random()  # noqa: S311 - jitter, not a secret
Post = Callable[..., Response]
post: Post = guarded_request.post


def deliver(event: dict[str, Any]) -> BatchResponse:
    """Handle messages of the queue. `{"batchItemFailures": [{"itemIdentifier": message id}]}` names those that come again."""
    failed: list[ItemFailure] = []
    for record in event["Records"]:
        try:
            delay = attempt(QueuedDelivery.read(record["body"]))
        except Exception:  # the message comes again, and finally goes to the dead-letter queue
            logger.exception("delivery failed")
            count("WebhookDeliveryCrashed")
            delay = CRASH_DELAY
        if delay is not None:
            hide(record["receiptHandle"], delay)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def attempt(queued: QueuedDelivery) -> int | None:
    """Make the next attempt of a delivery. Return the seconds until it is to be handled again; None if it is over.

    A delivery is over without a request if its endpoint was deleted or disabled, if the event has expired, and if it was delivered
    before."""
    endpoint = EndpointRecord.find(queued.owner, ENDPOINT + queued.endpoint_id)
    if endpoint is None or not endpoint.enabled:
        return None
    known = DeliveryRecord.find(queued.endpoint_id, queued.delivery_id)
    if known is not None and known.status != "pending":
        return None
    now = clock.now()
    if (waits := _seconds_until(endpoint.paused_until, now)) or not _may_probe(endpoint, now):
        return _spread(min(waits, retry_schedule.PAUSE_MAX) or PROBE.seconds)  # the owner may end the pause before
    stored = EventRecord.find(queued.event_pk, queued.event_sk)
    if stored is None:
        return None
    delivery = known or _new_delivery(queued, stored, now)
    made, delay_wanted = _send(endpoint, stored, now)
    return _finish(endpoint, delivery, made, delay_wanted, now)


def _send(endpoint: EndpointRecord, stored: EventRecord, now: datetime) -> tuple[Attempt, int | None]:
    """Send the event. Return the attempt, and the seconds that the endpoint asked to wait, if it did."""
    body = event_envelope.webhook_body(stored, settings().public_url.rstrip("/") or endpoint.api_url)
    versions = endpoint.versions_in_use(now, rules().webhook_secret_overlap)
    secrets = [
        found.secret for found in (SecretRecord.find(endpoint.id, SecretRecord.key(v)) for v in versions) if found
    ]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Micro-task/{VERSION}",
        **signing.headers(secrets, stored.id, int(clock.wall_time().timestamp()), body),
    }
    begun = time.monotonic()
    made: Attempt = {"at": clock.stamp(now), "latency_ms": 0}
    wanted = None
    try:
        response = post(endpoint.url, body, headers, seconds=SECONDS, local=settings().local_webhooks)
        made["status"] = response.status
        made["response"] = response.head.decode("utf-8", "replace")[:RESPONSE_CHARS]
        wanted = retry_schedule.retry_after(response.headers.get("retry-after"), clock.wall_time())
    except (RequestRefused, RequestFailed) as error:
        made["error"] = error.code
    made["latency_ms"] = round((time.monotonic() - begun) * 1_000)
    return made, wanted


def _finish(
    endpoint: EndpointRecord, delivery: DeliveryRecord, made: Attempt, wanted: int | None, now: datetime
) -> int | None:
    """Store the attempt and its effect on the endpoint. Return the seconds until the next attempt, or None."""
    status = made.get("status", 0)
    delivered = 200 <= status < 300
    delivery.attempts_made = int(delivery.attempts_made) + 1
    delivery.attempts = [*delivery.attempts, made][-ATTEMPTS_LISTED:]
    delay = None
    if not delivered:
        first = clock.parse(delivery.first_at)
        delay = retry_schedule.next_delay(delivery.attempts_made, first, now, wanted, RANDOM)
    if status == 410:
        delay = None
    delivery.status = "delivered" if delivered else "failed" if delay is None else "pending"
    delivery.next_attempt_at = None if delay is None else clock.stamp(now + timedelta(seconds=delay))
    delivery.save()
    outcome = {"endpoint": endpoint.id, "event_id": delivery.event_id, "attempt": int(delivery.attempts_made)}
    logger.info("delivery", extra={**outcome, "status": status, "error": made.get("error", "")})
    count("WebhookAttempts", outcome=delivery.status)
    if delivery.attempts_made == 1 and not delivery.is_replay:
        age = now - clock.parse(delivery.event_sk.partition("#")[0])
        count("WebhookDeliveryAge", max(0.0, age.total_seconds()), unit="Seconds")
    if delivered:
        _recovered(endpoint)
    elif status == 410:
        _disable(endpoint, "gone", now)
    else:
        _failed(endpoint, now, timedelta(seconds=wanted or 0))
    return delay


def _new_delivery(queued: QueuedDelivery, stored: EventRecord, now: datetime) -> DeliveryRecord:
    return DeliveryRecord(
        queued.endpoint_id,
        queued.delivery_id,
        owner=queued.owner,
        event_pk=queued.event_pk,
        event_sk=queued.event_sk,
        type=stored.type,
        status="pending",
        first_at=clock.stamp(now),
        is_replay=queued.is_replay or None,
        expires=int((now + rules().deliveries_listed).timestamp()),
    )


def _seconds_until(moment: str | None, now: datetime) -> int:
    """Return the whole seconds until a stored moment, at least 1 before it; 0 after it or without one."""
    if moment is None or clock.parse(moment) <= now:
        return 0
    return max(1, round((clock.parse(moment) - now).total_seconds()))


def _spread(seconds: int) -> int:
    """Return a time at or after `seconds`, up to half as much later: deliveries that were put off do not come back together."""
    return min(round(seconds * (1 + RANDOM.random() / 2)) + 1, retry_schedule.DELAY_MAX)


def _may_probe(endpoint: EndpointRecord, now: datetime) -> bool:
    """Return True if the endpoint works, or if this delivery is the one that finds out whether it works again."""
    if endpoint.failing_since is None:
        return True
    unchanged = EndpointRecord.paused_until == endpoint.paused_until
    probed_until = clock.stamp(now + PROBE)
    is_probe = _changed(endpoint, [EndpointRecord.paused_until.set(probed_until)], unchanged)
    if is_probe:
        endpoint.paused_until = probed_until
    return is_probe


def _recovered(endpoint: EndpointRecord) -> None:
    if endpoint.failing_since is not None:
        changes = [
            EndpointRecord.failing_since.remove(),
            EndpointRecord.paused_until.remove(),
            EndpointRecord.failures.set(0),
        ]
        _changed(endpoint, changes, EndpointRecord.failing_since.exists())


def _failed(endpoint: EndpointRecord, now: datetime, wanted: timedelta) -> None:
    """Pause the endpoint, at least as long as it asked for (`wanted`); disable it if it has failed for `GIVE_UP`.

    A longer pause, which another delivery has just written, remains. The pause that this delivery set as the probe is replaced."""
    since = endpoint.failing_since or clock.stamp(now)
    if now - clock.parse(since) >= retry_schedule.GIVE_UP:
        _disable(endpoint, "failing", now)
        return
    failures = int(endpoint.failures) + 1
    pause = max(retry_schedule.pause(failures), wanted)
    until = clock.stamp(now + pause)
    failing = [EndpointRecord.failing_since.set(since), EndpointRecord.failures.set(failures)]
    exists, is_later = EndpointRecord.sk.exists(), EndpointRecord.paused_until < until
    is_as_read = (
        EndpointRecord.paused_until == endpoint.paused_until
        if endpoint.paused_until
        else EndpointRecord.paused_until.does_not_exist()
    )
    pausing = [*failing, EndpointRecord.paused_until.set(until)]
    if not _changed(endpoint, pausing, exists & (is_later | is_as_read)):
        _changed(endpoint, failing, exists)


def _disable(endpoint: EndpointRecord, reason: DisabledReason, now: datetime) -> None:
    """Disable the endpoint once, and notify its owner by an event."""
    changes = [
        EndpointRecord.enabled.set(False),
        EndpointRecord.disabled_reason.set(reason),
        EndpointRecord.revision.add(1),
    ]
    if not _changed(endpoint, changes, EndpointRecord.enabled == True):  # noqa: E712 - a condition of DynamoDB
        return
    count("WebhookDisabled")
    revision = int(endpoint.revision) + 1
    event_id = ids.derive("evt", endpoint.id, "webhook.disabled", str(revision))
    data = {"webhook_id": endpoint.id, "reason": reason, "url": f"/v1/webhooks/{endpoint.id}"}
    event = Event(event_id, "webhook.disabled", now, revision, endpoint.id, data, {side_of(endpoint.pk): endpoint.pk})
    publisher.save_and_send([event])


def _changed(endpoint: EndpointRecord, changes: Sequence[UpdateAction], condition: Any) -> bool:
    try:
        EndpointRecord(endpoint.pk, endpoint.sk).update(actions=list(changes), condition=condition)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
