"""HTTP routes of notifications."""

from __future__ import annotations

from typing import cast

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, Paging, route
from chalicelib.events.catalogue import Side
from chalicelib.events.http.event_responses import event_response
from chalicelib.events.http.routes import partitions_of
from chalicelib.events.records import EventRecord
from chalicelib.notifications import inbox
from chalicelib.notifications.http import responses
from chalicelib.notifications.http.requests import NotificationsReadBody, PreferencesBody

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "GET",
    "/v1/notifications",
    roles=(),
    query=Paging,
    response=responses.Inbox,
    client="notifications.read",
)
def list_notifications(request: ApiRequest[None, Paging]) -> responses.Inbox:
    """Return the caller's inbox, newest first, with the number of unread notifications."""
    partitions = partitions_of(request.caller)
    state = inbox.state_of(request.caller.sub)

    def present(event: EventRecord) -> responses.InboxItem:
        shown = {**event_response(event, request.url), "read": state.has_read(event)}
        return cast(responses.InboxItem, shown)

    page = request.page_response(inbox.notifications(state, partitions, request.query.limit, request.after), present)
    unread = inbox.unread(state, partitions)
    return {**page, "unread": unread.number, "more": unread.more}


@route(
    blueprint,
    "POST",
    "/v1/notifications/read",
    roles=(),
    request=NotificationsReadBody,
    response=responses.UnreadCount,
    client="notifications.mark_read",
)
def read_notifications(request: ApiRequest[NotificationsReadBody]) -> responses.UnreadCount:
    """Mark notifications as read, and return the number of those that are still unread."""
    partitions = partitions_of(request.caller)
    state = inbox.mark_read(request.caller.sub, partitions, request.body.ids, request.body.until)
    unread = inbox.unread(state, partitions)
    return {"unread": unread.number, "more": unread.more}


@route(
    blueprint,
    "GET",
    "/v1/notifications/preferences",
    roles=(),
    response=responses.Preferences,
    client="notifications.preferences",
)
def read_preferences(request: ApiRequest) -> responses.Preferences:
    """Return the event types of the caller's inbox, and those that are turned off."""
    return _preferences(request, inbox.state_of(request.caller.sub))


@route(
    blueprint,
    "PUT",
    "/v1/notifications/preferences",
    roles=(),
    request=PreferencesBody,
    response=responses.Preferences,
    client="notifications.set_preferences",
)
def set_preferences(request: ApiRequest[PreferencesBody]) -> responses.Preferences:
    """Turn event types off in the caller's inbox, and all others on."""
    return _preferences(request, inbox.turn_off(request.caller.sub, request.body.off))


def _preferences(request: ApiRequest[PreferencesBody] | ApiRequest, state: inbox.InboxRecord) -> responses.Preferences:
    sides = [_side(partition) for partition in partitions_of(request.caller)]
    return {"off": state.off, "types": inbox.types_for(sides)}


def _side(partition: str) -> Side:
    if partition.startswith("adv_"):
        return "advertiser"
    return "creator" if partition.startswith("cre_") else cast(Side, partition)
