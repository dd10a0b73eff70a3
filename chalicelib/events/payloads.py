"""Types of the member `data` of an event: ids, statuses and amounts that every recipient of the event may see, and a link to the
resource. Pure."""

from __future__ import annotations

from typing import Literal

from chalicelib.core.response_types import Count, Link, Moment, Money, TypedDict
from chalicelib.tasks.model.lifecycle import DisputeStatus, OrderStatus, Payment, TaskStatus
from chalicelib.tasks.model.order_timers import TimerName
from chalicelib.tasks.model.reason_codes import EndReason

AccountStatus = Literal["unclaimed", "pending", "admitted", "rejected", "revoked"]
CertificationStatus = Literal["pending", "approved", "rejected", "revoked"]
ApplicationStatus = Literal["open", "accepted", "declined", "withdrawn"]
AppealStatus = Literal["open", "granted", "rejected"]
ReviewAppealStatus = Literal["open", "granted", "upheld"]
WithdrawalStatus = Literal["requested", "paid", "failed"]
SuspenseStatus = Literal["open", "credited", "returned"]


class TaskChange(TypedDict):
    """A change of a task. `event` is its name in the transition table; `previous_status` is null for a new task."""

    task_id: str
    status: TaskStatus
    previous_status: TaskStatus | None
    event: str
    revision: Count
    url: Link


class ReviewAppealChange(TypedDict):
    """A change of the appeal against the rejection of a task."""

    task_id: str
    status: ReviewAppealStatus
    previous_status: ReviewAppealStatus | None
    revision: Count
    url: Link


class OrderChange(TypedDict):
    """A change of an order. `event` is its name in the transition table; `reason` is set when the order has ended."""

    order_id: str
    task_id: str
    account_id: str
    status: OrderStatus
    previous_status: OrderStatus | None
    event: str
    payment: Payment
    price: Money
    commission: Money
    reason: EndReason | None
    revision: Count
    url: Link


class OrderReminder(TypedDict):
    """A timer of an order whose default takes effect soon: `default_outcome` is the status of the order after `due_at` if the
    recipient does not act. `dispute_id` is set while the order is disputed; `reminder` tells the two reminders of a timer apart."""

    order_id: str
    task_id: str
    account_id: str
    dispute_id: str | None
    status: OrderStatus
    timer: TimerName
    due_at: Moment
    default_outcome: str
    reminder: Literal["first", "last"]
    revision: Count
    url: Link


class DisputeChange(TypedDict):
    """A change of a dispute."""

    dispute_id: str
    order_id: str
    task_id: str
    status: DisputeStatus
    previous_status: DisputeStatus | None
    ruling_due_at: Moment
    revision: Count
    url: Link


class ApplicationChange(TypedDict):
    """A change of an application to an open call. `order_id` is set once it is accepted."""

    application_id: str
    task_id: str
    account_id: str
    status: ApplicationStatus
    previous_status: ApplicationStatus | None
    price: Money
    order_id: str | None
    url: Link


class AccountChange(TypedDict):
    """A change of the status of a creator's account."""

    account_id: str
    status: AccountStatus
    previous_status: AccountStatus | None
    reason_code: str | None
    revision: Count
    url: Link


class GradeChanged(TypedDict):
    """A new grade of a creator's account; `previous_grade` is null for its first one."""

    account_id: str
    grade: str
    previous_grade: str | None
    methodology_version: str
    url: Link


class CertificationChange(TypedDict):
    """A change of an advertiser's certification."""

    advertiser_id: str
    status: CertificationStatus
    previous_status: CertificationStatus | None
    reason_code: str | None
    revision: Count
    url: Link


class AppealChange(TypedDict):
    """A change of the appeal against a grade."""

    appeal_id: str
    account_id: str
    status: AppealStatus
    previous_status: AppealStatus | None
    url: Link


class TopUpPaid(TypedDict):
    """A top-up that was credited to the wallet."""

    topup_id: str
    status: Literal["paid"]
    previous_status: Literal["pending"] | None
    amount: Money
    url: Link


class SuspenseChange(TypedDict):
    """A change of money that matches no open payment."""

    suspense_id: str
    status: SuspenseStatus
    previous_status: SuspenseStatus | None
    amount: Money
    reason: str
    url: Link


class WithdrawalChange(TypedDict):
    """A change of a withdrawal."""

    withdrawal_id: str
    status: WithdrawalStatus
    previous_status: WithdrawalStatus | None
    amount: Money
    url: Link


class PlanOrdered(TypedDict):
    """A plan that became a task."""

    plan_id: str
    task_id: str
    url: Link


class SearchResults(TypedDict):
    """A saved search that has new results; `new` is their number."""

    search_id: str
    new: Count
    url: Link


class WebhookChange(TypedDict):
    """A webhook that was disabled, with the reason, or that is tested."""

    webhook_id: str
    reason: Literal["gone", "failing", "test"]
    url: Link


class MessageSent(TypedDict):
    """A message about an order, or about a dispute if `dispute_id` is set. The text is at `url`."""

    message_id: str
    order_id: str
    dispute_id: str | None
    sender: Literal["advertiser", "creator", "auditor"]
    url: Link
