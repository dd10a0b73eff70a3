"""Items of endpoints, their deliveries and their secrets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NotRequired

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core import clock
from chalicelib.core.response_types import TypedDict
from chalicelib.store import EventsRecord, JSONAttribute, WebhookSecretsRecord

ENDPOINT = "endpoint#"
COUNT = "endpoints"
ALL = "*"
DeliveryStatus = Literal["pending", "delivered", "failed"]
DisabledReason = Literal["gone", "failing"]


class SecretVersion(TypedDict):
    """A version of an endpoint's secret, and the time of its creation."""

    version: int
    at: str


class Attempt(TypedDict):
    """One attempt of a delivery: the status of the response or the code of the failure, the milliseconds, and the first bytes of
    the response."""

    at: str
    status: NotRequired[int]
    error: NotRequired[str]
    latency_ms: int
    response: NotRequired[str]


class EndpointRecord(EventsRecord):
    """An endpoint: pk is its owner (`adv_…`, `cre_…` or `operator`), sk `endpoint#` and its id.

    `event_types` are names of the catalogue, or `*`. `secret_versions`, newest first, name the items of SecretRecord. `api_url` is
    the base of links where the deployment names none. While the endpoint fails, `failing_since` is set, `failures` counts the
    failed attempts in a row, and nothing is sent until `paused_until`."""

    url = UnicodeAttribute()
    event_types = JSONAttribute[list[str]]()
    description = UnicodeAttribute(null=True)
    enabled = BooleanAttribute()
    disabled_reason = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    secret_versions = JSONAttribute[list[SecretVersion]]()
    api_url = UnicodeAttribute()
    failing_since = UnicodeAttribute(null=True)
    failures = NumberAttribute(default=0)
    paused_until = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=1)
    fingerprint = UnicodeAttribute(null=True)

    @property
    def id(self) -> str:
        return str(self.sk).removeprefix(ENDPOINT)

    def wants(self, event_type: str) -> bool:
        """Return True if the endpoint is enabled and has subscribed to this type."""
        return bool(self.enabled) and (ALL in self.event_types or event_type in self.event_types)

    def versions_in_use(self, now: datetime, overlap: timedelta) -> list[int]:
        """Return the versions of the secret that sign now: the newest, and the one before it during `overlap` after a rotation."""
        newest, *older = self.secret_versions
        is_recent = now < clock.parse(newest["at"]) + overlap
        return [newest["version"], *(one["version"] for one in older[:1] if is_recent)]


class EndpointCount(EventsRecord):
    """The number of an owner's endpoints: pk is the owner, sk `endpoints`."""

    endpoints = NumberAttribute()


class DeliveryRecord(EventsRecord):
    """A delivery of an event: pk is the endpoint, sk the id of the delivery, which sorts by time. It is written by the first
    attempt. `attempts` are the latest ones, `attempts_made` counts all."""

    owner = UnicodeAttribute()
    event_pk = UnicodeAttribute()
    event_sk = UnicodeAttribute()
    type = UnicodeAttribute()
    status = UnicodeAttribute()
    attempts = ListAttribute[Attempt](default=list)
    attempts_made = NumberAttribute(default=0)
    first_at = UnicodeAttribute()
    next_attempt_at = UnicodeAttribute(null=True)
    is_replay = BooleanAttribute(null=True)
    expires = NumberAttribute()

    @property
    def event_id(self) -> str:
        return str(self.event_sk).rpartition("#")[2]


class SecretRecord(WebhookSecretsRecord):
    """A version of an endpoint's secret: pk is the endpoint, sk `v` and the version. The API writes and deletes it and cannot read
    it; only the function that signs can read it."""

    secret = UnicodeAttribute()

    @staticmethod
    def key(version: int) -> str:
        return f"v{version}"
