"""Request types of the routes of accounts, advertisers and appeals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, WithJsonSchema, model_validator

from chalicelib.accounts.advertisers import Particulars, Status
from chalicelib.accounts.review import admission_rules, certification_rules
from chalicelib.accounts.review.auditor_decisions import Revocation
from chalicelib.accounts.search.account_search import Sort, Wanted
from chalicelib.accounts.search.categories import category_of, searched
from chalicelib.api import Body, DecisionBody, Flag, MoneyIn, Paging, Query, QueryNumber
from chalicelib.api.problems import faults_of
from chalicelib.api.validation.time_fields import DayOrMoment, refusal
from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.core.money import Money
from chalicelib.core.order_kinds import KINDS, Kind
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.evidence import MARKET_FIGURES
from chalicelib.grading.model.methodology import GradeName

CLOCK_SKEW = timedelta(minutes=5)
COUNT_MAX = 10**11


def _listed_category(text: str) -> str:
    found = category_of(text)
    if found is None:
        raise refusal("category", "This is not a category of GET /v1/categories.")
    return found


def _text(most: int, pattern: str | None = None) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most, pattern=pattern)


# Control characters have no place in names; the rest of Unicode does.
Line = r"^[^\x00-\x1f\x7f]+$"
Name = Annotated[str, _text(100, Line)]
Handle = Annotated[str, _text(100, Line)]
Category = Annotated[str, _text(50, Line)]
"""A category in an import list; any text."""

ListedCategory = Annotated[
    str,
    _text(50, Line),
    AfterValidator(_listed_category),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 50, "examples": ["美食"]}),
]
"""A value of the published list, or its English name."""
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)]
Network = Annotated[str, _text(20, r"^[a-z][a-z0-9-]*$")]
LicenceNo = Annotated[str, _text(40, r"^[A-Za-z0-9-]{5,40}$")]
Phone = Annotated[str, _text(30, r"^\+?[0-9][0-9 ()/.-]{3,28}$")]
Email = Annotated[str, _text(254, r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$")]
Count = Annotated[int, Field(strict=True, ge=0, le=COUNT_MAX)]
Average = Annotated[float, Field(strict=True, ge=0, le=COUNT_MAX, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


class Contact(Body):
    """The person whom the market's staff can contact."""

    name: Name
    phone: Phone
    email: Email


class AdvertiserIn(Body):
    """The registration of an enterprise, or its correction."""

    name: Name
    licence_no: LicenceNo
    contact: Contact

    def particulars(self) -> Particulars:
        contact = self.contact
        return Particulars(self.name, self.licence_no, contact.name, contact.phone, contact.email)


class _DecisionIn(DecisionBody):
    decision: Literal["approved", "rejected"]
    note: Note | None = None

    @model_validator(mode="after")
    def _reason_fits(self) -> _DecisionIn:
        reason = getattr(self, "reason_code", None)
        if (self.decision == "rejected") != (reason is not None):
            raise refusal("reason_code", "A rejection needs a reason_code and an approval has none.", "reason_code")
        return self


class CertificationIn(_DecisionIn):
    """The decision about an advertiser (rule 1)."""

    reason_code: certification_rules.CertificationReason | None = None


class AdmissionIn(_DecisionIn):
    """The decision about an account (rule 2). `category` corrects the category of the account."""

    category: ListedCategory | None = None
    reason_code: admission_rules.AdmissionReason | None = None


class RevocationIn(DecisionBody):
    """The revocation of a certification (rule 28)."""

    reason_code: Annotated[str, Field(pattern=admission_rules.REASONS)]
    note: Note | None = None

    def revocation(self, by: Decider) -> Revocation:
        return Revocation(self.reason_code, self.note, by)


class AccountRevocationIn(RevocationIn):
    """The revocation of an admission (rule 28). `stop_accepted`: accepted orders that are not published end too, free of charge."""

    stop_accepted: Annotated[bool, Field(strict=True)] = False


class CategoryIn(DecisionBody):
    """The category of an account, corrected by a review."""

    category: ListedCategory
    note: Note | None = None


class AdvertisersQuery(Paging):
    """The query of GET /v1/advertisers."""

    status: Status | None = None


class DecisionsQuery(Paging):
    """The query of GET /v1/decisions. `subject_id`: only decisions about this advertiser, account, task, …"""

    subject_id: str | None = Field(default=None, min_length=1, max_length=40)


class PricesIn(Body):
    """The creator's own prices, by kind; null removes one."""

    post: MoneyIn | None = None
    repost: MoneyIn | None = None

    def fen(self) -> dict[Kind, int | None]:
        """Return the kinds that were sent. Raise InvalidBody for a price outside of the market's limits."""
        sent: dict[Kind, int | None] = {}
        for kind in KINDS:
            if kind in self.model_fields_set:
                money: MoneyIn | None = getattr(self, kind)
                sent[kind] = None if money is None else _own_price(money, f"/prices/{kind}")
        return sent


def _own_price(money: MoneyIn, pointer: str) -> int:
    amount = money.money(pointer).amount
    if not rules().price_min <= amount <= rules().price_max:
        least, most = (Money(bound, rules().currency) for bound in (rules().price_min, rules().price_max))
        message = f"A price is between {least} and {most}."
        raise InvalidBody(Fault(f"{pointer}/amount", "price_range", message))
    return amount


class AccountIn(Body):
    """The account that a creator binds."""

    network: Network
    handle: Handle
    category: ListedCategory
    prices: PricesIn = Field(default_factory=PricesIn)


class AccountPatch(Body):
    """Changes by the owner; missing members stay unchanged."""

    prices: PricesIn = Field(default_factory=PricesIn)
    paused: Annotated[bool, Field(strict=True)] | None = None


class PublishingPermissionIn(Body):
    """The permission to publish as the account. `code`: the code that the network gave the owner, if the network needs one."""

    allowed: Annotated[bool, Field(strict=True)]
    code: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")] | None = None


class SnapshotIn(Body):
    """The figures of an account at `as_of` (RFC 3339, or a day in UTC). Missing figures are unknown."""

    as_of: DayOrMoment
    followers: Count
    active_followers: Count | None = None
    reads_avg_30d: Average | None = None
    posts_30d: Count | None = None
    reposts_avg_30d: Average | None = None
    comments_avg_30d: Average | None = None
    likes_avg_30d: Average | None = None
    originals_share: Share | None = None
    following: Count | None = None
    registered_at: DayOrMoment | None = None
    verified: Flag | None = None
    organisation: Flag | None = None
    posts_total: Count | None = None
    earlier_at: DayOrMoment | None = None
    earlier_followers: Count | None = None
    earlier_following: Count | None = None
    earlier_posts_total: Count | None = None
    posts_seen: Count | None = None
    active_days_30d: Annotated[float, Field(strict=True, ge=0, le=30, allow_inf_nan=False)] | None = None
    duplicates_share: Share | None = None
    links_share: Share | None = None
    burst_share: Share | None = None
    automated_share: Share | None = None
    plain_reposts_share: Share | None = None
    reactions_variation: Average | None = None
    copied_comments_share: Share | None = None
    top_reactors_share: Share | None = None
    popular: Flag | None = None
    accepted_all_last_week: Flag | None = None
    by_appointment: Flag | None = None
    market_stars: Annotated[int, Field(strict=True, ge=1, le=6)] | None = None
    orders_90d: Count | None = None
    acceptance_rate: Share | None = None
    on_time_share: Share | None = None
    kept_share: Share | None = None
    disputes_lost_share: Share | None = None
    reads_median: Average | None = None
    reads_spread: Average | None = None
    reactions_median: Average | None = None
    reactions_spread: Average | None = None

    @model_validator(mode="after")
    def _plausible(self) -> SnapshotIn:
        if self.as_of > clock.now() + CLOCK_SKEW:
            raise refusal("as_of", "This is in the future.", "as_of")
        if self.active_followers is not None and self.active_followers > self.followers:
            raise refusal("active_followers", "This is more than followers.", "active_followers")
        if self.registered_at is not None and self.registered_at > self.as_of:
            raise refusal("registered_at", "This is after as_of.", "registered_at")
        if self.earlier_at is not None and self.earlier_at >= self.as_of:
            raise refusal("earlier_at", "This is not before as_of.", "earlier_at")
        return self

    def figures(self) -> AccountFigures:
        """Return the known figures as plain JSON, with whole averages as integers, so that 10 and 10.0 are the same snapshot."""
        known: dict[str, Any] = {}
        for name, value in self.model_dump(include=set(SnapshotIn.model_fields), exclude_none=True).items():
            if isinstance(value, datetime):
                known[name] = clock.rfc3339(value)
            elif isinstance(value, float) and math.floor(value) == value:
                known[name] = int(value)
            else:
                known[name] = value
        return cast("AccountFigures", known)


class AppealIn(Body):
    """The reason why a grade is wrong, and the corrected figures: any of a snapshot except its time."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
    evidence: dict[str, Any] = Field(default_factory=dict, max_length=50)


class AppealRulingIn(DecisionBody):
    """The ruling of an appeal. `evidence`: the corrected figures; without it those of the appeal."""

    outcome: Literal["granted", "rejected"]
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
    evidence: dict[str, Any] = Field(default_factory=dict, max_length=50)


def corrected(evidence: Mapping[str, object], corrections: Mapping[str, object]) -> AccountFigures:
    """Return the evidence with the corrections, as a snapshot of this moment. Figures that this market computes are not part of a
    snapshot; an order has its own dispute. Raise InvalidBody with pointers below `/evidence`."""
    fixed = {"as_of", "market_stars"} | MARKET_FIGURES
    unknown = [name for name in corrections if name not in SnapshotIn.model_fields or name in fixed]
    if unknown:
        raise InvalidBody(
            *(Fault(f"/evidence/{name}", "extra_forbidden", "This cannot be corrected.") for name in unknown)
        )
    try:
        figures = {name: value for name, value in evidence.items() if name in SnapshotIn.model_fields}
        whole = {**figures, **corrections, "as_of": clock.rfc3339(clock.now())}
        snapshot = SnapshotIn.model_validate(whole)
    except ValidationError as error:
        raise InvalidBody(*faults_of(error, whole, "/evidence")) from error
    return snapshot.figures()


class SearchFilters(Query):
    """The filters of a search for accounts. Prices in fen."""

    category: Annotated[str, AfterValidator(searched)] | None = Field(default=None, min_length=1, max_length=50)
    grade_min: GradeName | None = None
    price_min: QueryNumber | None = Field(default=None, ge=0, le=10**12)
    price_max: QueryNumber | None = Field(default=None, ge=0, le=10**12)
    followers_min: QueryNumber | None = Field(default=None, ge=0, le=COUNT_MAX)
    kind: Kind | None = None
    network: Network | None = None
    q: str | None = Field(default=None, min_length=1, max_length=100)

    @model_validator(mode="after")
    def _coherent(self) -> SearchFilters:
        if None not in (self.price_min, self.price_max) and self.price_min > self.price_max:  # type: ignore[operator]
            raise refusal("price_range", "This is above price_max.", "price_min")
        return self

    def wanted(self) -> Wanted:
        return Wanted(**self.model_dump(exclude={"limit", "cursor", "owner"}))


class SearchQuery(SearchFilters, Paging):
    """The query of GET /v1/accounts. Prices in fen; `owner=me` lists the caller's own accounts, without filters."""

    sort: Sort = "-grade"
    owner: Literal["me"] | None = None


class FacetsQuery(SearchFilters):
    """The query of GET /v1/accounts/facets."""


class SimilarQuery(Paging):
    """The query of GET /v1/accounts/{account_id}/similar."""

    limit: QueryNumber = Field(default=10, ge=1, le=100)
