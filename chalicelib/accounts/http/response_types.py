"""Response types of advertisers, accounts and appeals."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from chalicelib.core.response_types import Count, Moment, Money, Share, TypedDict
from chalicelib.grading.model.account_figures import Metrics
from chalicelib.grading.model.methodology import GradeName
from chalicelib.grading.response_types import PriceBand, PriceByKind

CertificationStatus = Literal["pending", "approved", "rejected", "revoked"]
AccountStatus = Literal["pending", "admitted", "rejected", "unclaimed", "revoked"]
AppealStatus = Literal["open", "granted", "rejected"]


class ContactDetails(TypedDict):
    """The contact person of an enterprise."""

    name: str
    phone: str
    email: str


class Certification(TypedDict):
    """The certification of an enterprise (rule 1)."""

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
    """Advised prices; null for a kind that the market cannot price."""

    post: PriceBand | None
    repost: PriceBand | None


class OwnPrices(TypedDict, total=False):
    """The creator's own prices; a kind without one is missing."""

    post: Money
    repost: Money


class PriceSources(TypedDict):
    """The source of the price of an order."""

    post: Literal["own", "advised"] | None
    repost: Literal["own", "advised"] | None


class Admission(TypedDict):
    """The review of an account (rule 2). `category_declared` is what its owner declared, `category_proposed` what its posts are
    mostly about; null if not known."""

    reason_code: str | None
    note: str | None
    due_at: Moment | None
    decided_at: Moment | None
    category_declared: str | None
    category_proposed: str | None


class OwnershipEvidence(TypedDict):
    """The place where the code was found."""

    at: Moment
    where: str
    text_sha256: NotRequired[str]


class Ownership(TypedDict):
    """The state of the proof of ownership. `required`: the account takes no orders until it is proved (rule 25)."""

    status: Literal["unverified", "code_given", "verified"]
    verified_at: Moment | None
    evidence: OwnershipEvidence | None
    required: bool


class PublishingPermission(TypedDict):
    """The permission of the market to publish as the account."""

    allowed: bool
    since: Moment | None
    until: Moment | None


class Account(TypedDict):
    """An account. Its category counts for grade and price once a review has confirmed it. `effective_prices` are the present
    prices of an order; `value` is the points of the score per yuan. `admission`, `ownership` and `publishing` are for its owner
    and staff."""

    id: str
    revision: Count
    network: str
    handle: str
    category: str | None
    category_confirmed: bool
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
    """The number of accounts in a category."""

    category: str | None
    accounts: Count


class GradeCount(TypedDict):
    """The number of accounts with a grade."""

    grade: GradeName | None
    accounts: Count


class NetworkCount(TypedDict):
    """The number of accounts on a network."""

    network: str
    accounts: Count


class Facets(TypedDict):
    """The number of results of a search by category, grade and network. `complete`: all accounts in question were examined."""

    total: Count
    categories: list[CategoryCount]
    grades: list[GradeCount]
    networks: list[NetworkCount]
    examined: Count
    complete: bool


class Category(TypedDict):
    """A value of the published list of categories, and its English name."""

    category: str
    name: str


class PriceChange(TypedDict):
    """A change of own prices (`own`) or of advised prices (`advised`)."""

    at: Moment
    cause: str
    what: Literal["own", "advised"]
    prices: NotRequired[PriceByKind]
    advised_price: NotRequired[AdvisedPrices]
    methodology_version: NotRequired[str]


class OwnershipCode(TypedDict):
    """The code that the profile or a new post must show."""

    code: str
    expires_at: Moment
    status: Literal["code_given"]


class AppealRuling(TypedDict):
    """The ruling of an appeal: the figures it used, and the grades before and after. `by` is the auditor's user id for staff, and
    `auditor` for the owner."""

    outcome: Literal["granted", "rejected"]
    note: str
    evidence: dict[str, Any]
    by: str
    revision: NotRequired[Count]
    at: Moment
    before: GradeName | None
    after: GradeName | None


class GradeAppeal(TypedDict):
    """An appeal of a grade with the figures that the creator claims."""

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
