"""What each factor measures of an account's evidence, and how much of its weight that earns. Pure integers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from chalicelib.grading.evidence import Evidence
from chalicelib.grading.methodology import FactorRule, Market, Table

PPM = 1_000_000
BPS = 10_000
FEW_ORDERS = 5
"""A record of so many orders weighs as much as the usual one; also what an unknown number of orders counts for."""


class Earned(NamedTuple):
    """`value` in thousandths of the factor's unit, None without evidence. `points` is what is earned of the weight, `counts` how
    much of the weight takes part and `known` how much of the evidence is there, all in parts per million; `missing` names
    figures of the evidence."""

    value: int | None
    percentile: int | None
    points: int
    counts: int
    known: int
    missing: tuple[str, ...]


def earn(rule: FactorRule, evidence: Evidence, category: str | None, market: Market | None) -> Earned:
    """What the evidence earns of this factor. `market` is needed for the kinds `market` and `demand` only."""
    kind = rule.kind
    if kind == "signs":
        return _signs(rule, evidence)
    if kind == "record":
        return _record(rule, evidence)
    if kind == "demand":
        assert market is not None
        return _demand(rule, evidence, category, market)
    value = reactions(evidence) if kind == "size" else value_of(rule.name, evidence)
    if value is None:
        return Earned(None, None, 0, 0, 0, NEEDED[rule.name])
    if kind == "size":
        percentile = rule.sizes[size_class(rule, evidence)][1].at(value)
        return Earned(value, percentile, percentile, PPM, PPM, ())
    percentile = rule.percentiles.at(value)
    if kind == "market":
        assert market is not None
        points = market_points(rule.name, value, evidence.standing, category, market)
        return Earned(value, percentile, points, PPM, PPM, ())
    return Earned(value, percentile, percentile, PPM, PPM, ())


def value_of(name: str, evidence: Evidence) -> int | None:
    """The factor's value in thousandths of its unit, None without evidence. These are the definitions of the factors."""
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
"""The figures that a factor is without when it has no value."""


def reactions(evidence: Evidence) -> int | None:
    """Reposts, comments and likes per post in thousandths; None without any of them."""
    interactions = evidence.interactions_per_post
    return None if interactions is None else round(interactions * 1_000)


def size_class(rule: FactorRule, evidence: Evidence) -> int:
    """Which of the rule's size classes the account belongs to."""
    followers = evidence.counted_followers * 1_000
    return max(bisect_right(rule.sizes, followers, key=_least) - 1, 0)


def _least(size: tuple[int, Table]) -> int:
    return size[0]


MARKET_CURVES = {"followers": 0, "reach": 1}


def market_points(name: str, value: int, standing: str, category: str | None, market: Market) -> int:
    """What followers or reach of this value earn of their factor, for this standing and category."""
    place = MARKET_CURVES[name]
    gains = market.gains.get(category or "") or market.gains[""]
    return market.cases[standing].curves[place].at(value) * gains[place] // BPS * PPM // market.full[name]


def market_value(name: str, points: int, standing: str, category: str | None, market: Market) -> int | None:
    """The least value that earns these points; None if none does."""
    place = MARKET_CURVES[name]
    gain = (market.gains.get(category or "") or market.gains[""])[place]
    if gain == 0:
        return None
    needed = -(-points * market.full[name] // PPM)
    return market.cases[standing].curves[place].least_x(-(-needed * BPS // gain))


def _demand(rule: FactorRule, evidence: Evidence, category: str | None, market: Market) -> Earned:
    standing = evidence.standing
    case = market.cases[standing]
    added = case.categories.get(category or "")
    earned = case.base + (case.categories[""] if added is None else added)
    if evidence.by_appointment:
        earned += market.by_appointment
    points = min(max(earned, 0) * PPM // market.full["demand"], PPM)
    missing = () if standing else ("popular", "accepted_all_last_week")
    return Earned(points // 10, None, points, PPM, PPM if standing else PPM // 2, missing)


def sign_values(rule: FactorRule, evidence: Evidence) -> list[int | None]:
    """The value of each sign of the rule, None where it is not known."""
    return [SIGNS[sign.name](evidence) for sign in rule.signs]


def _signs(rule: FactorRule, evidence: Evidence) -> Earned:
    total = strength = known = 0
    missing = []
    for sign in rule.signs:
        value = SIGNS[sign.name](evidence)
        strength += sign.strength
        if value is None:
            missing.append(sign.name)
        else:
            known += sign.strength
            total += sign.table.at(value)
    if not known:
        return Earned(None, None, 0, 0, 0, tuple(missing))
    points = rule.odds.at(total)
    share = known * PPM // strength
    return Earned(points // 10, rule.percentiles.at(points // 10), points, share, share, tuple(missing))


def _record(rule: FactorRule, evidence: Evidence) -> Earned:
    total = strength = known = 0
    missing = []
    for sign in rule.signs:
        value = SIGNS[sign.name](evidence)
        strength += sign.strength
        if value is None:
            missing.append(sign.name)
        else:
            known += sign.strength
            total += sign.strength * sign.table.at(value)
    if not known:
        return Earned(None, None, 0, 0, 0, tuple(missing))
    orders = FEW_ORDERS if evidence.orders_90d is None else evidence.orders_90d
    points = (total // known * orders + rule.usual * FEW_ORDERS) // (orders + FEW_ORDERS)
    share = known * PPM // strength
    return Earned(points // 10, None, points, share, share, tuple(missing))


def _share(name: str) -> Callable[[Evidence], int | None]:
    def value(evidence: Evidence) -> int | None:
        found = getattr(evidence, name)
        return None if found is None else round(found * PPM)

    return value


def _ratio(over: str, under: str) -> Callable[[Evidence], int | None]:
    def value(evidence: Evidence) -> int | None:
        above, below = getattr(evidence, over), getattr(evidence, under)
        return None if above is None or below is None else (above + 1) * 1_000 // (below + 1)

    return value


def _reactions_per_thousand(evidence: Evidence) -> int | None:
    interactions = evidence.interactions_per_post
    return None if interactions is None else round(interactions * PPM / (evidence.followers + 100))


def _smoothness(evidence: Evidence) -> int | None:
    """Reactions of a few are uneven by chance and even by chance: what varies counts from ten reactions per post on."""
    interactions = evidence.interactions_per_post
    if evidence.reactions_variation is None or interactions is None or interactions < 10:
        return None
    return round(evidence.reactions_variation * 1_000)


def _thousandths(name: str) -> Callable[[Evidence], int | None]:
    def value(evidence: Evidence) -> int | None:
        found = getattr(evidence, name)
        return None if found is None else int(found * 1_000)

    return value


SIGNS: dict[str, Callable[[Evidence], int | None]] = {
    "duplicates": _share("duplicates_share"),
    "originals": _share("originals_share"),
    "links": _share("links_share"),
    "burst": _share("burst_share"),
    "automated": _share("automated_share"),
    "following_per_follower": _ratio("following", "followers"),
    "posts_total": _thousandths("posts_total"),
    "earlier_following_per_follower": _ratio("earlier_following", "earlier_followers"),
    "earlier_following": _thousandths("earlier_following"),
    "comments": _thousandths("comments_avg_30d"),
    "earlier_posts_total": _thousandths("earlier_posts_total"),
    "reactions_per_1000": _reactions_per_thousand,
    "smoothness": _smoothness,
    "copied_comments": _share("copied_comments_share"),
    "top_reactors": _share("top_reactors_share"),
    "acceptance": _share("acceptance_rate"),
    "on_time": _share("on_time_share"),
    "kept": _share("kept_share"),
    "disputes_lost": _share("disputes_lost_share"),
}
"""What each sign measures: shares in parts per million, all else in thousandths."""
