"""Request types of notifications."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from chalicelib.api import Body, Query
from chalicelib.api.validation.time_fields import Moment, refusal
from chalicelib.notifications.email_addresses import Language

Id = Annotated[str, Field(max_length=40)]


class NotificationsReadBody(Body):
    """The notifications that were read: the events of these ids, all up to a time, or both."""

    ids: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)
    until: Moment | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.ids and self.until is None:
            raise refusal("one_of", "Send ids or until.", "ids")
        return self


TypeNames = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=100)]


class PreferencesBody(Body):
    """The preferences of the caller: `off` are the event types that the inbox does not show, `email_types` those that are sent by
    e-mail in `language`, by default the first one of the region. Without `email_types`, e-mail stays as it is; an empty list turns
    it off and deletes the address."""

    off: TypeNames
    email_types: TypeNames | None = None
    language: Language | None = None


class UnsubscribeQuery(Query):
    """The query of a link that turns e-mail off."""

    key: str = Field(min_length=1, max_length=200)
