"""Bodies and queries of tasks and orders, as in api.md."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field

from chalicelib.api import Body, MoneyIn, Paging
from chalicelib.settings import Rules
from chalicelib.tasks.content import Content
from chalicelib.tasks.submission import Draft
from chalicelib.tasks.terms import Schedule

Kind = Literal["post", "repost"]
TaskStatus = Literal["in_review", "rejected", "running", "completed", "cancelled", "stopped"]
OrderStatus = Literal[
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


def _text(value: Any) -> Any:
    """Times and durations come as text; pydantic alone would also take numbers."""
    if not isinstance(value, str):
        raise ValueError("must be a string")
    return value


def _iso_duration(value: Any) -> Any:
    if not _text(value).startswith("P"):
        raise ValueError("must be an ISO 8601 duration, such as PT24H")
    return value


Time = Annotated[AwareDatetime, BeforeValidator(_text)]
Duration = Annotated[timedelta, BeforeValidator(_iso_duration)]
Id = Annotated[str, Field(min_length=1, max_length=40)]
Url = Annotated[str, Field(max_length=Rules.url_max_chars)]
Note = Annotated[str, Field(max_length=1_000)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
AccountIds = Annotated[list[Id], Field(min_length=1, max_length=Rules.task_accounts_max)]


class QuoteBody(Body):
    """For which accounts a price is asked."""

    kind: Kind
    account_ids: AccountIds


class ContentIn(Body):
    """What is to be posted; the ad mark is appended if the text has none."""

    text: Annotated[str, Field(max_length=10_000)]
    picture_ids: list[Id] = Field(default_factory=list, max_length=100)
    urls: list[Annotated[str, Field(max_length=10_000)]] = Field(default_factory=list, max_length=100)


class WindowIn(Body):
    """When the post is to be published."""

    start_at: Time
    end_at: Time


class TaskBody(Body):
    """A task as an advertiser asks for it."""

    kind: Kind
    title: Annotated[str, Field(min_length=1, max_length=Rules.title_max_chars)]
    content: ContentIn
    source_url: Annotated[str, Field(max_length=10_000)] | None = None
    window: WindowIn
    accept_by: Time
    retention: Duration = Field(default_factory=lambda: timedelta(hours=24))
    account_ids: AccountIds
    reserve_account_ids: list[Id] = Field(default_factory=list, max_length=Rules.task_accounts_max)
    max_total: MoneyIn | None = None

    def draft(self) -> Draft:
        """The domain value. Raises InvalidBody for another currency."""
        return Draft(
            kind=self.kind,
            title=self.title,
            content=Content(self.content.text, tuple(self.content.picture_ids), tuple(self.content.urls)),
            source_url=self.source_url,
            schedule=Schedule(self.accept_by, self.window.start_at, self.window.end_at, self.retention),
            account_ids=tuple(self.account_ids),
            reserve_account_ids=tuple(self.reserve_account_ids),
            max_total=self.max_total.money("/max_total").amount if self.max_total else None,
        )


class Reason(Body):
    """A machine-readable reason and a sentence."""

    code: Code
    note: Note | None = None


class ReviewBody(Body):
    """The decision of a review; a rejection says why."""

    decision: Literal["approved", "rejected"]
    reasons: list[Reason] = Field(default_factory=list, max_length=20)


class AcceptBody(Body):
    """Nothing more to say."""


class DeclineBody(Body):
    """Why the offer is declined (rule 12)."""

    reason_code: Literal["price", "schedule", "content", "brand_conflict", "other"]
    note: Note | None = None


class PublishBody(Body):
    """Where the post is."""

    post_url: Url


class PictureBody(Body):
    """A picture to be uploaded (rule 6)."""

    content_type: Literal["image/jpeg", "image/png", "image/gif"]
    bytes: int = Field(strict=True, ge=1, le=Rules.picture_max_bytes)


class TaskQuery(Paging):
    """`status` filters; `advertiser_id` is for staff."""

    status: TaskStatus | None = None
    advertiser_id: Id | None = None


class OrderQuery(Paging):
    """`status` filters; `stuck` are the orders whose workflow needs staff."""

    status: OrderStatus | Literal["stuck"] | None = None
