"""The figures of an account, as snapshots and the evidence of a grade store them and responses show them. Pure."""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import Field

from chalicelib.core.response_types import Count, Share, TypedDict

StoredMoment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A time of the evidence: the stored text in RFC 3339, from which anyone gets the same digits."""


class Metrics(TypedDict):
    """One snapshot of an account's figures. Averages are per post over 30 days. Unknown figures are missing, never zero."""

    as_of: StoredMoment
    followers: Count
    active_followers: NotRequired[Count]
    reads_avg_30d: NotRequired[float]
    posts_30d: NotRequired[Count]
    reposts_avg_30d: NotRequired[float]
    comments_avg_30d: NotRequired[float]
    likes_avg_30d: NotRequired[float]
    originals_share: NotRequired[Share]
    following: NotRequired[Count]
    registered_at: NotRequired[StoredMoment]
    verified: NotRequired[bool]
    organisation: NotRequired[bool]
    posts_total: NotRequired[Count]
    earlier_at: NotRequired[StoredMoment]
    earlier_followers: NotRequired[Count]
    earlier_following: NotRequired[Count]
    earlier_posts_total: NotRequired[Count]
    posts_seen: NotRequired[Count]
    active_days_30d: NotRequired[float]
    duplicates_share: NotRequired[Share]
    links_share: NotRequired[Share]
    burst_share: NotRequired[Share]
    automated_share: NotRequired[Share]
    plain_reposts_share: NotRequired[Share]
    reactions_variation: NotRequired[float]
    copied_comments_share: NotRequired[Share]
    top_reactors_share: NotRequired[Share]
    popular: NotRequired[bool]
    accepted_all_last_week: NotRequired[bool]
    by_appointment: NotRequired[bool]
    market_stars: NotRequired[Count]
    orders_90d: NotRequired[Count]
    acceptance_rate: NotRequired[Share]
    on_time_share: NotRequired[Share]
    kept_share: NotRequired[Share]
    disputes_lost_share: NotRequired[Share]
    followers_shown: NotRequired[Count]
    reads_median: NotRequired[float]
    reads_spread: NotRequired[float]
    reactions_median: NotRequired[float]
    reactions_spread: NotRequired[float]


class AccountFigures(Metrics):
    """Everything that a grade and its prices are computed from: the figures, and what this market found out."""

    paid_bps: NotRequired[int]
    paid_advertisers: NotRequired[Count]
    paid_orders: NotRequired[Count]
    counted_at: NotRequired[StoredMoment]
    counted_before: NotRequired[Count]
    unconfirmed_since: NotRequired[StoredMoment]
    reads_confirmed: NotRequired[float]


class StoredBand(TypedDict):
    """An advised price in minor units, with the band around it."""

    low: int
    mid: int
    high: int
