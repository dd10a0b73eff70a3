"""Request types of webhooks."""

from __future__ import annotations

from typing import Annotated, Literal, Self, cast

from pydantic import Field, model_validator

from chalicelib.api import Body, Flag, Paging
from chalicelib.api.validation.time_fields import Moment, refusal
from chalicelib.webhooks.endpoints import EndpointChanges
from chalicelib.webhooks.records import DeliveryStatus

Url = Annotated[str, Field(min_length=1, max_length=2_000)]
EventTypes = Annotated[list[Annotated[str, Field(max_length=60)]], Field(min_length=1, max_length=100)]
Description = Annotated[str, Field(max_length=200)]
Owner = Literal["advertiser", "creator", "operator"]


class WebhookBody(Body):
    """A webhook. `event_types` are names of the catalogue, or `*`. `side`: whose events, for a caller with several roles."""

    url: Url
    event_types: EventTypes
    description: Description | None = None
    side: Owner | None = None


class WebhookPatch(Body):
    """Changes of a webhook; omitted members stay."""

    url: Url | None = None
    event_types: EventTypes | None = None
    description: Description | None = None
    enabled: Flag | None = None

    def changes(self) -> EndpointChanges:
        """Return the members that were sent and are not null."""
        sent = self.model_dump(exclude_unset=True)
        return cast("EndpointChanges", {name: value for name, value in sent.items() if value is not None})


class ReplayBody(Body):
    """A range of time: events from `since` until before `until`."""

    since: Moment
    until: Moment

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since >= self.until:
            raise refusal("period", "This is not after since.", "until")
        return self


class DeliveriesQuery(Paging):
    """The query of GET /v1/webhooks/{webhook_id}/deliveries. `status` filters."""

    status: DeliveryStatus | None = None
