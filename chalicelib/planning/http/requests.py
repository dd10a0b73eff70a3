"""Request types of forecasts and plans."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from chalicelib.accounts.search.categories import searched
from chalicelib.api import Body, MoneyIn, Paging, Query
from chalicelib.api.validation.rule_limits import AtMost
from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.grading.model.methodology import GradeName
from chalicelib.planning.account_selection import Goal, Wish
from chalicelib.planning.http.response_types import PlanStatus
from chalicelib.planning.plan_candidates import Filters
from chalicelib.tasks.http.requests import TermsBody, WindowIn

Id = Annotated[str, Field(min_length=1, max_length=40)]


class ForecastQuery(Query):
    """The query of GET /v1/accounts/{account_id}/forecast."""

    kind: Kind = "post"


class ComparisonQuery(Query):
    """The query of GET /v1/accounts/comparison. `account_ids`: two to five ids, with commas between them."""

    account_ids: Annotated[str, Field(pattern=r"^acc_[0-9A-Z]{26}(,acc_[0-9A-Z]{26}){1,4}$", max_length=200)]
    kind: Kind = "post"


class PlansQuery(Paging):
    """The query of GET /v1/plans. `status` filters; `advertiser_id` is for staff."""

    status: PlanStatus | None = None
    advertiser_id: Id | None = None


class FiltersIn(Body):
    """The filters for the accounts of a plan."""

    category: Annotated[str, Field(min_length=1, max_length=50), AfterValidator(searched)] | None = None
    grade_min: GradeName | None = None
    followers_min: Annotated[int, Field(strict=True, ge=0, le=10**12)] | None = None
    price_max: MoneyIn | None = None

    def filters(self) -> Filters:
        most = None if self.price_max is None else self.price_max.money("/filters/price_max").amount
        return Filters(self.category, self.grade_min, self.followers_min, most)


class PlanBody(Body):
    """A budget and its goal. `task`: the other fields of the task that the plan is to become; with a `window` in it, accounts
    without a free place in it are left out."""

    budget: MoneyIn
    goal: Goal = "reads"
    kind: Kind = "post"
    filters: FiltersIn = Field(default_factory=FiltersIn)
    must_have: Annotated[list[Id], AtMost("task_accounts_max")] = Field(default_factory=list)
    exclude: Annotated[list[Id], AtMost("task_orders_max")] = Field(default_factory=list)
    max_accounts: Annotated[int, Field(strict=True, ge=1), AtMost("task_accounts_max", "value")] = Field(
        default_factory=lambda: rules().task_accounts_max
    )
    task: dict[str, Any] = Field(default_factory=dict)

    def wish(self) -> Wish:
        """Return the wish. Raise InvalidBody for another currency, an account that is both a must-have and excluded, or an
        invalid window."""
        both = [i for i, account in enumerate(self.must_have) if account in self.exclude]
        if both:
            raise InvalidBody(*(Fault(f"/must_have/{i}", "excluded", "The account is also in exclude.") for i in both))
        return Wish(
            self.budget.money("/budget").amount,
            self.goal,
            self.kind,
            self.max_accounts,
            self.filters.filters(),
            tuple(self.must_have),
            frozenset(self.exclude),
            self._window(),
        )

    def _window(self) -> tuple[datetime, datetime] | None:
        if "window" not in self.task:
            return None
        try:
            window = WindowIn.model_validate(self.task["window"])
        except ValidationError as error:
            message = "It has start_at and end_at, each a time."
            raise InvalidBody(Fault("/task/window", "window_invalid", message)) from error
        return window.start_at, window.end_at


class PlanTaskBody(TermsBody):
    """The task that a plan becomes: its content and times. Accounts, kind and maximum price are the plan's."""
