"""Addresses for notifications by e-mail: a user who turns e-mail on is found by the recipients of events that the user is.

An address is stored while the user wants e-mail, and deleted when the user turns it off. It is never logged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import UpdateError

from chalicelib.core import clock, ids
from chalicelib.events.event_types import OPERATOR, STAFF
from chalicelib.store import EventsRecord, JSONAttribute, delete, put, transact

Language = Literal["en", "zh"]
AddressStatus = Literal["on", "bounced", "complained"]
EMAIL = "email#"


class EmailAddress(EventsRecord):
    """The address of a user as a recipient: pk is the recipient (`adv_…`, `cre_…`, `auditors`, …), sk `email#` and the user.

    `types` are the event types that are sent. An address whose `status` is not `on` has bounced, or its user has complained:
    nothing is sent to it."""

    address = UnicodeAttribute()
    language = UnicodeAttribute()
    types = JSONAttribute[list[str]]()
    status = UnicodeAttribute()
    saved_at = UnicodeAttribute()

    @property
    def user(self) -> str:
        return str(self.sk).removeprefix(EMAIL)

    def wants(self, event_type: str) -> bool:
        return self.status == "on" and event_type in self.types


def of_user(user: str, partitions: Sequence[str]) -> EmailAddress | None:
    """Return the address of the user as the first of these recipients; all of them have the same."""
    for partition in partitions:
        found = EmailAddress.find(partition, EMAIL + user)
        if found is not None:
            return found
    return None


def of_recipient(partition: str) -> list[EmailAddress]:
    """Return the addresses of a recipient: at most one of an advertiser or creator, and one of each member of staff."""
    return list(EmailAddress.query(partition, EmailAddress.sk.startswith(EMAIL)))


def save(
    user: str, partitions: Iterable[str], address: str, language: Language, types: Sequence[str], now: datetime
) -> None:
    """Store the address for these recipients. An address that has bounced stays disabled while it is the same."""
    partitions = list(partitions)
    known = of_user(user, partitions)
    status = known.status if known is not None and known.address == address else "on"
    items = [
        EmailAddress(
            partition,
            EMAIL + user,
            address=address,
            language=language,
            types=sorted(set(types)),
            status=status,
            saved_at=clock.stamp(now),
        )
        for partition in partitions
    ]
    transact([put(f"address {item.pk}", item, None) for item in items])


def erase(user: str) -> None:
    """Delete the address of the user, as every recipient that the user can be. A repeat changes nothing."""
    partitions = (ids.derive("adv", user), ids.derive("cre", user), *STAFF, OPERATOR)
    transact([delete(f"address {partition}", EmailAddress(partition, EMAIL + user), None) for partition in partitions])


def disable(partition: str, user: str, address: str, status: AddressStatus) -> bool:
    """Disable the address after a bounce or a complaint. Return False if the user has another address by now, or none."""
    try:
        EmailAddress(partition, EMAIL + user).update(
            actions=[EmailAddress.status.set(status)],
            condition=(EmailAddress.address == address) & (EmailAddress.status == "on"),
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
