"""Response types of the caller's overview."""

from __future__ import annotations

from typing import Literal, NotRequired

from chalicelib.accounts.http.response_types import Account, Advertiser
from chalicelib.core.response_types import Count, Moment, TypedDict
from chalicelib.decisions.decision_log import Decision
from chalicelib.grading.model.methodology import GradeName
from chalicelib.tasks.model.lifecycle import DisputeStatus, OrderStatus, TaskStatus
from chalicelib.tasks.model.reason_codes import EndCode

Role = Literal["advertiser", "creator", "auditor", "finance", "admin"]


class User(TypedDict):
    """The user behind the token; `advertiser_id` and `creator_id` are the ids under which this user acts."""

    id: str
    name: str
    email: str | None
    advertiser_id: str
    creator_id: str


class OwnAccount(TypedDict):
    """An account of the caller, in brief; `GET /v1/accounts/{account_id}` has all members."""

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


class Queue(TypedDict):
    """Work of one kind: how much waits, the deadline that comes first, and how much is overdue. `since`: the time since which the
    first waits, in a queue without deadlines."""

    waiting: Count
    due_at: Moment | None
    since: Moment | None
    overdue: Count


class AdvertiserQueues(TypedDict):
    """Pending work of an advertiser by kind. `tasks`: drafts and rejected tasks, due at `accept_by`."""

    counter_offers: Queue
    drafts: Queue
    applications: Queue
    disputes: Queue
    tasks: Queue


class CreatorQueues(TypedDict):
    """Pending work of a creator by kind: offers to answer, drafts to write, posts to publish, open disputes."""

    offers: Queue
    drafts: Queue
    publications: Queue
    disputes: Queue


class AuditorQueues(TypedDict):
    """The queues of auditors."""

    reviews: Queue
    draft_reviews: Queue
    certifications: Queue
    admissions: Queue
    appeals: Queue
    disputes: Queue
    stuck_orders: Queue


class FinanceQueues(TypedDict):
    """The queues of finance."""

    withdrawals: Queue
    suspense: Queue


class AdvertiserCounts(TypedDict):
    """Pending work of an advertiser: orders with an open counter-offer or draft, tasks that are drafts or were rejected, and
    undecided applications to open calls. `more`: at least one number is larger."""

    orders: Count
    tasks: Count
    applications: Count
    more: bool
    queues: AdvertiserQueues


class CreatorCounts(TypedDict):
    """Pending work of a creator: orders to accept or decline, to draft or to publish. `more`: the number is larger."""

    orders: Count
    more: bool
    queues: CreatorQueues


class AuditorCounts(TypedDict):
    """Pending work of an auditor, by queue. `more`: at least one queue is longer."""

    reviews: Count
    draft_reviews: Count
    certifications: Count
    admissions: Count
    appeals: Count
    disputes: Count
    more: bool
    queues: AuditorQueues


class FinanceCounts(TypedDict):
    """Pending work of finance, by queue. `more`: at least one queue is longer."""

    withdrawals: Count
    suspense: Count
    more: bool
    queues: FinanceQueues


class PastRejection(TypedDict):
    """A rejection of a task."""

    at: Moment
    reason_codes: list[str]


class PastTask(TypedDict):
    """A task in brief, with its rejections."""

    id: str
    title: str
    status: TaskStatus
    created_at: Moment
    rejections: list[PastRejection]


class PastTasks(TypedDict):
    """The newest tasks of an advertiser. `counts`: how many of the `counted` ones have each status; `more`: there are others."""

    counted: Count
    more: bool
    counts: dict[TaskStatus, Count]
    newest: list[PastTask]


class PastOrder(TypedDict):
    """An order in brief."""

    id: str
    task_id: str
    title: str
    status: OrderStatus
    reason_code: EndCode | None
    dispute_id: str | None
    created_at: Moment


class PastOrders(TypedDict):
    """The newest orders of an account. `counts`: how many of the `counted` ones have each status; `more`: there may be others."""

    counted: Count
    more: bool
    counts: dict[OrderStatus, Count]
    newest: list[PastOrder]


class PastDispute(TypedDict):
    """A dispute in brief."""

    id: str
    order_id: str
    status: DisputeStatus
    reason_code: str
    opened_by: Literal["advertiser", "creator", "system"]
    opened_at: Moment


class AdvertiserHistory(TypedDict):
    """The history of an enterprise, for an auditor before a decision; the newest 20 of each list."""

    advertiser: Advertiser
    tasks: PastTasks
    disputes: list[PastDispute]
    decisions: list[Decision]


class AccountHistory(TypedDict):
    """The history of an account, for an auditor before a decision; the newest 20 of each list. Disputes are those of its owner."""

    account: Account
    orders: PastOrders
    disputes: list[PastDispute]
    decisions: list[Decision]


class Found(TypedDict):
    """A thing that a look-up has found. `parent_id`: the thing that it belongs to, such as the task of an order."""

    type: Literal[
        "account",
        "advertiser",
        "task",
        "order",
        "dispute",
        "grade_appeal",
        "application",
        "topup",
        "withdrawal",
        "suspense",
        "plan",
        "shortlist",
    ]
    id: str
    title: str
    status: str | None
    parent_id: str | None


class Counts(TypedDict):
    """Pending work for each role of the caller."""

    advertiser: NotRequired[AdvertiserCounts]
    creator: NotRequired[CreatorCounts]
    auditor: NotRequired[AuditorCounts]
    finance: NotRequired[FinanceCounts]


class Me(TypedDict):
    """The caller. `advertiser` is null until the caller has registered an enterprise; `accounts` has at most the 100 that were
    bound last."""

    user: User
    roles: list[Role]
    advertiser: Advertiser | None
    accounts: list[OwnAccount]
    organisations: list[OrganisationOfCaller]
    counts: Counts
