"""Response types of forecasts and plans."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from chalicelib.accounts.http.response_types import Account
from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import Count, Moment, Money, Share, TypedDict
from chalicelib.grading.model.account_figures import StoredMoment
from chalicelib.grading.model.methodology import GradeName
from chalicelib.grading.response_types import Factor

PlanStatus = Literal["open", "ordered", "expired"]
Goal = Literal["reads", "interactions", "clicks", "unique_reads"]


class Interval(TypedDict):
    """The expected value, and the ends of the 80 % interval."""

    low: Count
    expected: Count
    high: Count
    basis: str


class Forecast(TypedDict):
    """The forecast of one order."""

    reads: Interval
    interactions: Interval
    clicks: Interval
    confidence: Share
    model_version: str


class AccountForecast(Forecast):
    """The forecast of an account for one kind of order."""

    account_id: str
    kind: Kind


class ComparedFigures(TypedDict):
    """The factors of an account's grade, and for one kind of order its price, forecast and costs. cpm, cpe, cpc: price per 1,000
    reads, interaction, click. Null: unknown."""

    factors: list[Factor]
    price: Money | None
    commission: Money | None
    forecast: Forecast | None
    cpm: Money | None
    cpe: Money | None
    cpc: Money | None


class ComparedAccount(ComparedFigures):
    """An account beside others: its card and its figures."""

    account: Account


class PlanFilters(TypedDict, total=False):
    """The filters of the plan's accounts."""

    category: str | None
    grade_min: GradeName | None
    followers_min: Count | None
    price_max: Money | None


class PlanAsked(TypedDict):
    """The request that the plan answers."""

    budget: Money
    goal: Goal
    kind: Kind
    filters: PlanFilters
    must_have: list[str]
    exclude: list[str]
    max_accounts: Count


class PlanReason(TypedDict):
    """A reason why an account is in the plan, with its figures."""

    code: str
    text: str
    per_unit: NotRequired[float]
    better_than: NotRequired[Share]
    worth: NotRequired[Count]


class PlannedAccount(TypedDict):
    """An account of the plan with its price, forecast and reasons. cpm, cpe, cpc: price per 1,000 reads, interaction, click."""

    account_id: str
    handle: str
    category: str | None
    grade: GradeName | None
    followers: Count
    figures_as_of: StoredMoment
    price: Money
    forecast: Forecast
    cpm: Money | None
    cpe: Money | None
    cpc: Money | None
    reasons: list[PlanReason]


class PlanTotals(TypedDict):
    """The costs and the expected results of a set of accounts."""

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
    """Another way to spend the budget. `plan_brings_more`: how much more of the goal the plan brings."""

    plan_brings_more: int


class PlanComparison(TypedDict):
    """The plan compared with the cheapest and the biggest accounts."""

    cheapest: PlanAlternative
    biggest: PlanAlternative


class Overlap(TypedDict):
    """The followers that two accounts share."""

    account_ids: list[str]
    people: Count
    share_of_smaller: Share


class PlanAudience(TypedDict):
    """The audiences together, estimated from sketches."""

    known: Count
    unknown: Count
    followers: NotRequired[Count]
    unique_followers: NotRequired[Count]
    overlaps: NotRequired[list[Overlap]]
    standard_error: NotRequired[Share]


class NextTenth(TypedDict):
    """The effect of a tenth more of the budget."""

    budget: Money
    adds: int
    takes: list[str]
    drops: list[str]


class LeftOut(TypedDict):
    """The number of accounts that could not be used, by reason."""

    repeats: Count
    frequency_cap: Count


class PlanBasis(TypedDict):
    """The model version and the age of the figures that the plan rests on."""

    forecast_version: str
    figures_from: StoredMoment | None


class PlanContent(TypedDict):
    """The part of a plan that is computed. `task` is the body of the task it would become."""

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


class Plan(PlanContent):
    """The accounts that bring the most for a budget, with reasons."""

    id: str
    status: PlanStatus
    task_id: str | None
    expires_at: Moment
    made_at: Moment
    asked: PlanAsked


class PlanSummary(TypedDict):
    """A plan in a list; `accounts` is their number."""

    id: str
    status: PlanStatus
    task_id: str | None
    expires_at: Moment
    made_at: Moment
    goal: Goal
    kind: Kind
    budget: Money
    totals: PlanTotals
    accounts: Count
