"""Build the methodology document from the data: what is fitted to the market's stars, prices and labels, reference values, and
decided values."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

from chalicelib.grading.model.advised_price import advised
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.factors import reactions
from chalicelib.grading.model.grade import grade
from chalicelib.grading.model.methodology import GRADES, Methodology, parse
from chalicelib.grading.model.rising import RisingPrice, counting_of, parse_rising, quality
from fit.advised_prices import fit_prices, organisation_bps
from fit.input_tables import Data, Labelled, Listed
from fit.integer_tables import PPM, Points, percentile_table
from fit.signs import MOST, fit_quality
from fit.stars import COUNTING, UNKNOWN_SHARE, fit_market, thresholds, unknown_reads

LABELS = {
    "followers": ("粉丝", "followers that count"),
    "reach": ("阅读", "reads per post"),
    "balance": ("匹配", "the scarcer of followers and eight times the reads"),
    "engagement": ("互动", "reposts, comments and likes per post"),
    "activity": ("活跃度", "posts in 30 days"),
    "regularity": ("规律", "days with a post, in 30 days"),
    "demand": ("行情", "points for category and standing"),
    "quality": ("质量", "points for posts and profile unlike those of spammers"),
    "conduct": ("履约", "per cent of a perfect record of orders"),
}
ENGAGEMENT: Points = [
    [0, 0],
    [1_000, 30],
    [10_000, 125],
    [100_000, 250],
    [1_000_000, 375],
    [10_000_000, 500],
    [100_000_000, 625],
]
ACTIVITY: Points = [[0, 0], [10_000, 100], [30_000, 175], [100_000, 200]]
REGULARITY: Points = [[0, 0], [10_000, 100], [30_000, 175]]
CONDUCT_MOST = 1_000
"""The most that the factors without a market's figures add, in thousandths of a point. The value is decided, not fitted: together
with quality they add less than one grade. A listed account has none of these figures."""
RECORD: dict[str, tuple[str, str, int, Points]] = {
    "acceptance": (
        "接单率",
        "acceptance_rate",
        30,
        [[0, 0], [500_000, 200_000], [800_000, 600_000], [950_000, 900_000], [PPM, PPM]],
    ),
    "on_time": ("准时率", "on_time_share", 25, [[0, 0], [800_000, 300_000], [950_000, 700_000], [PPM, PPM]]),
    "kept": ("保留率", "kept_share", 30, [[0, 0], [900_000, 200_000], [980_000, 700_000], [PPM, PPM]]),
    "disputes_lost": (
        "败诉率",
        "disputes_lost_share",
        15,
        [[0, PPM], [20_000, 700_000], [100_000, 200_000], [300_000, 0]],
    ),
}
DIAMOND_SHARE = 0.002
MARGIN = 500
FEWEST_IN_CATEGORY = 50
LIMIT_SHARE = 0.99
FOLLOWERS_TIMES = 10
"""The needs of the next grade name at most ten times the present followers."""
CATEGORY_PERCENTILES = (0, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.5, 100)


def fit_document(data: Data, version: str, unknown_share: float = UNKNOWN_SHARE) -> dict[str, Any]:
    """Return the methodology document fitted to these data. Deterministic: the same data give the same document. Unknown reads
    count as those that `unknown_share` of the listed accounts of the size do not reach."""
    honest = [account for account in data.labelled if not account.is_spammer]
    counting = {**COUNTING, "unknown_reads": unknown_reads(data.listed, unknown_share), "needs_confirmation": True}
    market = fit_market(data.listed, counting_of(counting))
    levels = fit_quality(data.labelled)
    percentiles = _percentiles(data, honest)
    curves = {**market["curves"], "engagement": ENGAGEMENT, "activity": ACTIVITY, "regularity": REGULARITY}
    document: dict[str, Any] = {
        "version": version,
        "sources": _sources(len(data.listed), len(data.labelled), len(data.xingtu)),
        "counting": counting,
        "factors": [
            *(
                _factor(n, "curve", points[-1][1], points=points, percentiles=percentiles.get(n))
                for n, points in curves.items()
            ),
            _factor("demand", "demand", market["demand_most"], **market["demand"]),
            _factor("quality", "quality", MOST, levels=levels),
            _factor("conduct", "record", CONDUCT_MOST, signs=_record()),
        ],
        "thresholds": dict(zip(GRADES[1:], range(1, 7), strict=True)),
        "margin": MARGIN,
        "limits": _limits(data, honest),
        "score_percentiles": {},
        "price": fit_prices(data.listed, counting_of(counting)),
    }
    priced = parse(document).price
    assert isinstance(priced, RisingPrice)
    document["price"]["organisation_bps"] = organisation_bps(data.xingtu, priced, counting_of(counting))
    _compare_quality(document, honest)
    _cut(document, data.listed)
    return document


def _sources(listed: int, labelled: int, xingtu: int) -> list[str]:
    return [
        "followers, reach, balance, demand, thresholds, prices and their bands: price list of Weibo's Micro-task, 22 Nov 2017 "
        f"({listed:,} accounts)",
        f"quality: {labelled:,} Weibo accounts labelled as spammers or honest in 2014 and their posts up to 2017",
        "percentiles of activity and regularity: the honest ones of these",
        f"percentiles and limits of engagement, what organisations ask more: {xingtu:,} creators of Douyin's Xingtu, November 2025",
        "what engagement, activity, regularity and conduct add, the least and the most that each level of quality adds: decided",
        f"diamond: no account was one then; here the top {DIAMOND_SHARE:.1%} of the list are",
        "price of a post: 1.5 times a repost, an assumption until settled orders say otherwise",
    ]


def _factor(name: str, kind: str, weight: int, percentiles: Points | None = None, **tables: Any) -> dict[str, Any]:
    label, unit = LABELS[name]
    compared = {} if percentiles is None else {"percentiles": percentiles}
    return {"name": name, "label": label, "unit": unit, "kind": kind, "weight": weight, **tables, **compared}


def _percentiles(data: Data, honest: Sequence[Labelled]) -> dict[str, Points]:
    """Return the percentiles of the figures among listed accounts, honest accounts and creators of another network."""
    reacted = [value for a in data.xingtu if (value := reactions(a.evidence)) is not None]
    return {
        "followers": percentile_table([a.evidence.followers * 1_000 for a in data.listed]),
        "reach": percentile_table([round((a.evidence.reads_avg_30d or 0) * 1_000) for a in data.listed]),
        "engagement": percentile_table(reacted),
        "activity": percentile_table(
            [a.evidence.posts_30d * 1_000 for a in honest if a.evidence.posts_30d is not None]
        ),
        "regularity": percentile_table(
            [round(a.evidence.active_days_30d * 1_000) for a in honest if a.evidence.active_days_30d is not None]
        ),
    }


def _limits(data: Data, honest: Sequence[Labelled]) -> dict[str, Points]:
    """Return the greatest value, by followers in thousandths, that the needs of the next grade may name: the 99th percentile of the
    accounts of that size."""
    read = [(a.evidence, round((a.evidence.reads_avg_30d or 0) * 1_000)) for a in data.listed]
    reacted = [(a.evidence, value) for a in data.xingtu if (value := reactions(a.evidence)) is not None]
    posted = sorted(a.evidence.posts_30d for a in honest if a.evidence.posts_30d is not None)
    most = posted[int(len(posted) * LIMIT_SHARE)] * 1_000
    return {
        "followers": [[0, 10_000_000], [10**12, FOLLOWERS_TIMES * 10**12]],
        "reach": _by_size(read),
        "engagement": _by_size(reacted),
        "activity": [[0, most]],
        "regularity": [[0, 30_000]],
    }


def _by_size(values: Sequence[tuple[Evidence, int]]) -> Points:
    points = [[0, 0]]
    ordered = sorted((evidence.followers, value) for evidence, value in values)
    parts = max(min(len(ordered) // 200, 20), 1)
    for part in range(parts):
        of = ordered[len(ordered) * part // parts : len(ordered) * (part + 1) // parts]
        if not of:
            continue
        size, best = of[len(of) // 2][0] * 1_000, sorted(value for _, value in of)[int(len(of) * LIMIT_SHARE)]
        if size > points[-1][0]:
            points.append([size, max(best, points[-1][1])])
    return points


def _record() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "label": label,
            "figure": figure,
            "strength": strength,
            "direction": "falls" if name == "disputes_lost" else "rises",
            "points": points,
        }
        for name, (label, figure, strength, points) in RECORD.items()
    ]


def _compare_quality(document: dict[str, Any], honest: Sequence[Labelled]) -> None:
    [factor] = [factor for factor in document["factors"] if factor["name"] == "quality"]
    model = parse_rising(document)
    factor["percentiles"] = percentile_table([quality(model, account.evidence)[0] for account in honest])


def _cut(document: dict[str, Any], listed: Sequence[Listed]) -> None:
    """Set the thresholds, and the percentiles of scores by category."""
    methodology = parse(document)
    scores = [grade(account.evidence, methodology, account.category).score for account in listed]
    document["thresholds"] = thresholds(list(zip(scores, (a.stars for a in listed), strict=True)), DIAMOND_SHARE)
    by_category: dict[str, list[int]] = {"": scores}
    for account, score in zip(listed, scores, strict=True):
        if account.category:
            by_category.setdefault(account.category, []).append(score)
    document["median_repost_by_grade"] = _medians(listed, parse(document))
    document["score_percentiles"] = {
        name: _coarse(found) for name, found in sorted(by_category.items()) if len(found) >= FEWEST_IN_CATEGORY
    }


def _medians(listed: Sequence[Listed], methodology: Methodology) -> dict[str, int]:
    """Return the median of the advised prices of a repost in fen, by grade."""
    by_grade: dict[str, list[int]] = {name: [] for name in GRADES}
    for account in listed:
        graded = grade(account.evidence, methodology, account.category)
        by_grade[graded.grade].append(advised(graded, account.category)["repost"].mid)
    return {name: round(statistics.median(prices)) for name, prices in by_grade.items() if prices}


def _coarse(scores: Sequence[int]) -> Points:
    ordered = sorted(scores)
    points = [[0, 0]]
    for percent in CATEGORY_PERCENTILES:
        score = ordered[min(math.floor(len(ordered) * percent / 100), len(ordered) - 1)]
        if score > points[-1][0]:
            points.append([score, round(percent * 10_000)])
    points[-1][1] = PPM
    return points
