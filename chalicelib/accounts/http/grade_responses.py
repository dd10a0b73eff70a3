"""What the routes of grades answer."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

import typing_extensions

from chalicelib.accounts.http.account_responses import Metrics, PriceByKind
from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import Count, Link, Moment, Money, Share, TypedDict
from chalicelib.grading.model.methodology import GradeName


class GradedFollowers(TypedDict):
    """How many followers there are, and how many of them count."""

    all: Count
    counted: Count


class FactorEvidence(TypedDict):
    """What a factor rests on; `unknown` names figures that would make it surer."""

    as_of: Moment
    missing: bool
    unknown: NotRequired[list[str]]


class Sign(TypedDict):
    """One sign of a factor; `effect` is what it adds: log odds, or a share of a record."""

    name: str
    label: str
    value: float | None
    effect: float | None


class Factor(TypedDict):
    """One factor of a grade. Contributions sum to the score; a factor without evidence has no value and weighs nothing."""

    name: str
    label: str
    unit: str
    value: float | None
    percentile: float | None
    weight: float
    contribution: float
    evidence: FactorEvidence
    signs: NotRequired[list[Sign]]


Needed = typing_extensions.TypedDict("Needed", {"name": str, "from": float | None, "to": float})
Needed.__doc__ = "A factor's value now, and the one that alone would reach the next grade."


class NextGrade(TypedDict):
    """What the next grade needs."""

    grade: GradeName
    score: float
    missing_points: float
    by_factor: list[Needed]


class Evidence(Metrics):
    """All that a grade and its prices are computed from: the figures, and what this market found out."""

    paid_bps: NotRequired[int]
    paid_advertisers: NotRequired[Count]
    paid_orders: NotRequired[Count]
    counted_at: NotRequired[Moment]
    counted_before: NotRequired[Count]


class GradedPrice(TypedDict):
    """An advised price, and how many settled orders it rests on besides the model."""

    low: Money
    mid: Money
    high: Money
    comparables: Count


class GradedPrices(TypedDict):
    """Advised prices by kind."""

    post: GradedPrice
    repost: GradedPrice


class PaidHere(TypedDict):
    """What orders paid here against the model: the ratio, and its weight."""

    ratio: float
    orders: Count
    advertisers: Count
    weight: Share


class PriceModel(TypedDict):
    """How far the model's prices were from asked ones where it was measured."""

    median_error: float | None
    within_factor_2: Share | None
    paid: PaidHere | None


class SettledOrder(TypedDict):
    """An order that was paid in full, without names, and what the model advised then."""

    kind: Kind
    price: Money
    modelled: Money | None
    ended_at: Moment


class AccountGrade(TypedDict):
    """The grade with all it rests on: whoever has the methodology and `evidence` computes the same digits. An account that was not
    graded yet has no more than the first members, all null or empty."""

    account_id: str
    grade: GradeName | None
    score: float | None
    percentile_in_category: float | None
    percentile_among: str | None
    factors: list[Factor]
    next: NextGrade | None
    advised_price: GradedPrices | None
    confidence: NotRequired[Share]
    methodology_version: NotRequired[str]
    followers: NotRequired[GradedFollowers]
    graded_at: NotRequired[Moment]
    evidence: NotRequired[Evidence]
    price_per_1000_reads: NotRequired[PriceByKind]
    price_model: NotRequired[PriceModel]
    settled_orders: NotRequired[list[SettledOrder]]


class GradeChange(TypedDict):
    """One change of a grade, and what caused it."""

    at: Moment
    cause: str
    grade: GradeName
    previous: GradeName | None
    score: float
    methodology_version: str
    evidence: Evidence
    advised_price: GradedPrices


class Methodology(TypedDict):
    """The methodology file, whole: docs/reference/grading.md says what each number does."""

    version: str
    sources: list[str]
    factors: list[dict[str, Any]]
    thresholds: dict[str, int]
    price: dict[str, Any]
    measures: dict[str, float]
    in_force: bool
    versions: list[str]
    market: NotRequired[dict[str, Any]]
    margin: NotRequired[int]
    follower_limit: NotRequired[dict[str, int]]
    score_percentiles: NotRequired[dict[str, Any]]


class RegradeStarted(TypedDict):
    """A regrade that runs now; `status_url` tells how far it is."""

    execution: str
    status_url: Link


class Segments(TypedDict):
    """How many of the parts of a regrade are done."""

    done: Count
    all: Count


class Units(TypedDict):
    """DynamoDB's units, as far as it reports them."""

    read: float
    written: float


class ParkedSegment(TypedDict):
    """A part of a regrade that could not be done."""

    segment: str
    reason: str


class Regrade(TypedDict):
    """How far a regrade is and what it changed."""

    execution: str
    status: str
    methodology_version: str | None
    segments: Segments
    accounts: Count
    changed: Count
    up: Count
    down: Count
    shares: dict[Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"], Share]
    units: Units
    parked: list[ParkedSegment]
    started_at: Moment | None
    ended_at: Moment | None
    as_of: Moment
