"""Response types of reports."""

from __future__ import annotations

from typing import NotRequired

from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import Count, Link, Moment, Money, TypedDict
from chalicelib.planning.http.response_types import Interval
from chalicelib.tasks.http.orders.order_responses import Anomaly, Snapshot
from chalicelib.tasks.model.lifecycle import OrderStatus, TaskStatus


class Result(TypedDict):
    """The spend and its results. cpm, cpe, cpc: cost per 1,000 reads, per interaction, per click. Null: unknown."""

    spend: Money
    reads: Count | None
    interactions: Count | None
    clicks: Count | None
    cpm: Money | None
    cpe: Money | None
    cpc: Money | None
    outcomes: Count | None
    outcome_value: Money | None
    cost_per_outcome: Money | None


class ExpectedTogether(TypedDict):
    """The expected figures of all posts."""

    reads: Count
    interactions: Count
    clicks: Count


class ReportTotals(Result):
    """The totals of all orders."""

    orders: Count
    posts: Count
    reposts: Count | None
    comments: Count | None
    likes: Count | None
    forecast: ExpectedTogether | None


class OrderForecast(TypedDict):
    """The forecast of the order when its post went up."""

    reads: Interval
    interactions: Interval
    clicks: Interval
    as_of: Moment


class ComparableCosts(TypedDict):
    """The medians of comparable orders: same kind, grade and category."""

    cpm: Money | None
    cpe: Money | None
    cpc: Money | None


class OrderReport(Result):
    """One order of a report."""

    order_id: str | None
    account_id: str
    handle: str
    kind: Kind | None
    status: OrderStatus
    reposts: Count | None
    comments: Count | None
    likes: Count | None
    visitors: Count | None
    forecast: OrderForecast | None
    comparable: ComparableCosts | None
    anomalies: list[Anomaly]
    snapshots: list[Snapshot]
    figures_at: Moment | None


class Report(TypedDict):
    """The costs and results of a task."""

    task_id: str
    title: str
    status: TaskStatus
    totals: ReportTotals
    orders: list[OrderReport]
    outcomes_at: Moment | None
    as_of: Moment


class ReportLink(TypedDict):
    """A link to the report's page, for readers without an account."""

    url: Link
    expires_at: Moment


class ReportLinksRevoked(TypedDict):
    """The revocation of links: from `revoked_at` on, no earlier link to the report's page works."""

    task_id: str
    revoked_at: Moment


class OutcomesTaken(TypedDict):
    """A summary of an uploaded file of outcomes."""

    task_id: str
    outcomes: Count
    value: NotRequired[Money | None]
    orders: Count
    uploaded_at: Moment
