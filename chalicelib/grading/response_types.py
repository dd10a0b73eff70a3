"""Response types of grades, their history, the methodology and regrading. Pure."""

from __future__ import annotations

from typing import Any, NotRequired

import typing_extensions

from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import Count, Link, Moment, Money, Share, TypedDict
from chalicelib.grading.model.account_figures import AccountFigures, StoredMoment
from chalicelib.grading.model.methodology import GradeName


class PriceBand(TypedDict):
    """An advised price with the band around it."""

    low: Money
    mid: Money
    high: Money


class PriceByKind(TypedDict):
    """A price for each kind of order; null without one."""

    post: Money | None
    repost: Money | None


class GradedFollowers(TypedDict):
    """The number of followers, and how many of them count."""

    all: Count
    counted: Count


class FactorEvidence(TypedDict):
    """The evidence of a factor. `unknown` names figures that would raise the confidence."""

    as_of: StoredMoment
    missing: bool
    unknown: NotRequired[list[str]]


class Sign(TypedDict):
    """One sign of a factor. `effect` is what it adds: log odds, or a share of a record."""

    name: str
    label: str
    value: float | None
    effect: float | None


class Factor(TypedDict):
    """One factor of a grade. Contributions sum to the score; a factor without evidence has no value and adds nothing. `percentile`
    is among the accounts that `compared_with` names."""

    name: str
    label: str
    unit: str
    value: float | None
    percentile: float | None
    compared_with: NotRequired[str | None]
    weight: float
    contribution: float
    evidence: FactorEvidence
    signs: NotRequired[list[Sign]]


Needed = typing_extensions.TypedDict("Needed", {"name": str, "from": float | None, "to": float})
Needed.__doc__ = "The value of a factor now, and the value that would reach the next grade, all else equal."


class NextGrade(TypedDict):
    """The requirements of the next grade."""

    grade: GradeName
    score: float
    missing_points: float
    by_factor: list[Needed]


class GradeExplanation(TypedDict):
    """The part of AccountGrade that the grade alone determines."""

    grade: GradeName
    score: float
    confidence: Share
    methodology_version: str
    followers: GradedFollowers
    factors: list[Factor]
    next: NextGrade | None


class Evidence(AccountFigures):
    """Everything that a grade and its prices are computed from: the figures, and what this market found out."""


class GradedPrice(TypedDict):
    """An advised price, and the number of settled orders that it rests on besides the model."""

    low: Money
    mid: Money
    high: Money
    comparables: Count


class GradedPrices(TypedDict):
    """Advised prices by kind."""

    post: GradedPrice
    repost: GradedPrice


class PaidHere(TypedDict):
    """The ratio of prices paid here to the model's, and its weight."""

    ratio: float
    orders: Count
    advertisers: Count
    weight: Share


class PriceModel(TypedDict):
    """The error of the model's repost prices, and the prices that it was measured against."""

    median_error: float | None
    within_factor_2: Share | None
    measured_against: str | None
    paid: PaidHere | None


class SettledOrder(TypedDict):
    """An order that was paid in full, without names, and the price that the model advised then."""

    kind: Kind
    price: Money
    modelled: Money | None
    ended_at: Moment


class AccountGrade(TypedDict):
    """A grade with everything it rests on: the methodology and `evidence` give everyone the same digits. An account without a
    grade has only the first members, all null or empty. `category` is the one that counted."""

    account_id: str
    grade: GradeName | None
    score: float | None
    percentile_in_category: float | None
    percentile_among: str | None
    percentile_compared_with: NotRequired[str]
    factors: list[Factor]
    next: NextGrade | None
    advised_price: GradedPrices | None
    category: NotRequired[str | None]
    confidence: NotRequired[Share]
    methodology_version: NotRequired[str]
    followers: NotRequired[GradedFollowers]
    graded_at: NotRequired[Moment]
    evidence: NotRequired[Evidence]
    price_per_1000_reads: NotRequired[PriceByKind]
    price_model: NotRequired[PriceModel]
    settled_orders: NotRequired[list[SettledOrder]]


class GradeChange(TypedDict):
    """One change of a grade, and its cause."""

    at: Moment
    cause: str
    grade: GradeName
    previous: GradeName | None
    score: float
    methodology_version: str
    evidence: Evidence
    advised_price: GradedPrices


class Methodology(TypedDict):
    """The whole methodology file; docs/reference/grading.md describes each number."""

    version: str
    sources: list[str]
    factors: list[dict[str, Any]]
    thresholds: dict[str, int]
    price: dict[str, Any]
    measures: dict[str, float]
    in_force: bool
    versions: list[str]
    counting: NotRequired[dict[str, Any]]
    limits: NotRequired[dict[str, Any]]
    market: NotRequired[dict[str, Any]]
    margin: NotRequired[int]
    follower_limit: NotRequired[dict[str, int]]
    score_percentiles: NotRequired[dict[str, Any]]
    median_repost_by_grade: NotRequired[dict[str, int]]


class RegradeStarted(TypedDict):
    """A started regrade. `status_url` is the URL of its progress."""

    execution: str
    status_url: Link


class RegradeRunSummary(TypedDict):
    """A regrade without its results: the methodology that was in force when it began, and its times."""

    execution: str
    methodology_version: str
    started_at: Moment
    ended_at: Moment | None


class Segments(TypedDict):
    """The number of segments of a regrade, and how many of them are done."""

    done: Count
    all: Count


class Units(TypedDict):
    """DynamoDB's units, as far as it reports them."""

    read: float
    written: float


class ParkedSegment(TypedDict):
    """A segment of a regrade that could not be finished."""

    segment: str
    reason: str


class RegradeResults(TypedDict):
    """The results of a regrade so far."""

    methodology_version: str | None
    segments: Segments
    accounts: Count
    changed: Count
    up: Count
    down: Count
    shares: dict[GradeName, Share]
    units: Units
    parked: list[ParkedSegment]
    started_at: Moment | None
    ended_at: Moment | None
    as_of: Moment


class Regrade(RegradeResults):
    """The progress and the results of a regrade."""

    execution: str
    status: str
