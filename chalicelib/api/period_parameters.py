"""Query parameters of periods, and of the time zone of a CSV."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chalicelib.api.pagination import Query
from chalicelib.api.validation.time_fields import QueryMoment, refusal
from chalicelib.core.regions.periods import Period
from chalicelib.core.rules import rules


class OfPeriod(Query):
    """`since <= at < until`, or a `month` (YYYY-MM) in the market's time zone."""

    since: QueryMoment | None = None
    until: QueryMoment | None = None
    month: Annotated[str, Field(pattern=r"^(19[7-9]\d|2\d{3})-(0[1-9]|1[0-2])$")] | None = None

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.month and (self.since or self.until):
            raise refusal("period", "Use month, or since and until.", "month")
        if self.since and self.until and self.until < self.since:
            raise refusal("period", "This is before since.", "until")
        return self

    @property
    def period(self) -> Period:
        """Return the period, open on both sides without any of the members."""
        return Period.of_month(self.month, rules().time_zone) if self.month else Period(self.since, self.until)


class CsvTimes(Query):
    """`times` of a CSV: `utc`, or `local` for the market's time zone, with its offset. JSON is always in UTC."""

    times: Literal["utc", "local"] = "utc"

    @property
    def csv_zone(self) -> str | None:
        """Return the time zone of the times of a CSV; None for UTC."""
        return rules().time_zone if self.times == "local" else None
