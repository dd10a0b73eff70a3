"""HTTP routes of notifications."""

from __future__ import annotations

from typing import cast

from chalice.app import Blueprint

from chalicelib.api import HTML, ApiRequest, Paging, TextResponse, route
from chalicelib.core.settings import settings
from chalicelib.events.event_types import side_of
from chalicelib.events.http.caller_recipients import partitions_of
from chalicelib.events.http.event_responses import event_response
from chalicelib.events.records import EventRecord
from chalicelib.html import page_frame
from chalicelib.html.markup import element
from chalicelib.notifications import email_addresses, email_texts, inbox, preferences, unsubscribe
from chalicelib.notifications.email_addresses import AddressStatus, EmailAddress, Language
from chalicelib.notifications.http import response_types
from chalicelib.notifications.http.requests import NotificationsReadBody, PreferencesBody, UnsubscribeQuery

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "GET",
    "/v1/notifications",
    roles=(),
    query=Paging,
    response=response_types.Inbox,
    client="notifications.read",
)
def list_notifications(request: ApiRequest[None, Paging]) -> response_types.Inbox:
    """Return the caller's inbox, newest first, with the number of unread notifications."""
    partitions = partitions_of(request.caller)
    state = inbox.state_of(request.caller.sub)

    def present(event: EventRecord) -> response_types.InboxItem:
        shown = {**event_response(event, request.url), "read": state.has_read(event)}
        return cast(response_types.InboxItem, shown)

    page = request.page_response(inbox.notifications(state, partitions, request.query.limit, request.after), present)
    unread = inbox.unread(state, partitions)
    return {**page, "unread": unread.number, "more": unread.more}


@route(
    blueprint,
    "POST",
    "/v1/notifications/read",
    roles=(),
    request=NotificationsReadBody,
    response=response_types.UnreadCount,
    client="notifications.mark_read",
)
def read_notifications(request: ApiRequest[NotificationsReadBody]) -> response_types.UnreadCount:
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
    response=response_types.Preferences,
    client="notifications.preferences",
)
def read_preferences(request: ApiRequest) -> response_types.Preferences:
    """Return the event types of the caller's inbox, those that are turned off, and those that are sent by e-mail."""
    return _preferences(request, inbox.state_of(request.caller.sub))


@route(
    blueprint,
    "PUT",
    "/v1/notifications/preferences",
    roles=(),
    request=PreferencesBody,
    response=response_types.Preferences,
    client="notifications.set_preferences",
)
def set_preferences(request: ApiRequest[PreferencesBody]) -> response_types.Preferences:
    """Turn event types off in the caller's inbox and all others on, and choose the event types that are sent by e-mail.

    E-mail goes to the verified address of the caller's token, which is stored until e-mail is turned off."""
    body = request.body
    caller = request.caller
    user = preferences.User(caller.sub, partitions_of(caller), caller.verified_email)
    state = preferences.save(user, body.off, body.email_types, body.language)
    return _preferences(request, state)


@route(
    blueprint,
    "GET",
    unsubscribe.PATH,
    roles=None,
    page=True,
    query=UnsubscribeQuery,
    errors=("not_found",),
    client="notifications.unsubscribe_page",
)
def unsubscribe_page(request: ApiRequest[None, UnsubscribeQuery]) -> TextResponse:
    """Return a page with a button that turns e-mail off. The link alone changes nothing, because programs open links in e-mails."""
    unsubscribe.user_of(request.query.key)
    button = element("button", _both("unsubscribe"))
    policy = page_frame.POLICY.replace("form-action 'none'", "form-action 'self'")
    html = page_frame.page(_both("unsubscribe"), "en", element("form", button, method="post"))
    return TextResponse(html, HTML, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})


@route(
    blueprint,
    "POST",
    unsubscribe.PATH,
    roles=None,
    page=True,
    query=UnsubscribeQuery,
    errors=("not_found",),
    request_media_type="*/*",
    client="notifications.unsubscribe",
)
def unsubscribe_now(request: ApiRequest[None, UnsubscribeQuery]) -> TextResponse:
    """Turn e-mail off and delete the address, by the link in an e-mail: one click, as RFC 8058 describes."""
    email_addresses.erase(unsubscribe.user_of(request.query.key))
    html = page_frame.page(_both("unsubscribed"), "en", element("p", _both("unsubscribed")))
    return TextResponse(html, HTML, headers={"Cache-Control": "no-store"})


def _both(name: str) -> str:
    """Return a text in both languages: an e-mail can be forwarded to a reader of either."""
    return " · ".join(email_texts.word(name, language) for language in ("en", "zh"))


def _preferences(
    request: ApiRequest[PreferencesBody] | ApiRequest, state: inbox.InboxRecord
) -> response_types.Preferences:
    partitions = partitions_of(request.caller)
    return {
        "off": state.off,
        "types": inbox.types_for([side_of(partition) for partition in partitions]),
        "email": _email(email_addresses.of_user(request.caller.sub, partitions)),
    }


def _email(stored: EmailAddress | None) -> response_types.EmailPreferences:
    if not settings().email_sender:
        return {"status": "unavailable", "address": None, "types": [], "language": preferences.default_language()}
    if stored is None:
        return {"status": "off", "address": None, "types": [], "language": preferences.default_language()}
    return {
        "status": cast(AddressStatus, stored.status),
        "address": stored.address,
        "types": stored.types,
        "language": cast(Language, stored.language),
    }
