"""The preferences of a user for notifications: the event types of the inbox, and those that are sent by e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.core.regions.region import region
from chalicelib.core.settings import settings
from chalicelib.events.event_types import side_of
from chalicelib.notifications import email_addresses, inbox
from chalicelib.notifications.email_addresses import Language


@dataclass(frozen=True)
class User:
    """The user of the preferences: the recipients of events that the user is, and the address if it is verified."""

    sub: str
    recipients: list[str]
    verified_email: str | None


def save(user: User, off: list[str], email_types: list[str] | None, language: Language | None) -> inbox.InboxRecord:
    """Turn the event types `off` off in the inbox and all others on. Send `email_types` by e-mail; none turns e-mail off, None
    leaves it as it is. Return the inbox.

    Raise InvalidBody for e-mail if the deployment sends none or the user has no verified address, and for a type that the user
    does not get."""
    address = _address(user, email_types) if email_types else None
    state = inbox.turn_off(user.sub, off)
    if email_types and address is not None:
        chosen = language or default_language()
        email_addresses.save(user.sub, user.recipients, address, chosen, email_types, clock.now())
    elif email_types is not None:
        email_addresses.erase(user.sub)
    return state


def default_language() -> Language:
    """Return the language of e-mails to users who have chosen none."""
    return cast(Language, region().languages[0])


def _address(user: User, email_types: list[str]) -> str:
    """Return the verified address. Raise InvalidBody as `save` does."""
    if not settings().email_sender:
        raise InvalidBody(Fault("/email_types", "email_unavailable", "This deployment sends no e-mail."))
    if user.verified_email is None:
        raise InvalidBody(Fault("/email_types", "email_unverified", "The user has no verified e-mail address."))
    allowed = inbox.types_for([side_of(recipient) for recipient in user.recipients])
    faults = [
        Fault(f"/email_types/{place}", "event_type", f"There are no notifications of the type {name} for this user.")
        for place, name in enumerate(email_types)
        if name not in allowed
    ]
    if faults:
        raise InvalidBody(*faults)
    return user.verified_email
