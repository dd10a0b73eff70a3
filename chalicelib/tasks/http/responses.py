"""What the routes of tasks and orders answer."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import Count, Duration, Link, Moment, Money, TypedDict, UploadForm
from chalicelib.tasks.model.lifecycle import EndReason, OrderStatus, Payment, TaskStatus

By = Literal["advertiser", "creator", "auditor", "staff", "system"]


class Content(TypedDict):
    """What is to be posted."""

    text: str
    picture_ids: list[str]
    urls: list[str]


class TimeWindow(TypedDict):
    """When the post has to appear."""

    start_at: Moment
    end_at: Moment


class Publishing(TypedDict):
    """Who publishes: the creator, or the platform at a moment."""

    mode: Literal["creator", "platform"]
    at: Moment | None


class Why(TypedDict):
    """A machine-readable code, and a sentence if there is more to say."""

    code: str
    note: NotRequired[str]


class Happened(TypedDict):
    """One line of a history."""

    at: Moment
    event: str
    by: By
    note: NotRequired[str]


class Stuck(TypedDict):
    """Why a workflow stopped; staff run it again with `…/retry`."""

    at: Moment
    status: str
    error: str
    cause: str


class Span(TypedDict):
    """Where in the text: characters from `start` up to `end`."""

    start: Count
    end: Count


class Finding(TypedDict):
    """What lint found (rule 9)."""

    rule: str
    severity: Literal["note", "warn", "block"]
    pointer: str
    text: str
    message: str
    source: str
    span: Span


class PriceSplit(TypedDict):
    """A price and its parts: commission and what the creator gets."""

    price: Money
    commission: Money
    net: Money


class QuoteLine(PriceSplit):
    """What one order would cost."""

    account_id: str
    handle: str
    price_source: Literal["own", "advised"]


class Quote(TypedDict):
    """What orders would cost now."""

    kind: Kind
    lines: list[QuoteLine]
    commission: Money
    net: Money
    total: Money


class PictureUpload(TypedDict):
    """A picture that waits for its upload."""

    id: str
    upload: UploadForm


class Picture(TypedDict):
    """A picture as it was submitted, without metadata; size in pixels; `url` works until `expires_at`."""

    id: str
    content_type: str
    bytes: Count
    width: Count | None
    height: Count | None
    url: Link
    expires_at: Moment


class TaskTotals(TypedDict):
    """Prices of the task's orders by what became of them; `commission` is the platform's part of `paid`."""

    held: Money
    paid: Money
    refunded: Money
    commission: Money


class Wanted(TypedDict, total=False):
    """Who may apply to an open call."""

    category: str
    grade_min: str
    followers_min: Count
    price_max: Money


class CallTerms(TypedDict):
    """An open call's filters, its budget, and what nobody was picked for yet."""

    wanted: Wanted
    budget: Money
    unallocated: Money


class OpenCall(CallTerms):
    """An open call as creators see it."""

    task_id: str
    kind: Kind
    title: str
    content: Content
    source_url: str | None
    window: TimeWindow
    accept_by: Moment
    retention: Duration
    draft_approval: bool
    publishing: Publishing


class Review(TypedDict):
    """The review of a task and its clock. `findings_more`: how many findings there are beyond those of `findings`."""

    status: Literal["not_submitted", "pending", "approved", "rejected", "missed"]
    due_at: Moment | None
    reasons: list[Why]
    round: int
    findings: list[Finding]
    findings_more: Count


class ReviewAppeal(TypedDict):
    """The appeal of a rejection, and what was rejected."""

    status: Literal["open", "granted", "upheld"]
    label: str
    note: str
    reasons: list[Why]
    at: Moment


class Closing(TypedDict):
    """A task that was cancelled or stopped, while its orders are being ended one by one."""

    orders_left: Count


class TaskSummary(TypedDict):
    """A task as lists show it. `order_counts`: how many orders have each status; `label` is the original market's name of the
    status."""

    id: str
    revision: Count
    advertiser_id: str
    status: TaskStatus
    label: str
    kind: Kind
    title: str
    content: Content
    source_url: str | None
    window: TimeWindow
    accept_by: Moment
    retention: Duration
    final_at: Moment
    draft_approval: bool
    publishing: Publishing
    reserve_account_ids: list[str]
    call: CallTerms | None
    max_total: Money | None
    total: Money
    totals: TaskTotals
    order_counts: dict[OrderStatus, Count]
    review: Review
    appeal: ReviewAppeal | None
    reason: Why | None
    winding_up: bool
    closing: Closing | None
    events: list[Happened]
    stuck: Stuck | None
    created_at: Moment
    updated_at: Moment


class Task(TaskSummary):
    """A task with its accounts."""

    account_ids: list[str]


class TextPiece(TypedDict):
    """A piece of a text that was edited; in order they give both versions."""

    change: Literal["same", "removed", "added"]
    text: str


class Edit(TypedDict):
    """A field that is not as it was submitted before; of `account_ids` the accounts that were removed and those that were added,
    at most 100 of each."""

    field: str
    before: Any
    after: Any
    pieces: NotRequired[list[TextPiece]]


class TaskInReview(TaskSummary):
    """A task in the review queue."""

    task_id: str
    due_at: Moment | None
    overdue: bool
    findings: list[Finding]
    changes: list[Edit]


class Cancelled(TypedDict):
    """What cancelling does to one order: its status `then`, what it costs as `compensation` (the creator's `net` and the platform's
    `commission`), and what comes back."""

    order_id: str
    account_id: str
    status: OrderStatus
    then: OrderStatus
    price: Money
    compensation: Money
    net: Money
    commission: Money
    returned: Money
    stays: bool


class Cancellation(TypedDict):
    """What cancelling a task does now. Sent back with `revision`, it does this or is refused with `revision_changed`."""

    task_id: str
    status: TaskStatus
    revision: str
    lines: list[Cancelled]
    compensation: Money
    net: Money
    commission: Money
    returned: Money
    stays_held: Money


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
    at: Moment
    default_outcome: str


class Settled(TypedDict):
    """Where the price went."""

    net: Money
    commission: Money
    returned: Money


class Counter(PriceSplit):
    """The creator's other price, and what became of it."""

    status: Literal["open", "accepted", "declined", "lapsed", "withdrawn"]
    at: Moment
    note: NotRequired[str]


class DraftReview(TypedDict):
    """An auditor's decision about a draft."""

    decision: Literal["approved", "rejected"]
    reasons: list[Why]


class CreatorsDraft(TypedDict):
    """The creator's text, before it is posted. `in_review`: an auditor reads it first, until `due_at`; `submitted`: the
    advertiser answers until `due_at`."""

    text: str
    status: Literal["in_review", "submitted", "changes_requested", "approved"]
    changes_requested: Count
    due_at: Moment
    findings: list[Finding]
    findings_more: Count
    note: NotRequired[str]
    review: NotRequired[DraftReview]


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
    findings_more: Count
    due_at: Moment
    overdue: bool
    revision: Count


class PostReport(TypedDict):
    """A post that the creator reported while the network could not be read; it counts from `at`."""

    post_url: Link
    at: Moment


class CheckDelay(TypedDict):
    """A check that cannot be made: since when, when it is tried again, and the code of the problem."""

    since: Moment
    retry_at: Moment
    code: str


class CheckEvidence(TypedDict):
    """What a check fetched: a hash of the text, not the text."""

    at: Moment
    found: bool
    text_sha256: NotRequired[str]
    author: NotRequired[str | None]


class Snapshot(TypedDict):
    """Figures of the post at a moment; what the network does not tell is missing."""

    at: Moment
    found: bool
    reads: NotRequired[Count]
    reposts: NotRequired[Count]
    comments: NotRequired[Count]
    likes: NotRequired[Count]
    comments_read: NotRequired[Count]
    comments_copied: NotRequired[Count]
    clicks: NotRequired[Count]
    visitors: NotRequired[Count]


class Anomaly(TypedDict):
    """What is conspicuous about the figures, in words, and what it rests on."""

    kind: str
    says: str
    rests_on: dict[str, Any]


class Order(PriceSplit):
    """An order; `content` is exactly what is to be posted, ad mark and click links included. `timers` are all that can still end a
    state, each with its default outcome, and `deadline` is the next of them that
    changes it; `reason` says why an order has ended."""

    id: str
    task_id: str
    account_id: str
    handle: str
    network: str
    creator_id: str
    kind: Kind
    title: str
    content: Content
    source_url: str | None
    status: OrderStatus
    label: str
    payment: Payment | None
    settled: Settled | None
    post_url: str | None
    window: TimeWindow
    accept_by: Moment
    retention: Duration
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
    deadline: Moment | None
    events: list[Happened]
    stuck: Stuck | None
    created_at: Moment
    updated_at: Moment


class Application(PriceSplit):
    """An application to an open call."""

    id: str
    task_id: str
    account_id: str
    handle: str
    network: str
    creator_id: str
    status: Literal["open", "accepted", "declined", "withdrawn", "expired"]
    note: str | None
    order_id: str | None
    accept_by: Moment
    created_at: Moment
    updated_at: Moment


class Statement(TypedDict):
    """What a side stated to a dispute, with URLs of evidence."""

    by: Literal["advertiser", "creator"]
    note: str
    urls: list[str]
    at: Moment


class StatementCounts(TypedDict):
    """How many statements each side has made."""

    advertiser: Count
    creator: Count


class Ruling(TypedDict):
    """How a dispute was ruled; of a split the creator gets `creator_share_bps` / 10,000 of the price. `by` is the auditor's user
    id for staff, and `auditor` for the two sides."""

    outcome: Literal["pay", "refund", "split"]
    creator_share_bps: int | None
    note: str
    by: str
    revision: NotRequired[Count]
    at: Moment


class DisputeSummary(TypedDict):
    """A dispute without its statements."""

    id: str
    revision: Count
    order_id: str
    task_id: str
    status: Literal["open", "paid", "refunded", "split", "unruled"]
    label: str
    opened_by: Literal["advertiser", "creator", "system"]
    reason: Why
    statement_counts: StatementCounts
    ruling: Ruling | None
    timers: list[Timer]
    opened_at: Moment
    due_at: Moment
    ended_at: Moment | None


class Dispute(DisputeSummary):
    """A dispute with what both sides stated."""

    statements: list[Statement]
