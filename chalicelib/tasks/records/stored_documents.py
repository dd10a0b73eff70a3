"""The JSON documents that tasks, orders and disputes store in one attribute each. Moments are text, amounts are minor units.
Pure."""

from __future__ import annotations

from typing import Literal, NotRequired

from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import TypedDict
from chalicelib.tasks.model.lifecycle import OrderStatus

TextChange = Literal["same", "removed", "added"]


class Reason(TypedDict):
    """A machine-readable code, and an optional sentence."""

    code: str
    note: NotRequired[str]


class HistoryLine(TypedDict):
    """One event in the history of a task or an order; `by` is who caused it."""

    at: str
    event: str
    by: str
    note: NotRequired[str]


class StuckWorkflow(TypedDict):
    """The time and the error of a stopped workflow, and the status of its item."""

    at: str
    status: str
    error: str
    cause: str


class Span(TypedDict):
    """Characters of a text, from `start` up to `end`."""

    start: int
    end: int


class LintFinding(TypedDict):
    """One finding of the lint."""

    rule: str
    severity: Literal["block", "warn", "note"]
    pointer: str
    text: str
    message: str
    source: str
    span: Span


class SubmittedPicture(TypedDict):
    """A picture of a task; the file is at `key` in the bucket. Tasks from before 2026-11-27 name the `version` of the upload."""

    id: str
    content_type: str
    bytes: int
    key: NotRequired[str]
    width: NotRequired[int]
    height: NotRequired[int]
    version: NotRequired[str]


class PictureCopy(TypedDict):
    """The copy of an upload that tasks show, made from the version `from` of the upload."""

    key: str
    bytes: int
    width: int
    height: int


class Submission(TypedDict):
    """The content of a submission, in the form that is compared. Only older tasks store `account_ids` with it."""

    kind: Kind
    title: str
    text: str
    picture_ids: list[str]
    urls: list[str]
    source_url: str | None
    pictures: list[SubmittedPicture]
    retention: int
    total: int
    accept_by: str
    start_at: str
    end_at: str
    account_ids: NotRequired[list[str]]


class SubmissionChanges(TypedDict, total=False):
    """The changed fields of a submission, each with its value before. `text` has the pieces of both versions in order,
    `account_ids` the removed and the added accounts."""

    kind: Kind
    title: str
    text: list[tuple[TextChange, str]]
    picture_ids: list[str]
    urls: list[str]
    source_url: str | None
    pictures: list[SubmittedPicture]
    retention: int
    total: int
    accept_by: str
    start_at: str
    end_at: str
    account_ids: tuple[list[str], list[str]]


class StoredLine(TypedDict):
    """One order of a task that was not offered yet, with its frozen price (chalicelib.tasks.records.task_lines.Line)."""

    account_id: str
    creator_id: str
    network: str
    handle: str
    price: int
    commission: int
    price_source: Literal["own", "advised", "application"]


class CallConditions(TypedDict, total=False):
    """The accounts that may apply to an open call."""

    category: str
    grade_min: str
    followers_min: int
    price_max: int


class TaskReview(TypedDict):
    """An auditor's decision about a task; `by` is the auditor, `revision` the one of the task that was read."""

    status: Literal["approved", "rejected"]
    reasons: list[Reason]
    by: str
    revision: NotRequired[int | None]


class ReviewAppeal(TypedDict):
    """The appeal of a rejected task, with the auditor and the reasons of the rejection."""

    status: Literal["open", "granted", "upheld"]
    note: str
    at: str
    rejected_by: str | None
    reasons: list[Reason]


class StoredTally(TypedDict):
    """The numbers of a task's orders once none of them can change any more (chalicelib.tasks.model.order_tally.Tally)."""

    order_counts: dict[OrderStatus, int]
    totals: dict[str, int]


class CounterOffer(TypedDict):
    """Another price that the creator named."""

    price: int
    status: Literal["open", "accepted", "declined", "lapsed", "withdrawn"]
    at: str
    note: NotRequired[str]


class DraftReview(TypedDict):
    """An auditor's decision about a creator's draft."""

    decision: Literal["approved", "rejected"]
    reasons: list[Reason]
    by: str
    revision: NotRequired[int | None]


class CreatorDraft(TypedDict):
    """The creator's text. `in_review`: an auditor decides until `due_at`; `submitted`: the advertiser decides until `due_at`."""

    text: str
    status: Literal["in_review", "submitted", "changes_requested", "approved"]
    changes_requested: int
    due_at: str
    findings: list[LintFinding]
    findings_more: NotRequired[int]
    note: NotRequired[str]
    review: NotRequired[DraftReview]


class CheckEvidence(TypedDict):
    """The evidence of a check of a post: its author, a hash of its text, and the network's id of the version, if it has one."""

    at: str
    found: bool
    text_sha256: NotRequired[str]
    author: NotRequired[str | None]
    version: NotRequired[str]


class Snapshot(TypedDict):
    """Figures of a post at a moment. A figure that the network did not return is missing."""

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


class ForecastRange(TypedDict):
    """The range of an outcome (chalicelib.grading.model.forecast.Range)."""

    low: int
    expected: int
    high: int
    basis: str


class StoredForecast(TypedDict):
    """The forecast for a post when it was published, and the grade and category that it rests on."""

    reads: ForecastRange
    interactions: ForecastRange
    clicks: ForecastRange
    as_of: str
    grade: str
    category: str


class UnannouncedChecks(TypedDict):
    """Rule 29: the moments of the unannounced checks that are still to be made, and the evidence of those that found the post."""

    due: list[str]
    evidence: NotRequired[list[CheckEvidence]]


class PostLoss(TypedDict):
    """A check that found the post changed (`found`) or gone; `codes` name the differences."""

    at: str
    codes: list[str]
    found: bool


class SuspectedLoss(PostLoss):
    """A loss that is still to be confirmed by a second look."""

    second_look_at: str


class PostReport(TypedDict):
    """A post that the creator reported while the network could not be read."""

    post_url: str
    at: str


class CheckDelay(TypedDict):
    """A check that cannot be made: since when, when it is tried again, and the code of the problem."""

    since: str
    retry_at: str
    code: str


class Settlement(TypedDict):
    """The final owners of an order's price: the creator (`net`), the platform (`commission`) and the advertiser (`returned`)."""

    net: int
    commission: int
    returned: int


class Ruling(TypedDict):
    """The decision of a dispute; `by` is the auditor."""

    outcome: Literal["pay", "refund", "split"]
    creator_share_bps: int | None
    note: str
    by: str
    revision: NotRequired[int | None]
    at: str


class StoredStatement(TypedDict):
    """A statement inside an older dispute; now statements are items of their own."""

    by: str
    note: str
    urls: list[str]
    at: str
