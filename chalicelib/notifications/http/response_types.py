"""Response types of notifications."""

from __future__ import annotations

from typing import Literal

from chalicelib.core.response_types import Count, TypedDict
from chalicelib.events.http.response_types import Event
from chalicelib.notifications.email_addresses import Language


class InboxItem(Event):
    """An event in the inbox, and whether the user has read it."""

    read: bool


class UnreadCount(TypedDict):
    """The number of unread notifications, at most 100; `more`: there are more."""

    unread: Count
    more: bool


class Inbox(UnreadCount):
    """A page of the inbox, newest first, and the count of unread notifications in all."""

    data: list[InboxItem]
    next_cursor: str | None


class EmailPreferences(TypedDict):
    """E-mail of the caller. `status`: `unavailable` if the deployment sends none, `off`, `on`, or the reason why the address is
    disabled. Staff receive the events of their queues once a day, in one e-mail."""

    status: Literal["unavailable", "off", "on", "bounced", "complained"]
    address: str | None
    types: list[str]
    language: Language


class Preferences(TypedDict):
    """The preferences of the caller. `types` are all event types that can be in the inbox of this user or be sent by e-mail, `off`
    those that the inbox does not show."""

    off: list[str]
    types: list[str]
    email: EmailPreferences
