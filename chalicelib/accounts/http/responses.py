"""What the routes of advertisers, accounts and appeals answer."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from chalicelib.core.response_types import Count, Moment, Money, Share, TypedDict
from chalicelib.grading.model.methodology import GradeName
from chalicelib.grading.responses import Metrics, PriceBand, PriceByKind

CertificationStatus = Literal["pending", "approved", "rejected", "revoked"]
AccountStatus = Literal["pending", "admitted", "rejected", "unclaimed", "revoked"]
AppealStatus = Literal["open", "granted", "rejected"]


class ContactDetails(TypedDict):
    """Whom the market calls."""

    name: str
    phone: str
    email: str


class Certification(TypedDict):
    """How far the check of an enterprise is (rule 1)."""

    status: CertificationStatus
    reason_code: str | None
    note: str | None
    due_at: Moment | None
    decided_at: Moment | None


class Advertiser(TypedDict):
    """An enterprise."""

    id: str
    revision: Count
    name: str
    licence_no: str
    contact: ContactDetails
    certification: Certification
    created_at: Moment
    updated_at: Moment


class AdvertiserInQueue(Advertiser):
    """An enterprise that waits for certification."""

    due_at: Moment


class AdvisedPrices(TypedDict):
    """What the market advises; null for a kind that it cannot price."""

    post: PriceBand | None
    repost: PriceBand | None


class OwnPrices(TypedDict, total=False):
    """What the creator asks; a kind without a price of its own is missing."""

    post: Money
    repost: Money


class PriceSources(TypedDict):
    """Where the price of an order comes from."""

    post: Literal["own", "advised"] | None
    repost: Literal["own", "advised"] | None


class Admission(TypedDict):
    """The review of an account (rule 2)."""

    reason_code: str | None
    note: str | None
    due_at: Moment | None
    decided_at: Moment | None


class OwnershipEvidence(TypedDict):
    """Where the code was found."""

    at: Moment
    where: str
    text_sha256: NotRequired[str]


class Ownership(TypedDict):
    """Whether the creator has proved the account by a code. `required`: it takes no orders until then (rule 25)."""

    status: Literal["unverified", "code_given", "verified"]
    verified_at: Moment | None
    evidence: OwnershipEvidence | None
    required: bool


class PublishingPermission(TypedDict):
    """Whether the market may publish as the account."""

    allowed: bool
    since: Moment | None
    until: Moment | None


class Account(TypedDict):
    """An account. `effective_prices` are what an order costs now; `value` are the score's points per yuan. `admission`, `ownership`
    and `publishing` are for its owner and staff."""

    id: str
    revision: Count
    network: str
    handle: str
    category: str | None
    status: AccountStatus
    orderable: bool
    paused: bool
    metrics: Metrics | None
    grade: GradeName | None
    score: float | None
    confidence: Share | None
    methodology_version: str | None
    graded_at: Moment | None
    value: float | None
    advised_price: AdvisedPrices | None
    prices: OwnPrices
    effective_prices: PriceByKind
    price_sources: PriceSources
    acceptance_rate: Share | None
    created_at: Moment
    updated_at: Moment
    admission: NotRequired[Admission]
    ownership: NotRequired[Ownership]
    publishing: NotRequired[PublishingPermission]


class AccountInQueue(Account):
    """An account that waits for admission."""

    due_at: Moment


class CategoryCount(TypedDict):
    """How many accounts a category has."""

    category: str | None
    accounts: Count


class GradeCount(TypedDict):
    """How many accounts a grade has."""

    grade: GradeName | None
    accounts: Count


class Facets(TypedDict):
    """Counts of what a search would find; `complete` is false if not all could be examined."""

    total: Count
    categories: list[CategoryCount]
    grades: list[GradeCount]
    examined: Count
    complete: bool


class Category(TypedDict):
    """A value of the published list of categories, and its English name."""

    category: str
    name: str


class PriceChange(TypedDict):
    """One change of what an account asked (`own`) or was advised (`advised`)."""

    at: Moment
    cause: str
    what: Literal["own", "advised"]
    prices: NotRequired[PriceByKind]
    advised_price: NotRequired[AdvisedPrices]
    methodology_version: NotRequired[str]


class OwnershipCode(TypedDict):
    """The code that the profile or a new post has to show."""

    code: str
    expires_at: Moment
    status: Literal["code_given"]


class AppealRuling(TypedDict):
    """How an appeal of a grade was ruled, from which figures, and the grades before and after. `by` is the auditor's user id for
    staff, and `auditor` for the owner."""

    outcome: Literal["granted", "rejected"]
    note: str
    evidence: dict[str, Any]
    by: str
    revision: NotRequired[Count]
    at: Moment
    before: GradeName | None
    after: GradeName | None


class GradeAppeal(TypedDict):
    """An appeal of a grade with the figures the creator says are right."""

    id: str
    revision: Count
    account_id: str
    status: AppealStatus
    label: str
    grade: GradeName | None
    reason: str
    evidence: dict[str, Any]
    due_at: Moment | None
    overdue: bool
    ruling: AppealRuling | None
    created_at: Moment
