"""What the routes of forecasts and plans answer."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import Count, Moment, Money, Share, TypedDict
from chalicelib.grading.model.methodology import GradeName

Goal = Literal["reads", "interactions", "clicks", "unique_reads"]


class Interval(TypedDict):
    """What can be expected, and the ends of the 80 % interval."""

    low: Count
    expected: Count
    high: Count
    basis: str


class Forecast(TypedDict):
    """What one order can be expected to bring."""

    reads: Interval
    interactions: Interval
    clicks: Interval
    confidence: Share
    model_version: str


class AccountForecast(Forecast):
    """The forecast of an account for one kind of order."""

    account_id: str
    kind: Kind


class PlanFilters(TypedDict, total=False):
    """Which accounts the plan may take."""

    category: str | None
    grade_min: GradeName | None
    followers_min: Count | None
    price_max: Money | None


class PlanAsked(TypedDict):
    """What the plan was asked for."""

    budget: Money
    goal: Goal
    kind: Kind
    filters: PlanFilters
    must_have: list[str]
    exclude: list[str]
    max_accounts: Count


class PlanReason(TypedDict):
    """Why an account is in the plan, and the figures behind it."""

    code: str
    text: str
    per_unit: NotRequired[float]
    better_than: NotRequired[Share]
    worth: NotRequired[Count]


class PlannedAccount(TypedDict):
    """An account of the plan with its price, forecast and reasons; cpm, cpe, cpc: price per 1,000 reads, interaction, click."""

    account_id: str
    handle: str
    category: str | None
    grade: GradeName | None
    followers: Count
    figures_as_of: Moment
    price: Money
    forecast: Forecast
    cpm: Money | None
    cpe: Money | None
    cpc: Money | None
    reasons: list[PlanReason]


class PlanTotals(TypedDict):
    """What a set of accounts costs and brings."""

    accounts: Count
    price: Money
    reads: Count
    interactions: Count
    clicks: Count
    cpm: Money | None
    cpe: Money | None
    cpc: Money | None
    unique_reads: NotRequired[Count]


class PlanAlternative(PlanTotals):
    """Another way to spend the budget, and how much more of the goal the plan brings."""

    plan_brings_more: int


class PlanComparison(TypedDict):
    """The plan beside the cheapest and the biggest accounts."""

    cheapest: PlanAlternative
    biggest: PlanAlternative


class Overlap(TypedDict):
    """Followers that two accounts share."""

    account_ids: list[str]
    people: Count
    share_of_smaller: Share


class PlanAudience(TypedDict):
    """What is known about the audiences together, from sketches."""

    known: Count
    unknown: Count
    followers: NotRequired[Count]
    unique_followers: NotRequired[Count]
    overlaps: NotRequired[list[Overlap]]
    standard_error: NotRequired[Share]


class NextTenth(TypedDict):
    """What a tenth more of the budget would add."""

    budget: Money
    adds: int
    takes: list[str]
    drops: list[str]


class LeftOut(TypedDict):
    """Accounts that could not be taken, by reason."""

    repeats: Count
    frequency_cap: Count


class PlanBasis(TypedDict):
    """Which model and how old figures the plan rests on."""

    forecast_version: str
    figures_from: Moment | None


class Plan(TypedDict):
    """The accounts that bring the most for a budget, and why each. `task` is the body of the task it would become."""

    id: str
    status: Literal["open", "ordered", "expired"]
    task_id: str | None
    expires_at: Moment
    made_at: Moment
    asked: PlanAsked
    goal: Goal
    kind: Kind
    budget: Money
    left: Money
    accounts: list[PlannedAccount]
    totals: PlanTotals
    audience: PlanAudience | None
    share_of_best: Share | None
    next_tenth: NextTenth
    comparison: PlanComparison
    candidates: Count
    left_out: LeftOut
    rests_on: PlanBasis
    examined: Count
    more_exist: bool
    task: dict[str, Any]


class PlanSummary(TypedDict):
    """A plan as a list shows it; `accounts` counts them."""

    id: str
    status: Literal["open", "ordered", "expired"]
    task_id: str | None
    expires_at: Moment
    made_at: Moment
    goal: Goal
    kind: Kind
    budget: Money
    totals: PlanTotals
    accounts: Count
