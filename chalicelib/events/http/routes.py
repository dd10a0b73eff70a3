"""HTTP route of events."""

from __future__ import annotations

from typing import Annotated

from chalice.app import Blueprint
from pydantic import Field
from pynamodb.expressions.condition import Condition

from chalicelib.api import ApiRequest, Listed, Paging, route
from chalicelib.core.errors import Fault, Problem
from chalicelib.events import recipient_events
from chalicelib.events.event_types import EVENT_TYPES
from chalicelib.events.http import response_types
from chalicelib.events.http.caller_recipients import partitions_of
from chalicelib.events.http.event_responses import event_response
from chalicelib.events.records import EventRecord

blueprint = Blueprint(__name__)


class EventsQuery(Paging):
    """The query of GET /v1/events. `type`: a type of the catalogue; `object_id`: an object, or the one that it belongs to."""

    type: Annotated[str, Field(max_length=60)] | None = None
    object_id: Annotated[str, Field(max_length=40)] | None = None


@route(
    blueprint,
    "GET",
    "/v1/events",
    roles=(),
    query=EventsQuery,
    response=Listed[response_types.Event],
    client="events.list",
)
def list_events(request: ApiRequest[None, EventsQuery]) -> Listed[response_types.Event]:
    """Return the caller's own events of the last 90 days, newest first, each as sent by webhooks."""
    query = request.query
    where: Condition | None = None
    if query.type is not None:
        if query.type not in EVENT_TYPES:
            message = f"There is no event type {query.type}."
            raise Problem("parameter_invalid", message, faults=[Fault("/query/type", "event_type", message)])
        where = EventRecord.type == query.type
    if query.object_id is not None:
        about = recipient_events.about(query.object_id)
        where = about if where is None else where & about
    page = recipient_events.events_of(partitions_of(request.caller), query.limit, request.after, where=where)
    return request.page_response(page, lambda event: event_response(event, request.url))
