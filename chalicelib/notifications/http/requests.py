"""Request types of notifications."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from chalicelib.api import Body
from chalicelib.api.validation.time_fields import Moment, refusal

Id = Annotated[str, Field(max_length=40)]


class NotificationsReadBody(Body):
    """What was read: the events of these ids, or everything up to a time, or both."""

    ids: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)
    until: Moment | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.ids and self.until is None:
            raise refusal("one_of", "Send ids or until.", "ids")
        return self


class PreferencesBody(Body):
    """The preferences of the inbox: `off` are the event types that it does not show."""

    off: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=100)]
