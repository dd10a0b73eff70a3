"""Response types of notifications."""

from __future__ import annotations

from chalicelib.core.response_types import Count, TypedDict
from chalicelib.events.http.responses import Event


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


class Preferences(TypedDict):
    """The preferences of the inbox. `types` are all event types that can be in the inbox of this user, `off` those that it does not
    show."""

    off: list[str]
    types: list[str]
