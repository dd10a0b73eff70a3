"""What is sent and answered. Written by `make docs` from the OpenAPI document: change the routes, not this."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal, NotRequired, TypedDict


class Account(TypedDict):
    """An account. `effective_prices` are what an order costs now; `value` are the score's points per yuan. `admission`, `ownership` and `publishing` are for its owner and staff."""

    id: str
    revision: int
    network: str
    handle: str
    category: str | None
    status: Literal["pending", "admitted", "rejected", "unclaimed", "revoked"]
    orderable: bool
    paused: bool
    metrics: Metrics | None
    grade: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    score: float | None
    confidence: float | None
    methodology_version: str | None
    graded_at: str | None
    value: float | None
    advised_price: AdvisedPrices | None
    prices: OwnPrices
    effective_prices: PriceByKind
    price_sources: PriceSources
    acceptance_rate: float | None
    created_at: str
    updated_at: str
    admission: NotRequired[Admission]
    ownership: NotRequired[Ownership]
    publishing: NotRequired[PublishingPermission]


class AccountForecast(TypedDict):
    """The forecast of an account for one kind of order."""

    reads: Interval
    interactions: Interval
    clicks: Interval
    confidence: float
    model_version: str
    account_id: str
    kind: Literal["post", "repost"]


class AccountGrade(TypedDict):
    """The grade with all it rests on: whoever has the methodology and `evidence` computes the same digits. An account that was not graded yet has no more than the first members, all null or empty."""

    account_id: str
    grade: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    score: float | None
    percentile_in_category: float | None
    percentile_among: str | None
    factors: list[Factor]
    next: NextGrade | None
    advised_price: GradedPrices | None
    confidence: NotRequired[float]
    methodology_version: NotRequired[str]
    followers: NotRequired[GradedFollowers]
    graded_at: NotRequired[str]
    evidence: NotRequired[Evidence]
    price_per_1000_reads: NotRequired[PriceByKind]
    price_model: NotRequired[PriceModel]
    settled_orders: NotRequired[list[SettledOrder]]


class AccountIn(TypedDict):
    """The account a creator binds."""

    network: str
    handle: str
    category: str
    prices: NotRequired[PricesIn]


class AccountInQueue(TypedDict):
    """An account that waits for admission."""

    id: str
    revision: int
    network: str
    handle: str
    category: str | None
    status: Literal["pending", "admitted", "rejected", "unclaimed", "revoked"]
    orderable: bool
    paused: bool
    metrics: Metrics | None
    grade: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    score: float | None
    confidence: float | None
    methodology_version: str | None
    graded_at: str | None
    value: float | None
    advised_price: AdvisedPrices | None
    prices: OwnPrices
    effective_prices: PriceByKind
    price_sources: PriceSources
    acceptance_rate: float | None
    created_at: str
    updated_at: str
    admission: NotRequired[Admission]
    ownership: NotRequired[Ownership]
    publishing: NotRequired[PublishingPermission]
    due_at: str


class AccountLine(TypedDict):
    """An account as its owner sees it."""

    id: str
    revision: int
    network: str
    handle: str
    category: str | None
    status: Literal["pending", "admitted", "rejected", "unclaimed", "revoked"]
    orderable: bool
    paused: bool
    metrics: Metrics | None
    grade: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    score: float | None
    confidence: float | None
    methodology_version: str | None
    graded_at: str | None
    value: float | None
    advised_price: AdvisedPrices | None
    prices: OwnPrices
    effective_prices: PriceByKind
    price_sources: PriceSources
    acceptance_rate: float | None
    created_at: str
    updated_at: str
    admission: NotRequired[Admission]
    ownership: NotRequired[Ownership]
    publishing: NotRequired[PublishingPermission]
    type: Literal["account"]


class AccountPatch(TypedDict):
    """What the owner changes; what is missing stays."""

    prices: NotRequired[PricesIn]
    paused: NotRequired[bool | None]


class AccountRevocationIn(TypedDict):
    """Why an admission is taken back (rule 28). `stop_accepted`: accepted orders that are not published end too, free of charge."""

    revision: int
    reason_code: str
    note: NotRequired[str | None]
    stop_accepted: NotRequired[bool]


class AccountsBody(TypedDict):
    """A page of accounts for a draft."""

    account_ids: list[str]


class Admission(TypedDict):
    """The review of an account (rule 2)."""

    reason_code: str | None
    note: str | None
    due_at: str | None
    decided_at: str | None


class AdmissionIn(TypedDict):
    """The decision about an account (rule 2); `category` corrects that of the account."""

    revision: int
    decision: Literal["approved", "rejected"]
    note: NotRequired[str | None]
    category: NotRequired[str | None]
    reason_code: NotRequired[AdmissionReason | None]


AdmissionReason = Literal["community_rules", "contact_false", "wrong_category", "low_fan_quality"]


class Advertiser(TypedDict):
    """An enterprise."""

    id: str
    revision: int
    name: str
    licence_no: str
    contact: ContactDetails
    certification: Certification
    created_at: str
    updated_at: str


class AdvertiserCounts(TypedDict):
    """What waits for an advertiser: orders with an open counter-offer or draft, tasks that are drafts or were rejected, undecided applications to open calls. `more`: at least one of them is larger than it was counted."""

    orders: int
    tasks: int
    applications: int
    more: bool


class AdvertiserIn(TypedDict):
    """An enterprise as it registers or corrects itself."""

    name: str
    licence_no: str
    contact: Contact


class AdvertiserInQueue(TypedDict):
    """An enterprise that waits for certification."""

    id: str
    revision: int
    name: str
    licence_no: str
    contact: ContactDetails
    certification: Certification
    created_at: str
    updated_at: str
    due_at: str


class AdvertiserLine(TypedDict):
    """The enterprise."""

    id: str
    revision: int
    name: str
    licence_no: str
    contact: ContactDetails
    certification: Certification
    created_at: str
    updated_at: str
    type: Literal["advertiser"]


class AdvisedPrices(TypedDict):
    """What the market advises; null for a kind that it cannot price."""

    post: PriceBand | None
    repost: PriceBand | None


class Anomaly(TypedDict):
    """What is conspicuous about the figures, in words, and what it rests on."""

    kind: str
    says: str
    rests_on: dict[str, Any]


class AppealIn(TypedDict):
    """Why a grade is wrong, and the figures as they should be: any of a snapshot's but its time."""

    reason: str
    evidence: NotRequired[dict[str, Any]]


class AppealLine(TypedDict):
    """An appeal against the grade of an account."""

    id: str
    revision: int
    account_id: str
    status: Literal["open", "granted", "rejected"]
    label: str
    grade: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    reason: str
    evidence: dict[str, Any]
    due_at: str | None
    overdue: bool
    ruling: AppealRuling | None
    created_at: str
    type: Literal["appeal"]


class AppealRuling(TypedDict):
    """How an appeal of a grade was ruled, from which figures, and the grades before and after. `by` is the auditor's user id for staff, and `auditor` for the owner."""

    outcome: Literal["granted", "rejected"]
    note: str
    evidence: dict[str, Any]
    by: str
    revision: NotRequired[int]
    at: str
    before: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    after: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None


class AppealRulingIn(TypedDict):
    """How an appeal ends. `evidence`: the figures that are corrected; without it those of the appeal."""

    revision: int
    outcome: Literal["granted", "rejected"]
    note: str
    evidence: NotRequired[dict[str, Any]]


class Application(TypedDict):
    """An application to an open call."""

    price: Money
    commission: Money
    net: Money
    id: str
    task_id: str
    account_id: str
    handle: str
    network: str
    creator_id: str
    status: Literal["open", "accepted", "declined", "withdrawn", "expired"]
    note: str | None
    order_id: str | None
    accept_by: str
    created_at: str
    updated_at: str


class ApplicationBody(TypedDict):
    """With which account and for which price a creator applies to an open call."""

    account_id: str
    price: MoneyIn
    note: NotRequired[str | None]


class ApplicationLine(TypedDict):
    """An application: to one of the advertiser's open calls, or of the creator."""

    price: Money
    commission: Money
    net: Money
    id: str
    task_id: str
    account_id: str
    handle: str
    network: str
    creator_id: str
    status: Literal["open", "accepted", "declined", "withdrawn", "expired"]
    note: str | None
    order_id: str | None
    accept_by: str
    created_at: str
    updated_at: str
    type: Literal["application"]


class AuditorCounts(TypedDict):
    """What waits for an auditor, by queue. `more`: at least one queue is longer than it was counted."""

    reviews: int
    draft_reviews: int
    certifications: int
    admissions: int
    appeals: int
    disputes: int
    more: bool


class CallIn(TypedDict):
    """An open call: who may apply, and the budget that is held for it."""

    budget: MoneyIn
    category: NotRequired[str | None]
    grade_min: NotRequired[
        Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    ]
    followers_min: NotRequired[int | None]
    price_max: NotRequired[MoneyIn | None]


class CallTerms(TypedDict):
    """An open call's filters, its budget, and what nobody was picked for yet."""

    wanted: Wanted
    budget: Money
    unallocated: Money


class CancelBody(TypedDict):
    """Why the task is cancelled; with the `revision` of a preview, only if cancelling still does what that showed."""

    reason_code: str
    note: NotRequired[str | None]
    revision: NotRequired[str | None]


class Cancellation(TypedDict):
    """What cancelling a task does now. Sent back with `revision`, it does this or is refused with `revision_changed`."""

    task_id: str
    status: Literal["draft", "in_review", "rejected", "running", "completed", "cancelled", "stopped"]
    revision: str
    lines: list[Cancelled]
    compensation: Money
    net: Money
    commission: Money
    returned: Money
    stays_held: Money


class Cancelled(TypedDict):
    """What cancelling does to one order: its status `then`, what it costs as `compensation` (the creator's `net` and the platform's `commission`), and what comes back."""

    order_id: str
    account_id: str
    status: Literal[
        "pending",
        "offered",
        "accepted",
        "declined",
        "lapsed",
        "published",
        "completed",
        "failed",
        "cancelled",
        "stopped",
        "disputed",
    ]
    then: Literal[
        "pending",
        "offered",
        "accepted",
        "declined",
        "lapsed",
        "published",
        "completed",
        "failed",
        "cancelled",
        "stopped",
        "disputed",
    ]
    price: Money
    compensation: Money
    net: Money
    commission: Money
    returned: Money
    stays: bool


class Category(TypedDict):
    """A value of the published list of categories, and its English name."""

    category: str
    name: str


class CategoryCount(TypedDict):
    """How many accounts a category has."""

    category: str | None
    accounts: int


class CategoryIn(TypedDict):
    """The category of an account as a review found it."""

    revision: int
    category: str
    note: NotRequired[str | None]


class Certification(TypedDict):
    """How far the check of an enterprise is (rule 1)."""

    status: Literal["pending", "approved", "rejected", "revoked"]
    reason_code: str | None
    note: str | None
    due_at: str | None
    decided_at: str | None


class CertificationIn(TypedDict):
    """The decision about an advertiser (rule 1)."""

    revision: int
    decision: Literal["approved", "rejected"]
    note: NotRequired[str | None]
    reason_code: NotRequired[CertificationReason | None]


CertificationReason = Literal["licence_invalid", "name_mismatch", "contact_false", "category_forbidden"]


class CheckDelay(TypedDict):
    """A check that cannot be made: since when, when it is tried again, and the code of the problem."""

    since: str
    retry_at: str
    code: str


class CheckEvidence(TypedDict):
    """What a check fetched: a hash of the text, not the text."""

    at: str
    found: bool
    text_sha256: NotRequired[str]
    author: NotRequired[str | None]


class ClockBody(TypedDict):
    """How far the clock moves: by the duration `advance`, or to the time `to`."""

    advance: NotRequired[str | timedelta | None]
    to: NotRequired[str | datetime | None]


class Closing(TypedDict):
    """A task that was cancelled or stopped, while its orders are being ended one by one."""

    orders_left: int


class CommentsBody(TypedDict):
    """The comments under a post, newest first."""

    comments: list[str]


class ComparableCosts(TypedDict):
    """Medians of comparable orders: same kind, grade and category."""

    cpm: Money | None
    cpe: Money | None
    cpc: Money | None


class Comparison(TypedDict):
    """A comparison with its differences."""

    id: str
    provider: str
    compared_at: str
    since: str | None
    until: str | None
    status: Literal["clean", "differences"]
    matched: int
    ledger_total: Money
    file_total: Money
    differences_found: int
    differences: list[SettlementDifference]


class ComparisonSummary(TypedDict):
    """A comparison with a provider's settlement file."""

    id: str
    provider: str
    compared_at: str
    since: str | None
    until: str | None
    status: Literal["clean", "differences"]
    matched: int
    ledger_total: Money
    file_total: Money
    differences_found: int


class Confirmation(TypedDict):
    """The first of two people who decide about a large amount (rule 26), and the second one after the decision: ids of users."""

    decision: str
    confirmed_by: str
    confirmed_at: str
    decided_by: str | None


class Contact(TypedDict):
    """Whom the market's staff can reach."""

    name: str
    phone: str
    email: str


class ContactDetails(TypedDict):
    """Whom the market calls."""

    name: str
    phone: str
    email: str


class Content(TypedDict):
    """What is to be posted."""

    text: str
    picture_ids: list[str]
    urls: list[str]


class ContentIn(TypedDict):
    """What is to be posted; the ad mark is appended if the text has none."""

    text: str
    picture_ids: NotRequired[list[str]]
    urls: NotRequired[list[str]]


class Counter(TypedDict):
    """The creator's other price, and what became of it."""

    price: Money
    commission: Money
    net: Money
    status: Literal["open", "accepted", "declined", "lapsed", "withdrawn"]
    at: str
    note: NotRequired[str]


class CounterBody(TypedDict):
    """The price that the creator would take the order for."""

    price: MoneyIn
    note: NotRequired[str | None]


class Counts(TypedDict):
    """What waits, for each role that the caller has."""

    advertiser: NotRequired[AdvertiserCounts]
    creator: NotRequired[CreatorCounts]
    auditor: NotRequired[AuditorCounts]
    finance: NotRequired[FinanceCounts]


class CreatorCounts(TypedDict):
    """What waits for a creator: orders to be answered, drafted or published. `more`: there are more than were counted."""

    orders: int
    more: bool


class CreatorsDraft(TypedDict):
    """The creator's text, before it is posted. `in_review`: an auditor reads it first, until `due_at`; `submitted`: the advertiser answers until `due_at`."""

    text: str
    status: Literal["in_review", "submitted", "changes_requested", "approved"]
    changes_requested: int
    due_at: str
    findings: list[Finding]
    findings_more: int
    note: NotRequired[str]
    review: NotRequired[DraftReview]


class DayClicks(TypedDict):
    """Clicks of one day, of people."""

    day: str
    clicks: int


class Decision(TypedDict):
    """A decision of staff about a subject: its outcome, why, by which user, on which revision."""

    kind: str
    subject_id: str
    outcome: str
    reason_code: str | None
    note: str | None
    revision: int | None
    decided_by: str
    decided_at: str


class DeclineBody(TypedDict):
    """Why the offer is declined (rule 12)."""

    reason_code: Literal["price", "schedule", "content", "brand_conflict", "other"]
    note: NotRequired[str | None]


class Dispute(TypedDict):
    """A dispute with what both sides stated."""

    id: str
    revision: int
    order_id: str
    task_id: str
    status: Literal["open", "paid", "refunded", "split", "unruled"]
    label: str
    opened_by: Literal["advertiser", "creator", "system"]
    reason: Why
    statement_counts: StatementCounts
    ruling: Ruling | None
    timers: list[Timer]
    opened_at: str
    due_at: str
    ended_at: str | None
    statements: list[Statement]


class DisputeBody(TypedDict):
    """What is wrong, with a sentence."""

    reason_code: str
    note: str


class DisputeLine(TypedDict):
    """The dispute about the order before it, with what both sides stated."""

    id: str
    revision: int
    order_id: str
    task_id: str
    status: Literal["open", "paid", "refunded", "split", "unruled"]
    label: str
    opened_by: Literal["advertiser", "creator", "system"]
    reason: Why
    statement_counts: StatementCounts
    ruling: Ruling | None
    timers: list[Timer]
    opened_at: str
    due_at: str
    ended_at: str | None
    statements: list[Statement]
    type: Literal["dispute"]


class DisputeSummary(TypedDict):
    """A dispute without its statements."""

    id: str
    revision: int
    order_id: str
    task_id: str
    status: Literal["open", "paid", "refunded", "split", "unruled"]
    label: str
    opened_by: Literal["advertiser", "creator", "system"]
    reason: Why
    statement_counts: StatementCounts
    ruling: Ruling | None
    timers: list[Timer]
    opened_at: str
    due_at: str
    ended_at: str | None


class DraftBody(TypedDict):
    """The text that the creator would post."""

    text: str


class DraftInReview(TypedDict):
    """A draft in the auditors' queue: the text, what the brief says, its audited URLs, and what the lint found."""

    order_id: str
    task_id: str
    account_id: str
    handle: str
    title: str
    text: str
    brief: str
    urls: list[str]
    findings: list[Finding]
    findings_more: int
    due_at: str
    overdue: bool
    revision: int


class DraftReview(TypedDict):
    """An auditor's decision about a draft."""

    decision: Literal["approved", "rejected"]
    reasons: list[Why]


class DraftReviewBody(TypedDict):
    """The decision about a creator's draft; a rejection says why."""

    revision: int
    decision: Literal["approved", "rejected"]
    reasons: NotRequired[list[ReasonIn]]


class Edit(TypedDict):
    """A field that is not as it was submitted before; of `account_ids` the accounts that were removed and those that were added, at most 100 of each."""

    field: str
    before: Any
    after: Any
    pieces: NotRequired[list[TextPiece]]


class EditBody(TypedDict):
    """The new text of a post and, if given, its new URLs."""

    text: str
    urls: NotRequired[list[str] | None]


class EndReason(TypedDict):
    """Why an order ended: a machine-readable code, and a sentence if there is more to say."""

    code: Literal[
        "price",
        "schedule",
        "content",
        "brand_conflict",
        "other",
        "not_answered",
        "account_revoked",
        "advertiser_revoked",
        "owner_changed",
        "account_unbound",
        "task_cancelled",
        "task_stopped",
        "not_published",
        "not_mended",
        "post_gone",
        "post_changed",
        "retained",
        "ruled_pay",
        "ruled_refund",
        "ruled_split",
        "not_ruled",
    ]
    note: NotRequired[str]


class Entry(TypedDict):
    """A line of a statement: an amount in or out, the balance after it, and the order that it is about, with its price and the commission in it."""

    id: str
    kind: str
    amount: Money
    direction: Literal["in", "out"]
    balance_after: Money
    reference: str
    at: str
    task_id: str | None
    order_id: str | None
    price: Money | None
    commission: Money | None


class EntryLine(TypedDict):
    """A line of the wallet's statement."""

    id: str
    kind: str
    amount: Money
    direction: Literal["in", "out"]
    balance_after: Money
    reference: str
    at: str
    task_id: str | None
    order_id: str | None
    price: Money | None
    commission: Money | None
    type: Literal["entry"]


class Evidence(TypedDict):
    """All that a grade and its prices are computed from: the figures, and what this market found out."""

    as_of: str
    followers: int
    active_followers: NotRequired[int]
    reads_avg_30d: NotRequired[float]
    posts_30d: NotRequired[int]
    reposts_avg_30d: NotRequired[float]
    comments_avg_30d: NotRequired[float]
    likes_avg_30d: NotRequired[float]
    originals_share: NotRequired[float]
    following: NotRequired[int]
    registered_at: NotRequired[str]
    verified: NotRequired[bool]
    organisation: NotRequired[bool]
    posts_total: NotRequired[int]
    earlier_at: NotRequired[str]
    earlier_followers: NotRequired[int]
    earlier_following: NotRequired[int]
    earlier_posts_total: NotRequired[int]
    active_days_30d: NotRequired[float]
    duplicates_share: NotRequired[float]
    links_share: NotRequired[float]
    burst_share: NotRequired[float]
    automated_share: NotRequired[float]
    reactions_variation: NotRequired[float]
    copied_comments_share: NotRequired[float]
    top_reactors_share: NotRequired[float]
    popular: NotRequired[bool]
    accepted_all_last_week: NotRequired[bool]
    by_appointment: NotRequired[bool]
    market_stars: NotRequired[int]
    orders_90d: NotRequired[int]
    acceptance_rate: NotRequired[float]
    on_time_share: NotRequired[float]
    kept_share: NotRequired[float]
    disputes_lost_share: NotRequired[float]
    paid_bps: NotRequired[int]
    paid_advertisers: NotRequired[int]
    paid_orders: NotRequired[int]
    counted_at: NotRequired[str]
    counted_before: NotRequired[int]


class ExpectedTogether(TypedDict):
    """What the posts were expected to bring together."""

    reads: int
    interactions: int
    clicks: int


class ExportPart(TypedDict):
    """A file of `lines` lines of JSON behind a link; `next_cursor` asks for the next part, null after the last."""

    id: str
    lines: int
    url: str
    expires_at: str
    next_cursor: str | None


class Facets(TypedDict):
    """Counts of what a search would find; `complete` is false if not all could be examined."""

    total: int
    categories: list[CategoryCount]
    grades: list[GradeCount]
    examined: int
    complete: bool


class Factor(TypedDict):
    """One factor of a grade. Contributions sum to the score; a factor without evidence has no value and weighs nothing."""

    name: str
    label: str
    unit: str
    value: float | None
    percentile: float | None
    weight: float
    contribution: float
    evidence: FactorEvidence
    signs: NotRequired[list[Sign]]


class FactorEvidence(TypedDict):
    """What a factor rests on; `unknown` names figures that would make it surer."""

    as_of: str
    missing: bool
    unknown: NotRequired[list[str]]


class FiltersIn(TypedDict):
    """What the accounts of a plan must be."""

    category: NotRequired[str | None]
    grade_min: NotRequired[
        Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    ]
    followers_min: NotRequired[int | None]
    price_max: NotRequired[MoneyIn | None]


class FinanceCounts(TypedDict):
    """What waits for finance, by queue. `more`: at least one queue is longer than it was counted."""

    withdrawals: int
    suspense: int
    more: bool


class Finding(TypedDict):
    """What lint found (rule 9)."""

    rule: str
    severity: Literal["note", "warn", "block"]
    pointer: str
    text: str
    message: str
    source: str
    span: Span


class Forecast(TypedDict):
    """What one order can be expected to bring."""

    reads: Interval
    interactions: Interval
    clicks: Interval
    confidence: float
    model_version: str


class GradeAppeal(TypedDict):
    """An appeal of a grade with the figures the creator says are right."""

    id: str
    revision: int
    account_id: str
    status: Literal["open", "granted", "rejected"]
    label: str
    grade: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    reason: str
    evidence: dict[str, Any]
    due_at: str | None
    overdue: bool
    ruling: AppealRuling | None
    created_at: str


class GradeChange(TypedDict):
    """One change of a grade, and what caused it."""

    at: str
    cause: str
    grade: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"]
    previous: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    score: float
    methodology_version: str
    evidence: Evidence
    advised_price: GradedPrices


class GradeChangeLine(TypedDict):
    """A change of an account's grade, with its cause."""

    at: str
    cause: str
    grade: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"]
    previous: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    score: float
    methodology_version: str
    evidence: Evidence
    advised_price: GradedPrices
    type: Literal["grade_change"]
    account_id: str


class GradeCount(TypedDict):
    """How many accounts a grade has."""

    grade: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    accounts: int


class GradedFollowers(TypedDict):
    """How many followers there are, and how many of them count."""

    all: int
    counted: int


class GradedPrice(TypedDict):
    """An advised price, and how many settled orders it rests on besides the model."""

    low: Money
    mid: Money
    high: Money
    comparables: int


class GradedPrices(TypedDict):
    """Advised prices by kind."""

    post: GradedPrice
    repost: GradedPrice


class Happened(TypedDict):
    """One line of a history."""

    at: str
    event: str
    by: Literal["advertiser", "creator", "auditor", "staff", "system"]
    note: NotRequired[str]


class Health(TypedDict):
    """The result of reading each table: `ok`, or the kind of error."""

    status: Literal["ok"]
    checks: dict[str, str]


class Interval(TypedDict):
    """What can be expected, and the ends of the 80 % interval."""

    low: int
    expected: int
    high: int
    basis: str


class KindSummary(TypedDict):
    """The entries of one kind in a period."""

    entries: int
    received: Money
    spent: Money


class LedgerDifference(TypedDict):
    """Where the ledger does not prove itself."""

    account: str
    kind: str
    expected: Any
    found: Any
    near: list[NearbyEntry]
    day: NotRequired[str]


class LeftOut(TypedDict):
    """Accounts that could not be taken, by reason."""

    repeats: int
    frequency_cap: int


class LinkClicks(TypedDict):
    """Clicks of people on one link of an order; bots apart. `url` is the audited one, which may have letters outside ASCII."""

    url: str
    link: str
    clicks: int
    visitors: int
    bots: int
    days: list[DayClicks]


class MaskedPayee(TypedDict):
    """Enough of an account to recognise one's own by."""

    account: str


class Me(TypedDict):
    """Who the caller is here. `advertiser` is null until the caller has registered an enterprise; of more than 100 accounts the 100 that were bound last are shown."""

    user: User
    roles: list[Literal["advertiser", "creator", "auditor", "finance", "admin"]]
    advertiser: Advertiser | None
    accounts: list[OwnAccount]
    organisations: list[OrganisationOfCaller]
    counts: Counts


class Methodology(TypedDict):
    """The methodology file, whole: docs/reference/grading.md says what each number does."""

    version: str
    sources: list[str]
    factors: list[dict[str, Any]]
    thresholds: dict[str, int]
    price: dict[str, Any]
    measures: dict[str, float]
    in_force: bool
    versions: list[str]
    market: NotRequired[dict[str, Any]]
    margin: NotRequired[int]
    follower_limit: NotRequired[dict[str, int]]
    score_percentiles: NotRequired[dict[str, Any]]


class Metrics(TypedDict):
    """One snapshot of an account's figures. Averages are per post over 30 days. What is not known is missing, never zero."""

    as_of: str
    followers: int
    active_followers: NotRequired[int]
    reads_avg_30d: NotRequired[float]
    posts_30d: NotRequired[int]
    reposts_avg_30d: NotRequired[float]
    comments_avg_30d: NotRequired[float]
    likes_avg_30d: NotRequired[float]
    originals_share: NotRequired[float]
    following: NotRequired[int]
    registered_at: NotRequired[str]
    verified: NotRequired[bool]
    organisation: NotRequired[bool]
    posts_total: NotRequired[int]
    earlier_at: NotRequired[str]
    earlier_followers: NotRequired[int]
    earlier_following: NotRequired[int]
    earlier_posts_total: NotRequired[int]
    active_days_30d: NotRequired[float]
    duplicates_share: NotRequired[float]
    links_share: NotRequired[float]
    burst_share: NotRequired[float]
    automated_share: NotRequired[float]
    reactions_variation: NotRequired[float]
    copied_comments_share: NotRequired[float]
    top_reactors_share: NotRequired[float]
    popular: NotRequired[bool]
    accepted_all_last_week: NotRequired[bool]
    by_appointment: NotRequired[bool]
    market_stars: NotRequired[int]
    orders_90d: NotRequired[int]
    acceptance_rate: NotRequired[float]
    on_time_share: NotRequired[float]
    kept_share: NotRequired[float]
    disputes_lost_share: NotRequired[float]


class MetricsLine(TypedDict):
    """A snapshot of an account's figures: the members of the body of POST /v1/accounts/{account_id}/metrics that were known."""

    type: Literal["metrics"]
    account_id: str
    as_of: str
    followers: int


class Money(TypedDict):
    """An amount in minor units of its currency: 500000 CNY are 5,000.00 yuan."""

    amount: int
    currency: str


class MoneyIn(TypedDict):
    """Money in a request: `{"amount": 500000, "currency": "CNY"}`."""

    amount: int
    currency: str


class NearbyEntry(TypedDict):
    """An entry beside a difference; `amount` in minor units."""

    at: str
    id: str
    amount: int


Needed = TypedDict("Needed", {"name": "str", "from": "float | None", "to": "float"})
"""A factor's value now, and the one that alone would reach the next grade."""


class NextGrade(TypedDict):
    """What the next grade needs."""

    grade: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"]
    score: float
    missing_points: float
    by_factor: list[Needed]


class NextTenth(TypedDict):
    """What a tenth more of the budget would add."""

    budget: Money
    adds: int
    takes: list[str]
    drops: list[str]


class NoteBody(TypedDict):
    """A sentence that is needed."""

    note: str


class NothingBody(TypedDict):
    """Nothing more to say."""


class Notification(TypedDict):
    """A notification as the sandbox provider signs it: deliver it again at will."""

    headers: dict[str, str]
    body: str


class NotificationOutcome(TypedDict):
    """What a notification led to: `credited`, `suspended`, `replayed` or `ignored`."""

    outcome: str


class OpenCall(TypedDict):
    """An open call as creators see it."""

    wanted: Wanted
    budget: Money
    unallocated: Money
    task_id: str
    kind: Literal["post", "repost"]
    title: str
    content: Content
    source_url: str | None
    window: TimeWindow
    accept_by: str
    retention: str
    draft_approval: bool
    publishing: Publishing


class Order(TypedDict):
    """An order; `content` is exactly what is to be posted, ad mark and click links included. `timers` are all that can still end a state, each with its default outcome, and `deadline` is the next of them that changes it; `reason` says why an order has ended."""

    price: Money
    commission: Money
    net: Money
    id: str
    task_id: str
    account_id: str
    handle: str
    network: str
    creator_id: str
    kind: Literal["post", "repost"]
    title: str
    content: Content
    source_url: str | None
    status: Literal[
        "pending",
        "offered",
        "accepted",
        "declined",
        "lapsed",
        "published",
        "completed",
        "failed",
        "cancelled",
        "stopped",
        "disputed",
    ]
    label: str
    payment: Literal["held", "paid", "refunded", "split"] | None
    settled: Settled | None
    post_url: str | None
    window: TimeWindow
    accept_by: str
    retention: str
    publishing: Publishing
    reason: EndReason | None
    counter: Counter | None
    draft_approval: bool
    draft: CreatorsDraft | None
    dispute_id: str | None
    report: PostReport | None
    check_delay: CheckDelay | None
    evidence: list[CheckEvidence]
    snapshots: list[Snapshot]
    anomalies: list[Anomaly]
    timers: list[Timer]
    deadline: str | None
    events: list[Happened]
    stuck: Stuck | None
    created_at: str
    updated_at: str


class OrderClicks(TypedDict):
    """Clicks of an order."""

    order_id: str
    links: list[LinkClicks]


class OrderForecast(TypedDict):
    """What the order was expected to bring when its post went up."""

    reads: Interval
    interactions: Interval
    clicks: Interval
    as_of: str


class OrderLine(TypedDict):
    """An order: of a task, after it; of a creator, the newest first."""

    price: Money
    commission: Money
    net: Money
    id: str
    task_id: str
    account_id: str
    handle: str
    network: str
    creator_id: str
    kind: Literal["post", "repost"]
    title: str
    content: Content
    source_url: str | None
    status: Literal[
        "pending",
        "offered",
        "accepted",
        "declined",
        "lapsed",
        "published",
        "completed",
        "failed",
        "cancelled",
        "stopped",
        "disputed",
    ]
    label: str
    payment: Literal["held", "paid", "refunded", "split"] | None
    settled: Settled | None
    post_url: str | None
    window: TimeWindow
    accept_by: str
    retention: str
    publishing: Publishing
    reason: EndReason | None
    counter: Counter | None
    draft_approval: bool
    draft: CreatorsDraft | None
    dispute_id: str | None
    report: PostReport | None
    check_delay: CheckDelay | None
    evidence: list[CheckEvidence]
    snapshots: list[Snapshot]
    anomalies: list[Anomaly]
    timers: list[Timer]
    deadline: str | None
    events: list[Happened]
    stuck: Stuck | None
    created_at: str
    updated_at: str
    type: Literal["order"]


class OrderReport(TypedDict):
    """One order of a report."""

    spend: Money
    reads: int | None
    interactions: int | None
    clicks: int | None
    cpm: Money | None
    cpe: Money | None
    cpc: Money | None
    outcomes: int | None
    outcome_value: Money | None
    cost_per_outcome: Money | None
    order_id: str | None
    account_id: str
    handle: str
    kind: Literal["post", "repost"] | None
    status: Literal[
        "pending",
        "offered",
        "accepted",
        "declined",
        "lapsed",
        "published",
        "completed",
        "failed",
        "cancelled",
        "stopped",
        "disputed",
    ]
    reposts: int | None
    comments: int | None
    likes: int | None
    visitors: int | None
    forecast: OrderForecast | None
    comparable: ComparableCosts | None
    anomalies: list[Anomaly]
    snapshots: list[Snapshot]
    figures_at: str | None


class OrganisationOfCaller(TypedDict):
    """An organisation that the caller belongs to."""

    id: str
    name: str
    role: str


class OutcomesLine(TypedDict):
    """The outcomes that were uploaded last for a task."""

    type: Literal["outcomes"]
    task_id: str
    uploaded_at: str
    orders: list[OutcomesOfOrder]


class OutcomesOfOrder(TypedDict):
    """What was uploaded for one order; `value` is null where the file named none."""

    order_id: str
    outcomes: int
    value: Money | None


class OutcomesTaken(TypedDict):
    """What an uploaded file of outcomes held."""

    task_id: str
    outcomes: int
    value: NotRequired[Money | None]
    orders: int
    uploaded_at: str


class Overlap(TypedDict):
    """Followers that two accounts share."""

    account_ids: list[str]
    people: int
    share_of_smaller: float


class OwnAccount(TypedDict):
    """An account of the caller's, in brief; `GET /v1/accounts/{account_id}` has the whole card."""

    id: str
    network: str
    handle: str
    category: str | None
    status: str
    orderable: bool
    paused: bool
    grade: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None


class OwnPrices(TypedDict):
    """What the creator asks; a kind without a price of its own is missing."""

    post: NotRequired[Money]
    repost: NotRequired[Money]


class Ownership(TypedDict):
    """Whether the creator has proved the account by a code. `required`: it takes no orders until then (rule 25)."""

    status: Literal["unverified", "code_given", "verified"]
    verified_at: str | None
    evidence: OwnershipEvidence | None
    required: bool


class OwnershipCode(TypedDict):
    """The code that the profile or a new post has to show."""

    code: str
    expires_at: str
    status: Literal["code_given"]


class OwnershipEvidence(TypedDict):
    """Where the code was found."""

    at: str
    where: str
    text_sha256: NotRequired[str]


class PaidHere(TypedDict):
    """What orders paid here against the model: the ratio, and its weight."""

    ratio: float
    orders: int
    advertisers: int
    weight: float


class ParkedSegment(TypedDict):
    """A part of a regrade that could not be done."""

    segment: str
    reason: str


class PayeeIn(TypedDict):
    """The account at the provider that is to be paid, and the name it is in."""

    account: str
    name: str


class Payout(TypedDict):
    """The outcome of a payout."""

    revision: int
    outcome: Literal["paid", "failed"]
    note: NotRequired[str | None]


class PayoutState(TypedDict):
    """How far the provider is with a payout."""

    status: str
    reason: str | None
    at: str


class Picture(TypedDict):
    """A picture as it was submitted, without metadata; size in pixels; `url` works until `expires_at`."""

    id: str
    content_type: str
    bytes: int
    width: int | None
    height: int | None
    url: str
    expires_at: str


class PictureBody(TypedDict):
    """A picture to be uploaded (rule 6)."""

    content_type: Literal["image/jpeg", "image/png", "image/gif"]
    bytes: int


class PictureLine(TypedDict):
    """A picture that was announced; its file is shown by the tasks that use it."""

    type: Literal["picture"]
    id: str
    content_type: str
    bytes: int
    announced_at: str


class PictureUpload(TypedDict):
    """A picture that waits for its upload."""

    id: str
    upload: UploadForm


class Plan(TypedDict):
    """The accounts that bring the most for a budget, and why each. `task` is the body of the task it would become."""

    id: str
    status: Literal["open", "ordered", "expired"]
    task_id: str | None
    expires_at: str
    made_at: str
    asked: PlanAsked
    goal: Literal["reads", "interactions", "clicks", "unique_reads"]
    kind: Literal["post", "repost"]
    budget: Money
    left: Money
    accounts: list[PlannedAccount]
    totals: PlanTotals
    audience: PlanAudience | None
    share_of_best: float | None
    next_tenth: NextTenth
    comparison: PlanComparison
    candidates: int
    left_out: LeftOut
    rests_on: PlanBasis
    examined: int
    more_exist: bool
    task: dict[str, Any]


class PlanAlternative(TypedDict):
    """Another way to spend the budget, and how much more of the goal the plan brings."""

    accounts: int
    price: Money
    reads: int
    interactions: int
    clicks: int
    cpm: Money | None
    cpe: Money | None
    cpc: Money | None
    unique_reads: NotRequired[int]
    plan_brings_more: int


class PlanAsked(TypedDict):
    """What the plan was asked for."""

    budget: Money
    goal: Literal["reads", "interactions", "clicks", "unique_reads"]
    kind: Literal["post", "repost"]
    filters: PlanFilters
    must_have: list[str]
    exclude: list[str]
    max_accounts: int


class PlanAudience(TypedDict):
    """What is known about the audiences together, from sketches."""

    known: int
    unknown: int
    followers: NotRequired[int]
    unique_followers: NotRequired[int]
    overlaps: NotRequired[list[Overlap]]
    standard_error: NotRequired[float]


class PlanBasis(TypedDict):
    """Which model and how old figures the plan rests on."""

    forecast_version: str
    figures_from: str | None


class PlanBody(TypedDict):
    """A budget and what it is for. `task`: the other fields of the task that the plan is to become; with a `window` in it, accounts that have no place there are left out."""

    budget: MoneyIn
    goal: NotRequired[Literal["reads", "interactions", "clicks", "unique_reads"]]
    kind: NotRequired[Literal["post", "repost"]]
    filters: NotRequired[FiltersIn]
    must_have: NotRequired[list[str]]
    exclude: NotRequired[list[str]]
    max_accounts: NotRequired[int]
    task: NotRequired[dict[str, Any]]


class PlanComparison(TypedDict):
    """The plan beside the cheapest and the biggest accounts."""

    cheapest: PlanAlternative
    biggest: PlanAlternative


class PlanFilters(TypedDict):
    """Which accounts the plan may take."""

    category: NotRequired[str | None]
    grade_min: NotRequired[
        Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    ]
    followers_min: NotRequired[int | None]
    price_max: NotRequired[Money | None]


class PlanLine(TypedDict):
    """A plan as it was made."""

    id: str
    status: Literal["open", "ordered", "expired"]
    task_id: str | None
    expires_at: str
    made_at: str
    asked: PlanAsked
    goal: Literal["reads", "interactions", "clicks", "unique_reads"]
    kind: Literal["post", "repost"]
    budget: Money
    left: Money
    accounts: list[PlannedAccount]
    totals: PlanTotals
    audience: PlanAudience | None
    share_of_best: float | None
    next_tenth: NextTenth
    comparison: PlanComparison
    candidates: int
    left_out: LeftOut
    rests_on: PlanBasis
    examined: int
    more_exist: bool
    task: dict[str, Any]
    type: Literal["plan"]


class PlanReason(TypedDict):
    """Why an account is in the plan, and the figures behind it."""

    code: str
    text: str
    per_unit: NotRequired[float]
    better_than: NotRequired[float]
    worth: NotRequired[int]


class PlanSummary(TypedDict):
    """A plan as a list shows it; `accounts` counts them."""

    id: str
    status: Literal["open", "ordered", "expired"]
    task_id: str | None
    expires_at: str
    made_at: str
    goal: Literal["reads", "interactions", "clicks", "unique_reads"]
    kind: Literal["post", "repost"]
    budget: Money
    totals: PlanTotals
    accounts: int


class PlanTaskBody(TypedDict):
    """The task that a plan becomes: what it says and when. Accounts, kind and the most it may cost are the plan's."""

    title: str
    content: ContentIn
    source_url: NotRequired[str | None]
    window: WindowIn
    accept_by: str | datetime
    retention: NotRequired[str | timedelta]
    draft_approval: NotRequired[bool]
    publishing: NotRequired[PublishingIn]


class PlanTotals(TypedDict):
    """What a set of accounts costs and brings."""

    accounts: int
    price: Money
    reads: int
    interactions: int
    clicks: int
    cpm: Money | None
    cpe: Money | None
    cpc: Money | None
    unique_reads: NotRequired[int]


class PlannedAccount(TypedDict):
    """An account of the plan with its price, forecast and reasons; cpm, cpe, cpc: price per 1,000 reads, interaction, click."""

    account_id: str
    handle: str
    category: str | None
    grade: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"] | None
    followers: int
    figures_as_of: str
    price: Money
    forecast: Forecast
    cpm: Money | None
    cpe: Money | None
    cpc: Money | None
    reasons: list[PlanReason]


class PostBody(TypedDict):
    """A post of `account_id`. `repost_of` is the URL of the post it reposts."""

    account_id: str
    text: str
    urls: NotRequired[list[str]]
    picture_ids: NotRequired[list[str]]
    repost_of: NotRequired[str | None]


class PostReport(TypedDict):
    """A post that the creator reported while the network could not be read; it counts from `at`."""

    post_url: str
    at: str


class PriceBand(TypedDict):
    """An advised price and how far it may be off."""

    low: Money
    mid: Money
    high: Money


class PriceByKind(TypedDict):
    """A price for each kind, null where there is none."""

    post: Money | None
    repost: Money | None


class PriceChange(TypedDict):
    """One change of what an account asked (`own`) or was advised (`advised`)."""

    at: str
    cause: str
    what: Literal["own", "advised"]
    prices: NotRequired[PriceByKind]
    advised_price: NotRequired[AdvisedPrices]
    methodology_version: NotRequired[str]


class PriceChangeLine(TypedDict):
    """A change of an account's own or advised prices."""

    at: str
    cause: str
    what: Literal["own", "advised"]
    prices: NotRequired[PriceByKind]
    advised_price: NotRequired[AdvisedPrices]
    methodology_version: NotRequired[str]
    type: Literal["price_change"]
    account_id: str


class PriceModel(TypedDict):
    """How far the model's prices were from asked ones where it was measured."""

    median_error: float | None
    within_factor_2: float | None
    paid: PaidHere | None


class PriceSources(TypedDict):
    """Where the price of an order comes from."""

    post: Literal["own", "advised"] | None
    repost: Literal["own", "advised"] | None


class PricesIn(TypedDict):
    """The creator's own prices, by kind; null takes one away."""

    post: NotRequired[MoneyIn | None]
    repost: NotRequired[MoneyIn | None]


class ProfileBody(TypedDict):
    """The profile of an account; ownership codes are put here."""

    description: str


class Proof(TypedDict):
    """A reconciliation: balances against entries, seals, held money against open orders, open withdrawals and suspense, settlement files. Entries after `settled_until` are compared between accounts by the next one."""

    status: Literal["clean", "differences"]
    as_of: str
    settled_until: NotRequired[str]
    accounts_checked: int
    entries_checked: int
    entries_unsettled: NotRequired[int]
    sealed_through: str | None
    totals: ProofTotals
    differences: list[LedgerDifference]
    differences_found: int
    unverified: list[str]
    unverified_found: int
    settlements: NotRequired[list[ComparisonSummary]]


class ProofTotals(TypedDict):
    """Sums of all ledger accounts by class; debits equal credits."""

    debits: Money
    credits: Money
    advertisers: Money
    held: Money
    creators: Money
    withdrawing: Money
    commission: Money
    suspense: Money
    providers: Money


class PublishBody(TypedDict):
    """Where the post is."""

    post_url: str


class Publishing(TypedDict):
    """Who publishes: the creator, or the platform at a moment."""

    mode: Literal["creator", "platform"]
    at: str | None


class PublishingIn(TypedDict):
    """Who publishes: the creator, who then sends the link; or the platform at a time of the window (its start, unless named), for accounts whose owners permit it."""

    mode: NotRequired[Literal["creator", "platform"]]
    at: NotRequired[str | datetime | None]


class PublishingPermission(TypedDict):
    """Whether the market may publish as the account."""

    allowed: bool
    since: str | None
    until: str | None


class PublishingPermissionIn(TypedDict):
    """Whether the market may publish as the account. `code`: what the network gave the owner for us, where it wants one."""

    allowed: bool
    code: NotRequired[str | None]


class Quote(TypedDict):
    """What orders would cost now."""

    kind: Literal["post", "repost"]
    lines: list[QuoteLine]
    commission: Money
    net: Money
    total: Money


class QuoteBody(TypedDict):
    """For which accounts a price is asked."""

    kind: Literal["post", "repost"]
    account_ids: list[str]


class QuoteLine(TypedDict):
    """What one order would cost."""

    price: Money
    commission: Money
    net: Money
    account_id: str
    handle: str
    price_source: Literal["own", "advised"]


class ReasonBody(TypedDict):
    """Why: a machine-readable code, and a sentence if there is more to say."""

    reason_code: str
    note: NotRequired[str | None]


class ReasonIn(TypedDict):
    """A machine-readable reason and a sentence."""

    code: str
    note: NotRequired[str | None]


class Regrade(TypedDict):
    """How far a regrade is and what it changed."""

    execution: str
    status: str
    methodology_version: str | None
    segments: Segments
    accounts: int
    changed: int
    up: int
    down: int
    shares: dict[str, float]
    units: Units
    parked: list[ParkedSegment]
    started_at: str | None
    ended_at: str | None
    as_of: str


class RegradeStarted(TypedDict):
    """A regrade that runs now; `status_url` tells how far it is."""

    execution: str
    status_url: str


class Report(TypedDict):
    """What a task cost and brought."""

    task_id: str
    title: str
    status: Literal["draft", "in_review", "rejected", "running", "completed", "cancelled", "stopped"]
    totals: ReportTotals
    orders: list[OrderReport]
    outcomes_at: str | None
    as_of: str


class ReportLink(TypedDict):
    """A link to the report's page, for readers without an account."""

    url: str
    expires_at: str


class ReportLinksRevoked(TypedDict):
    """From `revoked_at` on, no earlier link to the report's page works."""

    task_id: str
    revoked_at: str


class ReportTotals(TypedDict):
    """All orders together."""

    spend: Money
    reads: int | None
    interactions: int | None
    clicks: int | None
    cpm: Money | None
    cpe: Money | None
    cpc: Money | None
    outcomes: int | None
    outcome_value: Money | None
    cost_per_outcome: Money | None
    orders: int
    posts: int
    forecast: ExpectedTogether | None


class Resolution(TypedDict):
    """`credited` needs `advertiser_id`; `returned` goes back to the provider."""

    revision: int
    resolution: Literal["credited", "returned"]
    advertiser_id: NotRequired[str | None]
    note: NotRequired[str | None]


class Review(TypedDict):
    """The review of a task and its clock. `findings_more`: how many findings there are beyond those of `findings`."""

    status: Literal["not_submitted", "pending", "approved", "rejected", "missed"]
    due_at: str | None
    reasons: list[Why]
    round: int
    findings: list[Finding]
    findings_more: int


class ReviewAppeal(TypedDict):
    """The appeal of a rejection, and what was rejected."""

    status: Literal["open", "granted", "upheld"]
    label: str
    note: str
    reasons: list[Why]
    at: str


class ReviewBody(TypedDict):
    """The decision of a review; a rejection says why."""

    revision: int
    decision: Literal["approved", "rejected"]
    reasons: NotRequired[list[ReasonIn]]


class RevocationIn(TypedDict):
    """Why a certification is taken back (rule 28)."""

    revision: int
    reason_code: str
    note: NotRequired[str | None]


class Ruling(TypedDict):
    """How a dispute was ruled; of a split the creator gets `creator_share_bps` / 10,000 of the price. `by` is the auditor's user id for staff, and `auditor` for the two sides."""

    outcome: Literal["pay", "refund", "split"]
    creator_share_bps: int | None
    note: str
    by: str
    revision: NotRequired[int]
    at: str


class RulingBody(TypedDict):
    """How a dispute ends (rule 20)."""

    revision: int
    outcome: Literal["pay", "refund", "split"]
    creator_share_bps: NotRequired[int | None]
    note: str


class SandboxClock(TypedDict):
    """The clock of a sandbox stage. `offset` is how far it is ahead of the wall clock; `waking` is true while workflows are still being woken after the last move."""

    now: str
    offset: str
    waking: bool


class SandboxFigures(TypedDict):
    """The figures of a post now."""

    reads: int
    likes: int
    reposts: int
    comments: int


class SandboxPay(TypedDict):
    """What the sandbox provider shall claim; by default, what was asked for."""

    amount: NotRequired[int | None]
    transaction_id: NotRequired[str | None]


class SandboxPayment(TypedDict):
    """A payment that the sandbox provider played."""

    payment_id: str
    notification: Notification
    answer: NotificationOutcome


class SandboxPost(TypedDict):
    """A post on the sandbox network."""

    id: str
    post_url: str
    account_id: str
    text: str
    urls: list[str]
    picture_ids: list[str]
    repost_of: str | None
    posted_at: str
    figures: SandboxFigures
    edited_at: str | None


class SandboxPostDeleted(TypedDict):
    """A deleted post."""

    id: str
    deleted: bool


class SandboxProfile(TypedDict):
    """A profile on the sandbox network."""

    account_id: str
    description: str
    followers: int


class Segments(TypedDict):
    """How many of the parts of a regrade are done."""

    done: int
    all: int


class Settled(TypedDict):
    """Where the price went."""

    net: Money
    commission: Money
    returned: Money


class SettledOrder(TypedDict):
    """An order that was paid in full, without names, and what the model advised then."""

    kind: Literal["post", "repost"]
    price: Money
    modelled: Money | None
    ended_at: str


class SettlementDifference(TypedDict):
    """A transaction that ledger and file tell differently; amounts in minor units, null where it is missing."""

    transaction_id: str
    kind: str
    ledger: int | None
    file: int | None


class SettlementUpload(TypedDict):
    """A settlement file that waits for its upload."""

    id: str
    upload: UploadForm


class Sign(TypedDict):
    """One sign of a factor; `effect` is what it adds: log odds, or a share of a record."""

    name: str
    label: str
    value: float | None
    effect: float | None


class Snapshot(TypedDict):
    """Figures of the post at a moment; what the network does not tell is missing."""

    at: str
    found: bool
    reads: NotRequired[int]
    reposts: NotRequired[int]
    comments: NotRequired[int]
    likes: NotRequired[int]
    comments_read: NotRequired[int]
    comments_copied: NotRequired[int]
    clicks: NotRequired[int]
    visitors: NotRequired[int]


class SnapshotIn(TypedDict):
    """What was measured of an account at `as_of` (RFC 3339, or a day in UTC). What is missing is not known."""

    as_of: str | datetime
    followers: int
    active_followers: NotRequired[int | None]
    reads_avg_30d: NotRequired[float | None]
    posts_30d: NotRequired[int | None]
    reposts_avg_30d: NotRequired[float | None]
    comments_avg_30d: NotRequired[float | None]
    likes_avg_30d: NotRequired[float | None]
    originals_share: NotRequired[float | None]
    following: NotRequired[int | None]
    registered_at: NotRequired[str | datetime | None]
    verified: NotRequired[bool | None]
    organisation: NotRequired[bool | None]
    posts_total: NotRequired[int | None]
    earlier_at: NotRequired[str | datetime | None]
    earlier_followers: NotRequired[int | None]
    earlier_following: NotRequired[int | None]
    earlier_posts_total: NotRequired[int | None]
    active_days_30d: NotRequired[float | None]
    duplicates_share: NotRequired[float | None]
    links_share: NotRequired[float | None]
    burst_share: NotRequired[float | None]
    automated_share: NotRequired[float | None]
    reactions_variation: NotRequired[float | None]
    copied_comments_share: NotRequired[float | None]
    top_reactors_share: NotRequired[float | None]
    popular: NotRequired[bool | None]
    accepted_all_last_week: NotRequired[bool | None]
    by_appointment: NotRequired[bool | None]
    market_stars: NotRequired[int | None]
    orders_90d: NotRequired[int | None]
    acceptance_rate: NotRequired[float | None]
    on_time_share: NotRequired[float | None]
    kept_share: NotRequired[float | None]
    disputes_lost_share: NotRequired[float | None]


class Span(TypedDict):
    """Where in the text: characters from `start` up to `end`."""

    start: int
    end: int


class StaffWithdrawal(TypedDict):
    """A withdrawal as staff see it."""

    id: str
    revision: int
    status: Literal["requested", "paid", "failed"]
    owner_id: str
    amount: Money
    provider: str
    payee: MaskedPayee | None
    payout: PayoutState | None
    requested_at: str
    decided_at: str | None
    note: str | None
    confirmation: Confirmation | None
    decided_by: str | None


class Statement(TypedDict):
    """What a side stated to a dispute, with URLs of evidence."""

    by: Literal["advertiser", "creator"]
    note: str
    urls: list[str]
    at: str


class StatementBody(TypedDict):
    """What a side says to a dispute, with URLs of evidence."""

    note: str
    urls: NotRequired[list[str]]


class StatementCounts(TypedDict):
    """How many statements each side has made."""

    advertiser: int
    creator: int


class Stuck(TypedDict):
    """Why a workflow stopped; staff run it again with `…/retry`."""

    at: str
    status: str
    error: str
    cause: str


class SuspenseItem(TypedDict):
    """Money that fits no open payment (rule 4)."""

    id: str
    revision: int
    status: Literal["open", "credited", "returned"]
    provider: str
    transaction_id: str
    payment_id: str | None
    amount: Money
    reason: str
    at: str
    advertiser_id: str | None
    note: str | None
    resolved_at: str | None
    confirmation: Confirmation | None
    decided_by: str | None


class Task(TypedDict):
    """A task with its accounts."""

    id: str
    revision: int
    advertiser_id: str
    status: Literal["draft", "in_review", "rejected", "running", "completed", "cancelled", "stopped"]
    label: str
    kind: Literal["post", "repost"]
    title: str
    content: Content
    source_url: str | None
    window: TimeWindow
    accept_by: str
    retention: str
    final_at: str
    draft_approval: bool
    publishing: Publishing
    reserve_account_ids: list[str]
    call: CallTerms | None
    max_total: Money | None
    total: Money
    totals: TaskTotals
    order_counts: dict[str, int]
    review: Review
    appeal: ReviewAppeal | None
    reason: Why | None
    winding_up: bool
    closing: Closing | None
    events: list[Happened]
    stuck: Stuck | None
    created_at: str
    updated_at: str
    account_ids: list[str]


class TaskBody(TypedDict):
    """A task as an advertiser asks for it. `account_ids` names who is asked, or `call` says who may apply; on an edit, without both, the task keeps its accounts. `draft`: it is kept, nothing is held, and it waits for accounts and submission."""

    title: str
    content: ContentIn
    source_url: NotRequired[str | None]
    window: WindowIn
    accept_by: str | datetime
    retention: NotRequired[str | timedelta]
    draft_approval: NotRequired[bool]
    publishing: NotRequired[PublishingIn]
    kind: Literal["post", "repost"]
    account_ids: NotRequired[list[str] | None]
    reserve_account_ids: NotRequired[list[str]]
    max_total: NotRequired[MoneyIn | None]
    call: NotRequired[CallIn | None]
    draft: NotRequired[bool]


class TaskInReview(TypedDict):
    """A task in the review queue."""

    id: str
    revision: int
    advertiser_id: str
    status: Literal["draft", "in_review", "rejected", "running", "completed", "cancelled", "stopped"]
    label: str
    kind: Literal["post", "repost"]
    title: str
    content: Content
    source_url: str | None
    window: TimeWindow
    accept_by: str
    retention: str
    final_at: str
    draft_approval: bool
    publishing: Publishing
    reserve_account_ids: list[str]
    call: CallTerms | None
    max_total: Money | None
    total: Money
    totals: TaskTotals
    order_counts: dict[str, int]
    review: Review
    appeal: ReviewAppeal | None
    reason: Why | None
    winding_up: bool
    closing: Closing | None
    events: list[Happened]
    stuck: Stuck | None
    created_at: str
    updated_at: str
    task_id: str
    due_at: str | None
    overdue: bool
    findings: list[Finding]
    changes: list[Edit]


class TaskLine(TypedDict):
    """A task."""

    id: str
    revision: int
    advertiser_id: str
    status: Literal["draft", "in_review", "rejected", "running", "completed", "cancelled", "stopped"]
    label: str
    kind: Literal["post", "repost"]
    title: str
    content: Content
    source_url: str | None
    window: TimeWindow
    accept_by: str
    retention: str
    final_at: str
    draft_approval: bool
    publishing: Publishing
    reserve_account_ids: list[str]
    call: CallTerms | None
    max_total: Money | None
    total: Money
    totals: TaskTotals
    order_counts: dict[str, int]
    review: Review
    appeal: ReviewAppeal | None
    reason: Why | None
    winding_up: bool
    closing: Closing | None
    events: list[Happened]
    stuck: Stuck | None
    created_at: str
    updated_at: str
    account_ids: list[str]
    type: Literal["task"]


class TaskSummary(TypedDict):
    """A task as lists show it. `order_counts`: how many orders have each status; `label` is the original market's name of the status."""

    id: str
    revision: int
    advertiser_id: str
    status: Literal["draft", "in_review", "rejected", "running", "completed", "cancelled", "stopped"]
    label: str
    kind: Literal["post", "repost"]
    title: str
    content: Content
    source_url: str | None
    window: TimeWindow
    accept_by: str
    retention: str
    final_at: str
    draft_approval: bool
    publishing: Publishing
    reserve_account_ids: list[str]
    call: CallTerms | None
    max_total: Money | None
    total: Money
    totals: TaskTotals
    order_counts: dict[str, int]
    review: Review
    appeal: ReviewAppeal | None
    reason: Why | None
    winding_up: bool
    closing: Closing | None
    events: list[Happened]
    stuck: Stuck | None
    created_at: str
    updated_at: str


class TaskTotals(TypedDict):
    """Prices of the task's orders by what became of them; `commission` is the platform's part of `paid`."""

    held: Money
    paid: Money
    refunded: Money
    commission: Money


class TextPiece(TypedDict):
    """A piece of a text that was edited; in order they give both versions."""

    change: Literal["same", "removed", "added"]
    text: str


class TimeWindow(TypedDict):
    """When the post has to appear."""

    start_at: str
    end_at: str


class Timer(TypedDict):
    """A moment, and the status of the order, or of the dispute, after it if nobody does anything."""

    name: Literal[
        "review_due",
        "accept_by",
        "counter_due",
        "draft_review_due",
        "draft_due",
        "publish_at",
        "window_start",
        "window_end",
        "mend_by",
        "retention_half",
        "retention_end",
        "second_look",
        "check_until",
        "ruling_due",
        "final_at",
    ]
    at: str
    default_outcome: str


class TopUp(TypedDict):
    """A payment to the wallet; it is credited once the provider has said so."""

    id: str
    status: str
    amount: Money
    provider: str
    pay_url: str
    created_at: str
    expires_at: str
    paid_at: str | None


class TopUpBody(TypedDict):
    """`provider`: one that the stage has; without it, its first."""

    amount: MoneyIn
    provider: NotRequired[str | None]


class TopUpLine(TypedDict):
    """A top-up."""

    type: Literal["topup"]
    id: str
    status: str
    amount: Money
    provider: str
    created_at: str
    expires_at: str
    paid_at: str | None


class Units(TypedDict):
    """DynamoDB's units, as far as it reports them."""

    read: float
    written: float


class Upload(TypedDict):
    bytes: int


class UploadForm(TypedDict):
    """A form for S3: send `fields` and then the file as `file`, as multipart/form-data, to `url`."""

    url: str
    fields: dict[str, str]


class User(TypedDict):
    """The user behind the token; `advertiser_id` and `creator_id` are the ids under which this user acts."""

    id: str
    name: str
    email: str | None
    advertiser_id: str
    creator_id: str


class Version(TypedDict):
    """The running version."""

    version: str
    stage: str
    methodology_version: str


class Wallet(TypedDict):
    """What is at hand, held for orders, and on its way out."""

    available: Money
    held: Money
    withdrawing: Money


class WalletSummary(TypedDict):
    """A period: opening + received - spent = closing."""

    opening: Money
    received: Money
    spent: Money
    closing: Money
    entries: int
    by_kind: dict[str, KindSummary]


class Wanted(TypedDict):
    """Who may apply to an open call."""

    category: NotRequired[str]
    grade_min: NotRequired[str]
    followers_min: NotRequired[int]
    price_max: NotRequired[Money]


class Why(TypedDict):
    """A machine-readable code, and a sentence if there is more to say."""

    code: str
    note: NotRequired[str]


class WindowIn(TypedDict):
    """When the post is to be published."""

    start_at: str | datetime
    end_at: str | datetime


class Withdrawal(TypedDict):
    """Money on its way out (rule 21)."""

    id: str
    revision: int
    status: Literal["requested", "paid", "failed"]
    owner_id: str
    amount: Money
    provider: str
    payee: MaskedPayee | None
    payout: PayoutState | None
    requested_at: str
    decided_at: str | None
    note: str | None


class WithdrawalLine(TypedDict):
    """A withdrawal."""

    id: str
    revision: int
    status: Literal["requested", "paid", "failed"]
    owner_id: str
    amount: Money
    provider: str
    payee: MaskedPayee | None
    payout: PayoutState | None
    requested_at: str
    decided_at: str | None
    note: str | None
    type: Literal["withdrawal"]


class WithdrawalRequest(TypedDict):
    """`payee` is needed for a payout through a provider; finance can pay by hand without."""

    amount: MoneyIn
    provider: NotRequired[str | None]
    payee: NotRequired[PayeeIn | None]
