"""The evidence about an account: the figures from which its grade and prices are computed. Pure.

An unknown figure is None. It is reported as missing and lowers the confidence of the grade; it never counts as zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from chalicelib.grading.model.account_figures import AccountFigures


@dataclass(frozen=True)
class Evidence:
    """One snapshot of metrics as of a moment (RFC 3339). Averages are per post over 30 days; shares are 0-1.

    Prices asked by the creator are not part of it: they affect neither the grade nor the advised price. Prices paid in this
    market are, for the advised price."""

    as_of: str
    followers: int
    active_followers: int | None = None
    reads_avg_30d: float | None = None
    posts_30d: int | None = None
    reposts_avg_30d: float | None = None
    comments_avg_30d: float | None = None
    likes_avg_30d: float | None = None
    originals_share: float | None = None
    following: int | None = None
    registered_at: str | None = None
    verified: bool | None = None
    organisation: bool | None = None
    # the profile, now and at an earlier moment
    posts_total: int | None = None
    earlier_at: str | None = None
    earlier_followers: int | None = None
    earlier_following: int | None = None
    earlier_posts_total: int | None = None
    # from posts and reactions (chalicelib.grading.model.post_evidence)
    posts_seen: int | None = None
    active_days_30d: float | None = None
    duplicates_share: float | None = None
    links_share: float | None = None
    burst_share: float | None = None
    automated_share: float | None = None
    plain_reposts_share: float | None = None
    reactions_variation: float | None = None
    copied_comments_share: float | None = None
    top_reactors_share: float | None = None
    # on the market it is listed on
    popular: bool | None = None
    accepted_all_last_week: bool | None = None
    by_appointment: bool | None = None
    market_stars: int | None = None
    # on this market
    orders_90d: int | None = None
    acceptance_rate: float | None = None
    on_time_share: float | None = None
    kept_share: float | None = None
    disputes_lost_share: float | None = None
    paid_bps: int | None = None
    paid_advertisers: int | None = None
    paid_orders: int | None = None
    # how many followers counted when it was measured here before (chalicelib.grading.model.follower_growth)
    counted_at: str | None = None
    counted_before: int | None = None
    # the profile's own number where fewer followers count; the first measurement of reads that are not confirmed, and the confirmed
    # reads that count instead of them (chalicelib.grading.model.carried_figures)
    followers_shown: int | None = None
    unconfirmed_since: str | None = None
    reads_confirmed: float | None = None
    # ln(1 + figure) of the latest posts: median and spread, for the forecast (chalicelib.grading.model.post_evidence)
    reads_median: float | None = None
    reads_spread: float | None = None
    reactions_median: float | None = None
    reactions_spread: float | None = None

    def as_json(self) -> AccountFigures:
        """Return only the known figures."""
        return cast("AccountFigures", {name: value for name, value in self.__dict__.items() if value is not None})

    @classmethod
    def from_json(cls, document: Mapping[str, object]) -> Evidence:
        """Return the evidence that `as_json` wrote; unknown members are ignored. Raise KeyError without `as_of` or `followers`."""
        if not document.keys() <= _NAMES:
            document = {name: value for name, value in document.items() if name in _NAMES}
        if not document.keys() >= _NEEDED:
            raise KeyError(*sorted(_NEEDED - document.keys()))
        made = object.__new__(cls)  # what is not in the document is found on the class: None
        made.__dict__.update(document)
        return made

    def with_active(self, followers: int) -> Evidence:
        """Return the same evidence with this number of active followers."""
        made = object.__new__(Evidence)
        made.__dict__.update(self.__dict__, active_followers=followers)
        return made

    @property
    def interactions_per_post(self) -> float | None:
        """Reposts, comments and likes per post; None unless at least one of them is known."""
        reposts, comments, likes = self.reposts_avg_30d, self.comments_avg_30d, self.likes_avg_30d
        if reposts is None and comments is None and likes is None:
            return None
        return (reposts or 0) + (comments or 0) + (likes or 0)

    @property
    def counted_followers(self) -> int:
        """The active followers if known, else all followers."""
        return self.followers if self.active_followers is None else self.active_followers

    @property
    def standing(self) -> str:
        """`popular` (on the original market's list of the most wanted), `accepting` (accepted every order of the week before),
        `ordinary` (neither), or empty if both are unknown."""
        if self.popular:
            return "popular"
        if self.accepted_all_last_week:
            return "accepting"
        return "" if self.popular is None and self.accepted_all_last_week is None else "ordinary"


TRACK_RECORD_FIGURES = ("orders_90d", "acceptance_rate", "on_time_share", "kept_share", "disputes_lost_share")
PAID_FIGURES = ("paid_bps", "paid_advertisers", "paid_orders")
COUNTED_FIGURES = ("counted_at", "counted_before", "unconfirmed_since", "reads_confirmed")
MARKET_FIGURES = frozenset((*TRACK_RECORD_FIGURES, *PAID_FIGURES, *COUNTED_FIGURES))
"""Figures that this market computes itself. The track record may also be imported for an account without orders here."""

_NAMES = {field.name for field in fields(Evidence)}
_NEEDED = {"as_of", "followers"}
