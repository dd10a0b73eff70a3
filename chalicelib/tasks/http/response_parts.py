"""Parts that several responses about tasks and orders have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NotRequired

from chalicelib.core import clock
from chalicelib.core.money import Money as Amount
from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import Count, Duration, Moment, Money, TypedDict
from chalicelib.core.rules import rules
from chalicelib.tasks.model import order_timers
from chalicelib.tasks.model.commission import PriceParts
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.stored_documents import HistoryLine, StuckWorkflow, TextChange
from chalicelib.tasks.records.task_record import TaskRecord

By = Literal["advertiser", "creator", "auditor", "staff", "system"]


class PriceSplit(TypedDict):
    """A price and its parts: commission, and net for the creator."""

    price: Money
    commission: Money
    net: Money


class Content(TypedDict):
    """The content of a post."""

    text: str
    picture_ids: list[str]
    urls: list[str]


class TextPiece(TypedDict):
    """A piece of a text that was edited; in order they give both versions."""

    change: TextChange
    text: str


class TimeWindow(TypedDict):
    """The time in which the post is published."""

    start_at: Moment
    end_at: Moment


class Publishing(TypedDict):
    """The publisher: the creator, or the platform at a moment."""

    mode: Literal["creator", "platform"]
    at: Moment | None


class PostTerms(TypedDict):
    """The terms of posts that a task, an open call and an order have in common."""

    kind: Kind
    title: str
    content: Content
    source_url: str | None
    window: TimeWindow
    accept_by: Moment
    retention: Duration
    draft_approval: bool
    publishing: Publishing


class Why(TypedDict):
    """A machine-readable code, and an optional sentence."""

    code: str
    note: NotRequired[str]


class HistoryEvent(TypedDict):
    """One line of a history."""

    at: Moment
    event: str
    by: By
    note: NotRequired[str]


class Stuck(TypedDict):
    """The error of a workflow that stopped; staff run it again with `…/retry`."""

    at: Moment
    status: str
    error: str
    cause: str


class Span(TypedDict):
    """Characters of the text, from `start` up to `end`."""

    start: Count
    end: Count


class Finding(TypedDict):
    """A finding of the lint (rule 9)."""

    rule: str
    severity: Literal["note", "warn", "block"]
    pointer: str
    text: str
    message: str
    source: str
    span: Span


class Timer(TypedDict):
    """A moment, and the status of the order, or of the dispute, after it without any action."""

    name: order_timers.TimerName
    at: Moment
    default_outcome: str


def price_response(parts: PriceParts) -> PriceSplit:
    return {"price": money(parts.price), "commission": money(parts.commission), "net": money(parts.net)}


def money(amount: int) -> Money:
    return Amount(amount, rules().currency)


def terms_response(item: TaskRecord | OrderRecord) -> PostTerms:
    content = item.content
    return {
        "kind": item.kind,
        "title": item.title,
        "content": {"text": content.text, "picture_ids": list(content.picture_ids), "urls": list(content.urls)},
        "source_url": item.source_url,
        "window": {"start_at": item.start_at, "end_at": item.end_at},
        "accept_by": item.accept_by,
        "retention": item.schedule.retention,
        "draft_approval": item.draft_approval,
        "publishing": {"mode": item.publishing, "at": item.publish_at},
    }


def events_response(lines: Iterable[HistoryLine]) -> list[HistoryEvent]:
    return [with_moment(line) for line in lines]


def stuck_response(stuck: StuckWorkflow | None) -> Stuck | None:
    return None if stuck is None else with_moment(stuck)


def timers_response(due: Iterable[order_timers.Timer]) -> list[Timer]:
    return [{"name": timer.name, "at": timer.at, "default_outcome": timer.default_outcome} for timer in due]


def with_moment(document: Any) -> Any:
    """Return the stored document with its `at` as a moment; all other members are the same in store and response."""
    return {**document, "at": clock.parse(document["at"])}
