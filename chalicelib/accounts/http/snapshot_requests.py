"""The request type of a snapshot of an account's figures, and corrected snapshots of appeals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, cast

from pydantic import Field, ValidationError, model_validator

from chalicelib.accounts.http.requests import COUNT_MAX, Count
from chalicelib.api import Body, Flag
from chalicelib.api.problems import faults_of
from chalicelib.api.validation.time_fields import DayOrMoment, refusal
from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.evidence import MARKET_FIGURES

CLOCK_SKEW = timedelta(minutes=5)
Average = Annotated[float, Field(strict=True, ge=0, le=COUNT_MAX, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


class SnapshotIn(Body):
    """The figures of an account at `as_of` (RFC 3339, or a day in UTC). Missing figures are unknown."""

    as_of: DayOrMoment
    followers: Count
    active_followers: Count | None = None
    reads_avg_30d: Average | None = None
    posts_30d: Count | None = None
    reposts_avg_30d: Average | None = None
    comments_avg_30d: Average | None = None
    likes_avg_30d: Average | None = None
    originals_share: Share | None = None
    following: Count | None = None
    registered_at: DayOrMoment | None = None
    verified: Flag | None = None
    organisation: Flag | None = None
    posts_total: Count | None = None
    earlier_at: DayOrMoment | None = None
    earlier_followers: Count | None = None
    earlier_following: Count | None = None
    earlier_posts_total: Count | None = None
    posts_seen: Count | None = None
    active_days_30d: Annotated[float, Field(strict=True, ge=0, le=30, allow_inf_nan=False)] | None = None
    duplicates_share: Share | None = None
    links_share: Share | None = None
    burst_share: Share | None = None
    automated_share: Share | None = None
    plain_reposts_share: Share | None = None
    reactions_variation: Average | None = None
    copied_comments_share: Share | None = None
    top_reactors_share: Share | None = None
    popular: Flag | None = None
    accepted_all_last_week: Flag | None = None
    by_appointment: Flag | None = None
    market_stars: Annotated[int, Field(strict=True, ge=1, le=6)] | None = None
    orders_90d: Count | None = None
    acceptance_rate: Share | None = None
    on_time_share: Share | None = None
    kept_share: Share | None = None
    disputes_lost_share: Share | None = None
    reads_median: Average | None = None
    reads_spread: Average | None = None
    reactions_median: Average | None = None
    reactions_spread: Average | None = None

    @model_validator(mode="after")
    def _plausible(self) -> SnapshotIn:
        if self.as_of > clock.now() + CLOCK_SKEW:
            raise refusal("as_of", "This is in the future.", "as_of")
        if self.active_followers is not None and self.active_followers > self.followers:
            raise refusal("active_followers", "This is more than followers.", "active_followers")
        if self.registered_at is not None and self.registered_at > self.as_of:
            raise refusal("registered_at", "This is after as_of.", "registered_at")
        if self.earlier_at is not None and self.earlier_at >= self.as_of:
            raise refusal("earlier_at", "This is not before as_of.", "earlier_at")
        return self

    def figures(self) -> AccountFigures:
        """Return the known figures as plain JSON, with whole averages as integers, so that 10 and 10.0 are the same snapshot."""
        known: dict[str, Any] = {}
        for name, value in self.model_dump(include=set(SnapshotIn.model_fields), exclude_none=True).items():
            if isinstance(value, datetime):
                known[name] = clock.rfc3339(value)
            elif isinstance(value, float) and math.floor(value) == value:
                known[name] = int(value)
            else:
                known[name] = value
        return cast("AccountFigures", known)


def corrected(evidence: Mapping[str, object], corrections: Mapping[str, object]) -> AccountFigures:
    """Return the evidence with the corrections, as a snapshot of this moment. Figures that this market computes are not part of a
    snapshot; an order has its own dispute. Raise InvalidBody with pointers below `/evidence`."""
    fixed = {"as_of", "market_stars"} | MARKET_FIGURES
    unknown = [name for name in corrections if name not in SnapshotIn.model_fields or name in fixed]
    if unknown:
        raise InvalidBody(
            *(Fault(f"/evidence/{name}", "extra_forbidden", "This cannot be corrected.") for name in unknown)
        )
    try:
        figures = {name: value for name, value in evidence.items() if name in SnapshotIn.model_fields}
        whole = {**figures, **corrections, "as_of": clock.rfc3339(clock.now())}
        snapshot = SnapshotIn.model_validate(whole)
    except ValidationError as error:
        raise InvalidBody(*faults_of(error, whole, "/evidence")) from error
    return snapshot.figures()
