"""The factors of a grade: the value of each factor for an evidence, and the points it earns of its weight. Pure, integers only."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import FactorRule, Market, Sign

PPM = 1_000_000
BPS = 10_000
FEW_ORDERS = 5
"""A record of this many orders has half of its weight. An unknown number of orders counts as this many."""


class Earned(NamedTuple):
    """The result of one factor. All but `value` and `size` are in parts per million.

    value   in thousandths of the factor's unit, None without evidence
    points  the earned part of the weight
    counts  the part of the weight that takes part
    known   the part of the evidence that is known
    size    the index of the size class that the account was compared in"""

    value: int | None
    points: int
    counts: int
    known: int
    size: int = 0


NOTHING = Earned(None, 0, 0, 0)


def earn(rule: FactorRule, evidence: Evidence, category: str | None, market: Market | None) -> Earned:
    """Return the result of this factor for the evidence. `market` is needed only for the kinds `market` and `demand`."""
    kind = rule.kind
    if kind == "percentile":
        value = value_of(rule.name, evidence)
        return NOTHING if value is None else Earned(value, rule.points.at(value), PPM, PPM)
    if kind == "signs":
        return _signs(rule, evidence)
    if kind == "record":
        return _record(rule, evidence)
    if kind == "size":
        value = reactions(evidence)
        if value is None:
            return NOTHING
        size = size_class(rule, evidence)
        return Earned(value, rule.sizes[size][2].at(value), PPM, PPM, size)
    assert market is not None
    if kind == "demand":
        return _demand(evidence, category, market)
    value = value_of(rule.name, evidence)
    if value is None:
        return NOTHING
    return Earned(value, market_points(rule.name, value, evidence.standing, category, market), PPM, PPM)


def percentile_of(rule: FactorRule, earned: Earned) -> int | None:
    """Return the percentile of the value among the accounts that the factor is compared with, in parts per million; None without
    evidence or without accounts to compare with."""
    if earned.value is None or rule.kind in ("demand", "record"):
        return None
    table = rule.sizes[earned.size][1] if rule.kind == "size" else rule.percentiles
    return table.at(earned.value) if len(table.points) > 1 else None


def missing_of(rule: FactorRule, evidence: Evidence) -> list[str]:
    """Return the names of the unknown figures or signs of the factor."""
    if rule.signs:
        return [sign.name for sign in rule.signs if sign_value(sign, evidence) is None]
    if rule.kind == "demand":
        return [] if evidence.standing else ["popular", "accepted_all_last_week"]
    needed = NEEDED.get(rule.name, ())
    return list(needed) if all(getattr(evidence, name) is None for name in needed) else []


def value_of(name: str, evidence: Evidence) -> int | None:
    """Return the factor's value in thousandths of its unit, None without evidence. This function defines the factors; the figures
    that it computes from several others, such as interactions per post, are properties of Evidence (evidence.py)."""
    value: float | None
    match name:
        case "followers":
            return evidence.counted_followers * 1_000
        case "reach":
            value = evidence.reads_avg_30d
        case "activity":
            value = evidence.posts_30d
        case "regularity":
            value = evidence.active_days_30d
        case "originality":
            value = None if evidence.originals_share is None else evidence.originals_share * 100
        case "engagement":
            interactions = evidence.interactions_per_post
            value = None if interactions is None else interactions * 1_000 / max(evidence.followers, 1)
        case _:
            raise ValueError(f"no such factor: {name}")
    return None if value is None else round(value * 1_000)


NEEDED = {
    "reach": ("reads_avg_30d",),
    "activity": ("posts_30d",),
    "regularity": ("active_days_30d",),
    "originality": ("originals_share",),
    "engagement": ("reposts_avg_30d", "comments_avg_30d", "likes_avg_30d"),
}
"""The figures that a factor needs to have a value."""


def reactions(evidence: Evidence) -> int | None:
    """Return reposts, comments and likes per post in thousandths; None if all are unknown."""
    interactions = evidence.interactions_per_post
    return None if interactions is None else round(interactions * 1_000)


def size_class(rule: FactorRule, evidence: Evidence) -> int:
    """Return the index of the size class of the rule that the account belongs to."""
    followers = evidence.counted_followers * 1_000
    return max(bisect_right(rule.size_starts, followers) - 1, 0)


MARKET_CURVES = {"followers": 0, "reach": 1}


def market_points(name: str, value: int, standing: str, category: str | None, market: Market) -> int:
    """Return the points of followers or reach of this value, for this standing and category."""
    place = MARKET_CURVES[name]
    gains = market.gains.get(category or "") or market.gains[""]
    return market.cases[standing].curves[place].at(value) * gains[place] // BPS * PPM // market.full[name]


def market_value(name: str, points: int, standing: str, category: str | None, market: Market) -> int | None:
    """Return the least value that earns these points; None if none does."""
    place = MARKET_CURVES[name]
    gain = (market.gains.get(category or "") or market.gains[""])[place]
    if gain == 0:
        return None
    needed = -(-points * market.full[name] // PPM)
    return market.cases[standing].curves[place].least_x(-(-needed * BPS // gain))


def _demand(evidence: Evidence, category: str | None, market: Market) -> Earned:
    standing = evidence.standing
    case = market.cases[standing]
    added = case.categories.get(category or "")
    earned = case.base + (case.categories[""] if added is None else added)
    if evidence.by_appointment:
        earned += market.by_appointment
    points = min(max(earned, 0) * PPM // market.full["demand"], PPM)
    return Earned(points // 10, points, PPM, PPM if standing else PPM // 2)


def sign_value(sign: Sign, evidence: Evidence) -> int | None:
    """Return the value of a sign: shares in parts per million, others in thousandths; None if unknown."""
    figure = FIGURES.get(sign.name)
    if figure is None:
        return COMPOSED[sign.name](evidence)
    found = getattr(evidence, figure[0])
    return None if found is None else round(found * figure[1])


def _signs(rule: FactorRule, evidence: Evidence) -> Earned:
    total = known = 0
    for sign in rule.signs:
        value = sign_value(sign, evidence)
        if value is not None:
            known += sign.strength
            total += sign.table.at(value)
    if not known:
        return NOTHING
    value = rule.odds.at(total) // 10
    share = known * PPM // rule.strength
    return Earned(value, rule.points.at(value), share, share)


def _record(rule: FactorRule, evidence: Evidence) -> Earned:
    total = known = 0
    for sign in rule.signs:
        value = sign_value(sign, evidence)
        if value is not None:
            known += sign.strength
            total += sign.strength * sign.table.at(value)
    if not known:
        return NOTHING
    orders = FEW_ORDERS if evidence.orders_90d is None else evidence.orders_90d
    record = total // known // 10
    share = known * PPM // rule.strength
    return Earned(record, rule.points.at(record), share * orders // (orders + FEW_ORDERS), share)


def _ratio(above: int | None, below: int | None) -> int | None:
    return None if above is None or below is None else (above + 1) * 1_000 // (below + 1)


def _following_per_follower(evidence: Evidence) -> int | None:
    return _ratio(evidence.following, evidence.followers)


def _earlier_following_per_follower(evidence: Evidence) -> int | None:
    return _ratio(evidence.earlier_following, evidence.earlier_followers)


def _reactions_per_thousand(evidence: Evidence) -> int | None:
    interactions = evidence.interactions_per_post
    return None if interactions is None else round(interactions * PPM / (evidence.followers + 100))


def _smoothness(evidence: Evidence) -> int | None:
    """Return how much reactions vary, from ten reactions per post on. Below that, variation is mostly chance."""
    variation = evidence.reactions_variation
    if variation is None:
        return None
    interactions = evidence.interactions_per_post
    return None if interactions is None or interactions < 10 else round(variation * 1_000)


FIGURES = {
    "duplicates": ("duplicates_share", PPM),
    "originals": ("originals_share", PPM),
    "links": ("links_share", PPM),
    "burst": ("burst_share", PPM),
    "automated": ("automated_share", PPM),
    "posts_total": ("posts_total", 1_000),
    "earlier_following": ("earlier_following", 1_000),
    "comments": ("comments_avg_30d", 1_000),
    "earlier_posts_total": ("earlier_posts_total", 1_000),
    "copied_comments": ("copied_comments_share", PPM),
    "top_reactors": ("top_reactors_share", PPM),
    "acceptance": ("acceptance_rate", PPM),
    "on_time": ("on_time_share", PPM),
    "kept": ("kept_share", PPM),
    "disputes_lost": ("disputes_lost_share", PPM),
}
"""Signs that are one figure of the evidence, and the factor it is multiplied by."""

COMPOSED: dict[str, Callable[[Evidence], int | None]] = {
    "following_per_follower": _following_per_follower,
    "earlier_following_per_follower": _earlier_following_per_follower,
    "reactions_per_1000": _reactions_per_thousand,
    "smoothness": _smoothness,
}
"""Signs that are computed from several figures."""
