"""What the route of the caller's overview answers."""

from __future__ import annotations

from typing import Literal, NotRequired

from chalicelib.accounts.http.account_responses import Advertiser
from chalicelib.core.response_types import Count, TypedDict
from chalicelib.grading.model.methodology import GradeName


class User(TypedDict):
    """The user behind the token; `advertiser_id` and `creator_id` are the ids under which this user acts."""

    id: str
    name: str
    email: str | None
    advertiser_id: str
    creator_id: str


class OwnAccount(TypedDict):
    """An account of the caller's, in brief; `GET /v1/accounts/{account_id}` has the whole card."""

    id: str
    network: str
    handle: str
    category: str | None
    status: str
    orderable: bool
    paused: bool
    grade: GradeName | None


class OrganisationOfCaller(TypedDict):
    """An organisation that the caller belongs to."""

    id: str
    name: str
    role: str


class AdvertiserCounts(TypedDict):
    """What waits for an advertiser: orders with an open counter-offer or draft, tasks that are drafts or were rejected,
    undecided applications to open calls. `more`: at least one of them is larger than it was counted."""

    orders: Count
    tasks: Count
    applications: Count
    more: bool


class CreatorCounts(TypedDict):
    """What waits for a creator: orders to be answered, drafted or published. `more`: there are more than were counted."""

    orders: Count
    more: bool


class AuditorCounts(TypedDict):
    """What waits for an auditor, by queue. `more`: at least one queue is longer than it was counted."""

    reviews: Count
    draft_reviews: Count
    certifications: Count
    admissions: Count
    appeals: Count
    disputes: Count
    more: bool


class FinanceCounts(TypedDict):
    """What waits for finance, by queue. `more`: at least one queue is longer than it was counted."""

    withdrawals: Count
    suspense: Count
    more: bool


class Counts(TypedDict):
    """What waits, for each role that the caller has."""

    advertiser: NotRequired[AdvertiserCounts]
    creator: NotRequired[CreatorCounts]
    auditor: NotRequired[AuditorCounts]
    finance: NotRequired[FinanceCounts]


class Me(TypedDict):
    """Who the caller is here. `advertiser` is null until the caller has registered an enterprise; of more than 100 accounts the
    100 that were bound last are shown."""

    user: User
    roles: list[Literal["advertiser", "creator", "auditor", "finance", "admin"]]
    advertiser: Advertiser | None
    accounts: list[OwnAccount]
    organisations: list[OrganisationOfCaller]
    counts: Counts
