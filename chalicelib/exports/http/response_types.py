"""Response types of exports, and the types of their lines."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.accounts.http.response_types import Account, Advertiser, GradeAppeal, PriceChange
from chalicelib.core.response_types import Count, Link, Moment, Money, TypedDict
from chalicelib.grading.response_types import GradeChange
from chalicelib.messages.http.response_types import ExportedMessage
from chalicelib.payments.port import PayeeStatus
from chalicelib.planning.http.response_types import Plan
from chalicelib.shortlists.http.responses import SavedSearch, Shortlist
from chalicelib.tasks.http.open_call_responses import Application
from chalicelib.tasks.http.orders.dispute_responses import Dispute
from chalicelib.tasks.http.orders.order_responses import Order
from chalicelib.tasks.http.task_responses import Task
from chalicelib.wallet.http.responses import Entry
from chalicelib.wallet.http.withdrawal_responses import Withdrawal


class ExportPart(TypedDict):
    """A file of `lines` lines of JSON behind a link; `next_cursor` gets the next part, null after the last."""

    id: str
    lines: Count
    url: Link
    expires_at: Moment
    next_cursor: str | None


class AdvertiserLine(Advertiser):
    """The enterprise."""

    type: Literal["advertiser"]


class TaskLine(Task):
    """A task."""

    type: Literal["task"]


class OrderLine(Order):
    """An order: of a task, after it; of a creator, the newest first."""

    type: Literal["order"]


class DisputeLine(Dispute):
    """The dispute about the order in the line before, with the statements of both sides."""

    type: Literal["dispute"]


class OutcomesOfOrder(TypedDict):
    """The uploaded outcomes of one order; `value` is null if the file has none."""

    order_id: str
    outcomes: Count
    value: Money | None


class OutcomesLine(TypedDict):
    """The last uploaded outcomes of a task."""

    type: Literal["outcomes"]
    task_id: str
    uploaded_at: Moment
    orders: list[OutcomesOfOrder]


class ApplicationLine(Application):
    """An application: to one of the advertiser's open calls, or of the creator."""

    type: Literal["application"]


class PlanLine(Plan):
    """A plan as it was made."""

    type: Literal["plan"]


class ShortlistLine(Shortlist):
    """A shortlist with its accounts."""

    type: Literal["shortlist"]
    account_ids: list[str]


class SavedSearchLine(SavedSearch):
    """A saved search."""

    type: Literal["search"]


class PictureLine(TypedDict):
    """An announced picture; the tasks that use it have a link to its file."""

    type: Literal["picture"]
    id: str
    content_type: str
    bytes: Count
    announced_at: Moment


class TopUpLine(TypedDict):
    """A top-up."""

    type: Literal["topup"]
    id: str
    status: str
    amount: Money
    provider: str
    created_at: Moment
    expires_at: Moment
    paid_at: Moment | None


class PayeeLine(TypedDict):
    """The account that a provider opened to pay the owner; `status` and `missing` were its state `as_of` this time."""

    type: Literal["payee"]
    provider: str
    account: str
    country: str
    status: PayeeStatus
    missing: list[str]
    as_of: Moment


class WithdrawalLine(Withdrawal):
    """A withdrawal."""

    type: Literal["withdrawal"]


class EntryLine(Entry):
    """A line of the wallet's statement."""

    type: Literal["entry"]


class AccountLine(Account):
    """An account as its owner sees it."""

    type: Literal["account"]


class MetricsLine(TypedDict):
    """A snapshot of an account's figures: the known members of the body of POST /v1/accounts/{account_id}/metrics."""

    __pydantic_config__ = {"extra": "allow"}  # type: ignore[misc]
    type: Literal["metrics"]
    account_id: str
    as_of: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    followers: Count


class GradeChangeLine(GradeChange):
    """A change of an account's grade, with its cause."""

    type: Literal["grade_change"]
    account_id: str


class PriceChangeLine(PriceChange):
    """A change of an account's own or advised prices."""

    type: Literal["price_change"]
    account_id: str


class AppealLine(GradeAppeal):
    """An appeal against the grade of an account."""

    type: Literal["appeal"]


class MessageLine(ExportedMessage):
    """A message about an order, or about its dispute."""

    type: Literal["message"]


LINES: dict[str, Any] = {
    "advertiser": AdvertiserLine,
    "task": TaskLine,
    "order": OrderLine,
    "dispute": DisputeLine,
    "outcomes": OutcomesLine,
    "application": ApplicationLine,
    "plan": PlanLine,
    "shortlist": ShortlistLine,
    "search": SavedSearchLine,
    "message": MessageLine,
    "picture": PictureLine,
    "topup": TopUpLine,
    "payee": PayeeLine,
    "withdrawal": WithdrawalLine,
    "entry": EntryLine,
    "account": AccountLine,
    "metrics": MetricsLine,
    "grade_change": GradeChangeLine,
    "price_change": PriceChangeLine,
    "appeal": AppealLine,
}
"""The type of each line of an export by its `type`; docs/reference/exports.md describes them."""
