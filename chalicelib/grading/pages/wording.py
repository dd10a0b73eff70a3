"""Words and number formats of the grade page. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import ceil, floor, log10

from chalicelib.core import clock
from chalicelib.core.regions.region import region
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.factors import FIGURES
from chalicelib.grading.model.grade import Factor, Grade
from chalicelib.grading.model.methodology import GRADES
from chalicelib.html.markup import Html, element

COLOURS = {
    "followers": "f0",
    "reach": "f1",
    "demand": "f2",
    "engagement": "f3",
    "activity": "f4",
    "regularity": "f5",
    "originality": "f6",
    "quality": "f7",
    "conduct": "f8",
    "balance": "f9",
}
WORDS = {
    "reads_avg_30d": "reads per post",
    "reads_confirmed": "confirmed reads per post",
    "posts_30d": "posts in 30 days",
    "active_days_30d": "days with a post",
    "originals_share": "share of originals",
    "reposts_avg_30d": "reposts per post",
    "comments_avg_30d": "comments per post",
    "likes_avg_30d": "likes per post",
    "popular": "whether another market lists it among the most wanted",
    "accepted_all_last_week": "whether it accepted every order there last week",
    "following": "accounts that it follows",
    "duplicates_share": "repeated texts",
    "links_share": "posts with links",
    "burst_share": "posts on the busiest day",
    "automated_share": "posts sent by programs",
    "plain_reposts_share": "reposts of others, by hand, without links",
    "earlier_followers": "followers at an earlier time",
    "posts_seen": "number of posts read",
    "orders_90d": "orders in 90 days",
    "acceptance_rate": "offers accepted",
    "on_time_share": "posts on time",
    "kept_share": "posts that stayed up",
    "disputes_lost_share": "disputes lost",
    "distinct_posts": "posts with different texts",
    "original_posts": "original posts",
    "forwarded_posts": "reposts of others",
    "unlinked_posts": "posts without links",
    "manual_posts": "posts not sent by programs",
    "plain_reposts": "reposts of others, by hand, without links",
    "spread_posts": "posts not on the busiest day",
    "duplicates": "repeated texts",
    "originals": "originals",
    "links": "posts with links",
    "burst": "posts on the busiest day",
    "automated": "posts sent by programs",
    "posts_total": "posts in all",
    "following_per_follower": "accounts followed per follower",
    "earlier_following_per_follower": "accounts followed per follower at an earlier time",
    "earlier_following": "accounts followed at an earlier time",
    "earlier_posts_total": "posts in all at an earlier time",
    "comments": "comments per post",
    "reactions_per_1000": "reactions per 1,000 followers",
    "smoothness": "variation of reactions from post to post",
    "copied_comments": "comments that repeat another comment",
    "top_reactors": "reactions from the same few people",
    "acceptance": "offers accepted",
    "on_time": "posts on time",
    "kept": "posts that stayed up",
    "disputes_lost": "disputes lost",
}
"""The names of figures and signs for people."""
WHOLE = frozenset({"followers", "activity"})
"""Factors whose values are whole numbers."""


def figure(value: float) -> str:
    """Format a figure for people: `300,000`, `64,747`, `436.3`, `9.52`, `0.083`."""
    digits = _digits(value)
    return f"{value:,.{digits}f}"


def at_least(value: float, whole: bool = False) -> str:
    """Format a figure that must be reached, rounded up; `whole`: to a whole number."""
    digits = 0 if whole else _digits(value)
    return f"{ceil(round(value * 10**digits, 6)) / 10**digits:,.{digits}f}"


def _digits(value: float) -> int:
    if value == int(value) or abs(value) >= 1_000:
        return 0
    return max(3 - max(floor(log10(abs(value))) + 1, 1), 1) if abs(value) >= 1 else 3


def percent(value: float) -> str:
    """Format a percentage: `49%`, with one decimal below 1 and above 99."""
    return f"{value:.0f}%" if 1 <= value <= 99 else f"{value:.1f}".removesuffix(".0") + "%"


def name_of(grade: str) -> str:
    """Return `one star`, `two stars`, … `diamond`."""
    number, _, star = grade.partition("_")
    return number if not star else f"{number} {star}" if number == "one" else f"{number} {star}s"


def short(grade: str) -> str:
    """Return a short form for charts: `2★`, `◆` for a diamond."""
    return "◆" if grade == GRADES[-1] else f"{GRADES.index(grade) + 1}★"


def chinese(label: str) -> Html | None:
    """Return an element with a Chinese label beside its English name; None in a region whose pages are in English only."""
    return element("span", label, lang="zh", class_="soft") if "zh" in region().languages else None


def colour(factor: Factor) -> str:
    """Return the CSS class that colours a factor; an unknown factor has none."""
    return COLOURS.get(factor.rule.name, "")


def day(moment: datetime) -> str:
    """Format a day: `2026-11-23`, in UTC."""
    return clock.rfc3339(moment)[:10]


def is_rising(graded: Grade) -> bool:
    """Return whether the methodology is one in which an unknown figure counts as the least that a known one can (2026-11-27 on)."""
    return "counting" in graded.methodology.document


def lacks_reads(graded: Grade) -> bool:
    """Return whether no reads of the account count as known: none are shown, or none are confirmed."""
    reads = graded.factor("reach")
    return reads is not None and not reads.earned.known


_NEEDED = {
    "following_per_follower": ("following",),
    "earlier_following_per_follower": ("earlier_following", "earlier_followers"),
    "reactions_per_1000": ("reposts_avg_30d", "comments_avg_30d", "likes_avg_30d"),
    "smoothness": ("reactions_variation",),
}


def truly_unknown(names: Iterable[str], evidence: Evidence) -> list[str]:
    """Return those of the figures and signs whose figures are not known. A sign can be without a value although its figure is
    known, such as the variation of very few reactions."""
    return [name for name in names if not is_figure_known(name, evidence)]


def is_figure_known(name: str, evidence: Evidence) -> bool:
    """Return whether a figure of the evidence, or every figure that a sign needs, is known; of reactions, one kind."""
    needed = _NEEDED.get(name) or (FIGURES.get(name, (name, 0))[0],)
    known = [getattr(evidence, figure, None) is not None for figure in needed]
    return any(known) if name == "reactions_per_1000" else all(known)
