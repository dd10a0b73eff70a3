"""Bodies and queries of tasks and orders, as in api.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.accounts.search.categories import searched
from chalicelib.api import Body, DecisionBody, Flag, MoneyIn, Paging, QueryNumber
from chalicelib.api.validation.rule_limits import AtMost
from chalicelib.api.validation.time_fields import Duration, WholeSecond
from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.grading.model.methodology import GradeName
from chalicelib.social.port import stripped_url
from chalicelib.tasks.content.post_content import Content
from chalicelib.tasks.http.quote_requests import AccountIds, Id
from chalicelib.tasks.model.lifecycle import DisputeStatus, OrderStatus, TaskStatus
from chalicelib.tasks.model.reason_codes import DeclineCode, EndReason
from chalicelib.tasks.model.task_schedule import Schedule
from chalicelib.tasks.records.stored_documents import CallConditions, Reason
from chalicelib.tasks.submission.brief import TaskBrief

Time = WholeSecond
Url = Annotated[str, AtMost("url_max_chars", "characters")]
Note = Annotated[str, Field(max_length=1_000)]
RequiredNote = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class ContentIn(Body):
    """The content of the posts; the ad mark is appended if the text has none."""

    text: Annotated[str, Field(max_length=10_000)]
    picture_ids: list[Id] = Field(default_factory=list, max_length=100)
    urls: list[Annotated[str, Field(max_length=10_000)]] = Field(default_factory=list, max_length=100)

    def content(self) -> Content:
        return Content(self.text, tuple(self.picture_ids), tuple(self.urls))


class PreviewBody(Body):
    """A post that is being written: the title and the content of a task's body. Both may still be empty."""

    title: Annotated[str, AtMost("title_max_chars", "characters")] = ""
    content: ContentIn


class WindowIn(Body):
    """The time in which the posts are published."""

    start_at: Time
    end_at: Time


class PublishingIn(Body):
    """The publisher: the creator, who then sends the link; or the platform at a time of the window (its start, unless named), for
    accounts whose owners permit it."""

    mode: Literal["creator", "platform"] = "creator"
    at: Time | None = None


class CallIn(Body):
    """An open call: its conditions, and the budget that is held for it."""

    budget: MoneyIn
    category: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(searched)] | None = None
    grade_min: GradeName | None = None
    followers_min: Annotated[int, Field(strict=True, ge=0, le=10**12)] | None = None
    price_max: MoneyIn | None = None

    def conditions(self) -> CallConditions:
        """Return the named conditions. Raises InvalidBody for another currency."""
        named: CallConditions = {}
        if self.category is not None:
            named["category"] = self.category
        if self.grade_min is not None:
            named["grade_min"] = self.grade_min
        if self.followers_min is not None:
            named["followers_min"] = self.followers_min
        if self.price_max is not None:
            named["price_max"] = self.price_max.money("/call/price_max").amount
        return named


class TermsBody(Body):
    """The content and the times of a task, without its accounts."""

    title: Annotated[str, Field(min_length=1), AtMost("title_max_chars", "characters")]
    content: ContentIn
    source_url: Annotated[str, Field(max_length=10_000), AfterValidator(stripped_url)] | None = None
    window: WindowIn
    accept_by: Time
    retention: Duration = Field(default_factory=lambda: timedelta(hours=24))
    draft_approval: Flag = False
    publishing: PublishingIn = Field(default_factory=PublishingIn)

    def brief_for(self, kind: Kind, account_ids: Sequence[str] | None, max_total: int | None, **more: Any) -> TaskBrief:
        """Return the brief for these accounts."""
        return TaskBrief(
            kind=kind,
            title=self.title,
            content=self.content.content(),
            source_url=self.source_url,
            schedule=Schedule(self.accept_by, self.window.start_at, self.window.end_at, self.retention),
            account_ids=None if account_ids is None else tuple(account_ids),
            max_total=max_total,
            draft_approval=self.draft_approval,
            publishing=self.publishing.mode,
            publish_at=self.publishing.at,
            **more,
        )


class TaskBody(TermsBody):
    """The brief of a task. `account_ids` names its accounts, or `call` makes it an open call; an edit without both keeps the
    accounts of the task. `draft`: the task is stored, no money is held, and it waits for accounts and submission."""

    kind: Kind
    account_ids: Annotated[list[Id], AtMost("task_accounts_max")] | None = None
    reserve_account_ids: Annotated[list[Id], AtMost("task_accounts_max")] = Field(default_factory=list)
    max_total: MoneyIn | None = None
    call: CallIn | None = None
    draft: Flag = False

    def brief(self) -> TaskBrief:
        """Return the brief. Raises InvalidBody for another currency, and for an open call that names accounts."""
        budget = self.call.budget.money("/call/budget").amount if self.call else 0
        if self.call is not None and (self.account_ids or self.reserve_account_ids):
            pointer = "/account_ids" if self.account_ids else "/reserve_account_ids"
            raise InvalidBody(Fault(pointer, "not_for_calls", "An open call names no accounts."))
        if self.call is not None and budget < rules().price_min:
            raise InvalidBody(Fault("/call/budget", "too_small", "The budget is below the least price."))
        return self.brief_for(
            self.kind,
            () if self.call is not None else self.account_ids,
            self.max_total.money("/max_total").amount if self.max_total else None,
            reserve_account_ids=tuple(self.reserve_account_ids),
            call=self.call.conditions() if self.call else None,
            budget=budget,
        )


class AccountsBody(Body):
    """A page of accounts for a draft."""

    account_ids: AccountIds


class ReasonIn(Body):
    """A machine-readable reason and a sentence."""

    code: Code
    note: Note | None = None

    def reason(self) -> Reason:
        return {"code": self.code} if self.note is None else {"code": self.code, "note": self.note}


class ReviewBody(DecisionBody):
    """The decision of a review; a rejection has reasons."""

    decision: Literal["approved", "rejected"]
    reasons: list[ReasonIn] = Field(default_factory=list, max_length=20)


class NothingBody(Body):
    """An empty body."""


class NoteBody(Body):
    """A required sentence."""

    note: RequiredNote


class ReasonBody(Body):
    """A reason: a machine-readable code, and an optional sentence."""

    reason_code: Code
    note: Note | None = None

    def reason(self) -> Reason:
        return {"code": self.reason_code, "note": self.note} if self.note else {"code": self.reason_code}


class CancelBody(ReasonBody):
    """The reason of a cancellation. With the `revision` of a preview it is refused if that is out of date."""

    revision: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class DeclineBody(ReasonBody):
    """The reason for which the offer is declined (rule 12)."""

    reason_code: DeclineCode

    def end_reason(self) -> EndReason:
        return {"code": self.reason_code, "note": self.note} if self.note else {"code": self.reason_code}


class DisputeBody(ReasonBody):
    """The reason of a dispute, with a sentence."""

    note: RequiredNote


class StatementBody(Body):
    """A statement of one side of a dispute, with URLs of evidence."""

    note: RequiredNote
    urls: list[Url] = Field(default_factory=list, max_length=10)


class RulingBody(DecisionBody):
    """The ruling of a dispute (rule 20)."""

    outcome: Literal["pay", "refund", "split"]
    creator_share_bps: Annotated[int, Field(strict=True, ge=1, le=9_999)] | None = None
    note: RequiredNote


class CounterBody(Body):
    """A counter-offer: the price at which the creator would accept the order."""

    price: MoneyIn
    note: Note | None = None


class DraftBody(Body):
    """The draft text of a creator."""

    text: Annotated[str, Field(max_length=10_000)]


class DraftReviewBody(DecisionBody):
    """The decision about a creator's draft; a rejection has reasons."""

    decision: Literal["approved", "rejected"]
    reasons: list[ReasonIn] = Field(default_factory=list, max_length=20)


class ApplicationBody(Body):
    """An application to an open call, with an account and a price."""

    account_id: Id
    price: MoneyIn
    note: Note | None = None


class PublishBody(Body):
    """The address of the published post."""

    post_url: Url


class PictureBody(Body):
    """A picture to be uploaded (rule 6)."""

    content_type: Literal["image/jpeg", "image/png", "image/gif"]
    bytes: Annotated[int, Field(strict=True, ge=1), AtMost("picture_max_bytes", "value")]


class TaskQuery(Paging):
    """`status` filters; `stuck` are the tasks whose workflow needs staff; `advertiser_id` is for staff."""

    status: TaskStatus | Literal["stuck"] | None = None
    advertiser_id: Id | None = None


class OrderQuery(Paging):
    """`status` filters; `stuck` are the orders whose workflow needs staff."""

    status: OrderStatus | Literal["stuck"] | None = None


class InboxQuery(OrderQuery):
    """GET /v1/orders. `as`: the side, for a caller who is advertiser and creator; creator if it is missing. `waiting=me`: orders
    that wait for that side. `sort=deadline`: the order with the next deadline at the head, `-deadline`: the one with the last."""

    side: Literal["advertiser", "creator"] | None = Field(default=None, alias="as")
    task_id: Id | None = None
    waiting: Literal["me"] | None = None
    sort: Literal["-created_at", "deadline", "-deadline"] = "-created_at"


class DisputeQuery(Paging):
    """GET /v1/disputes. `status` filters; `as`: the side, for a caller who is advertiser and creator."""

    status: DisputeStatus | None = None
    side: Literal["advertiser", "creator"] | None = Field(default=None, alias="as")


class CallQuery(Paging):
    """GET /v1/calls. `category`: calls for it or for any; `price_min`: calls that pay at least so much (minor units) or name no
    highest price; `account_id`: calls whose conditions this account of the caller's meets; `q`: a part of the title."""

    kind: Kind | None = None
    category: str | None = Field(default=None, min_length=1, max_length=50)
    price_min: QueryNumber | None = Field(default=None, ge=0, le=10**12)
    account_id: Id | None = None
    q: str | None = Field(default=None, min_length=1, max_length=100)
