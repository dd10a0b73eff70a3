"""HTTP routes of webhooks."""

from __future__ import annotations

from typing import Any, cast

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, ApiResponse, Caller, Listed, Paging, route
from chalicelib.core import clock, ids
from chalicelib.core.errors import Problem
from chalicelib.events.event_types import OPERATOR, side_of
from chalicelib.webhooks import delivery_log, endpoints, replays
from chalicelib.webhooks.http import response_types
from chalicelib.webhooks.http.requests import DeliveriesQuery, Owner, ReplayBody, WebhookBody, WebhookPatch
from chalicelib.webhooks.records import DeliveryRecord, DeliveryStatus, DisabledReason, EndpointRecord

blueprint = Blueprint(__name__)
OWNERS = ("advertiser", "creator", "admin")


@route(
    blueprint,
    "POST",
    "/v1/webhooks",
    roles=OWNERS,
    request=WebhookBody,
    response=response_types.WebhookWithSecret,
    errors=("state_conflict",),
    status=201,
    client="webhooks.create",
)
def create_webhook(request: ApiRequest[WebhookBody]) -> ApiResponse[response_types.WebhookWithSecret]:
    """Create a webhook for the caller's events, and show its secret once."""
    body = request.body
    owner = _owner(request.caller, body.side)
    endpoint, secret = endpoints.create(
        owner, body.url, body.event_types, body.description, request.url(""), request.attempt
    )
    return ApiResponse({**webhook_response(endpoint), "secret": secret}, replayed=secret is None)


@route(
    blueprint,
    "GET",
    "/v1/webhooks",
    roles=OWNERS,
    query=Paging,
    response=Listed[response_types.Webhook],
    client="webhooks.list",
)
def list_webhooks(request: ApiRequest[None, Paging]) -> Listed[response_types.Webhook]:
    """Return the caller's webhooks, newest first."""
    return request.slice_response(endpoints.of_owners(_owners(request.caller)), webhook_response)


@route(
    blueprint,
    "GET",
    "/v1/webhooks/{webhook_id}",
    roles=OWNERS,
    response=response_types.Webhook,
    client="webhooks.read",
)
def read_webhook(request: ApiRequest, webhook_id: str) -> response_types.Webhook:
    """Return a webhook."""
    return webhook_response(_found(request, webhook_id))


@route(
    blueprint,
    "PATCH",
    "/v1/webhooks/{webhook_id}",
    roles=OWNERS,
    request=WebhookPatch,
    response=response_types.Webhook,
    client="webhooks.change",
)
def change_webhook(request: ApiRequest[WebhookPatch], webhook_id: str) -> response_types.Webhook:
    """Change the URL, the event types or the description of a webhook, or disable or enable it."""
    return webhook_response(endpoints.change(webhook_id, _owners(request.caller), request.body.changes()))


@route(
    blueprint,
    "DELETE",
    "/v1/webhooks/{webhook_id}",
    roles=OWNERS,
    response=response_types.Webhook,
    client="webhooks.delete",
)
def delete_webhook(request: ApiRequest, webhook_id: str) -> response_types.Webhook:
    """Delete a webhook, and return it as it was; its queued deliveries are dropped."""
    return webhook_response(endpoints.remove(webhook_id, _owners(request.caller)))


@route(
    blueprint,
    "POST",
    "/v1/webhooks/{webhook_id}/rotate",
    roles=OWNERS,
    response=response_types.WebhookWithSecret,
    client="webhooks.rotate",
)
def rotate_webhook(request: ApiRequest, webhook_id: str) -> response_types.WebhookWithSecret:
    """Replace the secret of a webhook; for 24 hours both sign each delivery."""
    endpoint, secret = endpoints.rotate(webhook_id, _owners(request.caller))
    return {**webhook_response(endpoint), "secret": secret}


@route(
    blueprint,
    "POST",
    "/v1/webhooks/{webhook_id}/test",
    roles=OWNERS,
    response=response_types.QueuedDelivery,
    status=202,
    client="webhooks.test",
)
def test_webhook(request: ApiRequest, webhook_id: str) -> response_types.QueuedDelivery:
    """Send an event `webhook.test` to this webhook alone."""
    endpoint = _found(request, webhook_id)
    return {"delivery_id": endpoints.send_test(endpoint, _side(endpoint), request.attempt)}


@route(
    blueprint,
    "GET",
    "/v1/webhooks/{webhook_id}/deliveries",
    roles=OWNERS,
    query=DeliveriesQuery,
    response=Listed[response_types.Delivery],
    client="webhooks.deliveries",
)
def list_deliveries(request: ApiRequest[None, DeliveriesQuery], webhook_id: str) -> Listed[response_types.Delivery]:
    """Return the deliveries of the last 30 days with their attempts, newest first."""
    endpoint = _found(request, webhook_id)
    page = delivery_log.of_endpoint(endpoint.id, request.query.status, request.query.limit, request.after)
    return request.page_response(page, delivery_response)


@route(
    blueprint,
    "POST",
    "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    roles=OWNERS,
    response=response_types.QueuedDelivery,
    status=202,
    client="webhooks.replay_delivery",
)
def replay_delivery(request: ApiRequest, webhook_id: str, delivery_id: str) -> response_types.QueuedDelivery:
    """Send the event of a delivery again, with the same `webhook-id`."""
    return {"delivery_id": replays.replay_one(_found(request, webhook_id), delivery_id, _tag(request))}


@route(
    blueprint,
    "POST",
    "/v1/webhooks/{webhook_id}/replay",
    roles=OWNERS,
    request=ReplayBody,
    response=response_types.Replayed,
    status=202,
    client="webhooks.replay",
)
def replay_range(request: ApiRequest[ReplayBody], webhook_id: str) -> response_types.Replayed:
    """Send the events of a range of time again, at most 500 in one request."""
    found = _found(request, webhook_id)
    replayed, next_since = replays.replay_range(found, request.body.since, request.body.until, _tag(request))
    return {"replayed": replayed, "next_since": next_since}


def webhook_response(endpoint: EndpointRecord) -> response_types.Webhook:
    """Return the endpoint without its secret."""
    return {
        "id": endpoint.id,
        "side": _side(endpoint),
        "url": endpoint.url,
        "event_types": endpoint.event_types,
        "description": endpoint.description,
        "enabled": bool(endpoint.enabled),
        "disabled_reason": cast(DisabledReason | None, endpoint.disabled_reason),
        "failing_since": clock.parse(endpoint.failing_since) if endpoint.failing_since else None,
        "secret_created_at": clock.parse(endpoint.secret_versions[0]["at"]),
        "created_at": clock.parse(endpoint.created_at),
    }


def delivery_response(delivery: DeliveryRecord) -> response_types.Delivery:
    """Return the delivery with its latest attempts."""
    return {
        "id": delivery.sk,
        "event_id": delivery.event_id,
        "type": delivery.type,
        "status": cast(DeliveryStatus, delivery.status),
        "replay": bool(delivery.is_replay),
        "attempts_made": int(delivery.attempts_made),
        "attempts": [
            {
                "at": clock.parse(one["at"]),
                "status": int(one["status"]) if "status" in one else None,
                "error": one.get("error"),
                "latency_ms": int(one["latency_ms"]),
                "response": one.get("response"),
            }
            for one in delivery.attempts
        ],
        "next_attempt_at": clock.parse(delivery.next_attempt_at) if delivery.next_attempt_at else None,
    }


def _owners(caller: Caller) -> list[str]:
    """Return the owners that the caller is."""
    owners = {"advertiser": caller.advertiser_id, "creator": caller.creator_id, "admin": OPERATOR}
    return [owner for role, owner in owners.items() if role in caller.roles]


def _owner(caller: Caller, side: Owner | None) -> str:
    """Return the owner of a new webhook. Without `side` it is the caller's first one: advertiser, creator, operator.

    Raise Problem `forbidden` for a side that the caller is not."""
    owners = _owners(caller)
    if side is None:
        return owners[0]
    wanted = {"advertiser": caller.advertiser_id, "creator": caller.creator_id, "operator": OPERATOR}[side]
    if wanted not in owners:
        raise Problem("forbidden", f"This needs the role of the {side}.")
    return wanted


def _side(endpoint: EndpointRecord) -> Owner:
    return cast(Owner, side_of(endpoint.pk))


def _found(request: ApiRequest[Any, Any], webhook_id: str) -> EndpointRecord:
    return endpoints.find(webhook_id, _owners(request.caller))


def _tag(request: ApiRequest[Any, Any]) -> str:
    """Return a text that identifies the replay; the same one for a repeat of the request."""
    return request.attempt.id("rpl") if request.attempt else ids.new("rpl")
