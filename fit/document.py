"""Build the methodology document from the data: factors fitted to the market's stars and prices, reference values, and decided
values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.grading.model.factors import earn, reactions, value_of
from chalicelib.grading.model.grade import POINT, grade
from chalicelib.grading.model.methodology import GRADES, FittedPrice, Table, parse
from fit.data import Data, Labelled, Listed
from fit.prices import fen_table, fit_models, organisation_bps
from fit.signs import fit_quality
from fit.stars import fit_market
from fit.tables import PPM, Points, percentile_table

MARKET_WEIGHT = 700
"""Of 1,000; divided among followers, reach and demand by how much each can earn."""
WEIGHTS = {"engagement": 90, "activity": 40, "regularity": 20, "originality": 20, "quality": 80, "conduct": 50}
LABELS = {
    "followers": ("粉丝", "active followers, else followers"),
    "reach": ("阅读", "reads per post"),
    "demand": ("行情", "per cent of the most that category and standing on the market earn"),
    "engagement": ("互动", "reposts, comments and likes per post, against accounts of that size"),
    "activity": ("活跃度", "posts in 30 days"),
    "regularity": ("规律", "days with a post, in 30 days"),
    "originality": ("原创", "per cent of posts that are original"),
    "quality": ("质量", "per cent: chance of being honest rather than a spammer, were there as many of each"),
    "conduct": ("履约", "per cent of a perfect record of orders"),
}
RECORD: dict[str, tuple[str, int, Points]] = {
    "acceptance": ("接单率", 30, [[0, 0], [500_000, 200_000], [800_000, 600_000], [950_000, 900_000], [PPM, PPM]]),
    "on_time": ("准时率", 25, [[0, 0], [800_000, 300_000], [950_000, 700_000], [PPM, PPM]]),
    "kept": ("保留率", 30, [[0, 0], [900_000, 200_000], [980_000, 700_000], [PPM, PPM]]),
    "disputes_lost": ("败诉率", 15, [[0, PPM], [20_000, 700_000], [100_000, 200_000], [300_000, 0]]),
}
SIZES = (0, 300, 1_000, 10_000, 100_000, 1_000_000)
MARKET_SHARES = (0.488, 0.164, 0.198, 0.098, 0.028, 0.025)
DIAMOND_SHARE = 0.002
MARGIN = 500
POST_BPS = 15_000
PRIOR_ORDERS = 8
QUALITY_BPS: Points = [[0, 5_000], [30_000, 10_000]]
FEWEST_IN_CATEGORY = 50
FOLLOWER_LIMIT = {"few": 1_000, "growth_bps_30d": 2_000, "per_read": 5}
"""In 30 days 95 % of Xingtu's creators grew by less than about a fifth. Of the accounts in the price list, a third have at most 5
followers per read; the median is 9."""
EVEN: Points = [[share * 10_000, share * 100_000] for share in range(11)]
CATEGORY_PERCENTILES = (0, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.5, 100)


def fit_document(data: Data, version: str) -> dict[str, Any]:
    """Return the methodology document fitted to these data. Deterministic: the same data give the same document."""
    honest = [account for account in data.labelled if not account.is_spammer]
    market = fit_market(data.listed)
    document: dict[str, Any] = {
        "version": version,
        "sources": _sources(len(data.listed), len(data.labelled), len(data.asked)),
        "factors": [
            *_market_factors(data.listed, market["full"]),
            _factor("engagement", [[0, 0], [1, PPM]], kind="size", sizes=_sizes(data, honest)),
            *(_factor(name, _reference(name, honest)) for name in ("activity", "regularity", "originality")),
            _factor("quality", [[0, 0], [100_000, PPM]], kind="signs", **fit_quality(data.labelled)),
            _factor("conduct", [[0, 0], [100_000, PPM]], kind="record", signs=_record()),
        ],
        "market": market,
        "thresholds": dict.fromkeys(GRADES[1:], 0),
        "margin": MARGIN,
        "follower_limit": FOLLOWER_LIMIT,
        "score_percentiles": {},
        "price": {
            "models": fit_models(data.listed),
            "fen": fen_table(),
            "quality_bps": QUALITY_BPS,
            "organisation_bps": 10_000,
            "post_bps": POST_BPS,
            "prior_orders": PRIOR_ORDERS,
        },
    }
    priced = parse(document).price
    assert isinstance(priced, FittedPrice)
    document["price"]["organisation_bps"] = organisation_bps(data.asked, priced)
    _compare_quality(document, honest)
    _cut(document, data.listed)
    _match(document)
    return document


def _sources(listed: int, labelled: int, asked: int) -> list[str]:
    return [
        f"followers, reach, demand, thresholds and prices: price list of Weibo's Micro-task, 22 Nov 2017 ({listed:,} accounts)",
        f"quality: {labelled:,} Weibo accounts labelled as spammers or honest in 2014 and their posts up to 2017",
        "activity, regularity, originality, engagement of accounts with less than 10,000 followers: the honest ones of these",
        f"engagement of greater accounts, what organisations ask more: {asked:,} creators of Douyin's Xingtu, November 2025",
        "weights of engagement, activity, regularity, originality, quality and conduct, the signs of bought reactions, the "
        "table of conduct, what quality does to a price: decided",
        "thresholds: the shares of one to six stars of that market on that day; no account was a diamond then, here the top "
        f"{DIAMOND_SHARE:.1%} are",
        "price of a post: 1.5 times a repost, an assumption until settled orders say otherwise",
    ]


def _factor(name: str, percentiles: Points, **more: Any) -> dict[str, Any]:
    label, unit = LABELS[name]
    weight = more.pop("weight", WEIGHTS.get(name))
    kind = more.pop("kind", "percentile")
    return {
        "name": name,
        "label": label,
        "unit": unit,
        "weight": weight,
        "kind": kind,
        **more,
        "percentiles": percentiles,
    }


def _market_factors(listed: Sequence[Listed], full: dict[str, int]) -> list[dict[str, Any]]:
    factors = []
    for name, kind in (("followers", "market"), ("reach", "market"), ("demand", "demand")):
        weight = round(MARKET_WEIGHT * full[name] / sum(full.values()))
        values = [value_of(name, account.evidence) for account in listed] if kind == "market" else []
        table = (
            percentile_table([value for value in values if value is not None]) if values else [[0, 0], [100_000, PPM]]
        )
        factors.append(_factor(name, table, kind=kind, weight=weight))
    return factors


def _reference(name: str, honest: Sequence[Labelled]) -> Points:
    values = [value_of(name, account.evidence) for account in honest]
    return percentile_table([value for value in values if value is not None])


def _sizes(data: Data, honest: Sequence[Labelled]) -> list[list[Any]]:
    """Return percentiles of the reactions per post by size: honest Weibo accounts up to 10,000 followers, Douyin's creators
    above."""
    small = [account.evidence for account in honest if account.evidence.followers < 10_000]
    great = [account.evidence for account in data.asked if account.evidence.followers >= 10_000]
    sizes: list[list[Any]] = []
    for least, most in zip(SIZES, (*SIZES[1:], None), strict=True):
        of = [e for e in (*small, *great) if e.followers >= least and (most is None or e.followers < most)]
        values = [value for value in map(reactions, of) if value is not None]
        sizes.append([least * 1_000, percentile_table(values), [[0, 0], [1, PPM]]])
    return sizes


def _record() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "label": label,
            "strength": strength,
            "direction": "falls" if name == "disputes_lost" else "rises",
            "points": points,
        }
        for name, (label, strength, points) in RECORD.items()
    ]


def _compare_quality(document: dict[str, Any], honest: Sequence[Labelled]) -> None:
    [quality] = [factor for factor in document["factors"] if factor["name"] == "quality"]
    [rule] = [rule for rule in parse(document).factors if rule.name == "quality"]
    found = [earn(rule, account.evidence, None, None).value for account in honest]
    quality["percentiles"] = percentile_table([value for value in found if value is not None])


def _match(document: dict[str, Any]) -> None:
    """Scale the factors that are not fitted to the market: they earn what a listed account of that percentile earns of the
    market's factors, so that more known figures alone do not raise an account."""
    listed = document["score_percentiles"][""]
    earned = Table(tuple((percentile, score * PPM // (100 * POINT)) for score, percentile in listed))

    def points(percentiles: Points) -> Points:
        return [[value, earned.at(percentile)] for value, percentile in percentiles]

    for factor in document["factors"]:
        if factor["kind"] in ("percentile", "signs", "record"):
            factor["points"] = points(factor["percentiles"] if factor["kind"] != "record" else EVEN)
        if factor["kind"] == "size":
            factor["sizes"] = [[least, percentiles, points(percentiles)] for least, percentiles, _ in factor["sizes"]]


def _cut(document: dict[str, Any], listed: Sequence[Listed]) -> None:
    """Set the thresholds at the market's shares, and the percentiles of scores by category."""
    methodology = parse(document)
    scores = [grade(account.evidence, methodology, account.category).score for account in listed]
    document["thresholds"] = thresholds(scores)
    by_category: dict[str, list[int]] = {"": scores}
    for account, score in zip(listed, scores, strict=True):
        if account.category:
            by_category.setdefault(account.category, []).append(score)
    document["score_percentiles"] = {
        name: _coarse(found) for name, found in sorted(by_category.items()) if len(found) >= FEWEST_IN_CATEGORY
    }


def _coarse(scores: Sequence[int]) -> Points:
    ordered = sorted(scores)
    points = [[0, 0]]
    for percent in CATEGORY_PERCENTILES:
        score = ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]
        if score > points[-1][0]:
            points.append([score, round(percent * 10_000)])
    points[-1][1] = PPM
    return points


def thresholds(scores: Sequence[int]) -> dict[str, int]:
    """Return the scores that divide these accounts into the market's shares of stars, and the diamond's threshold."""
    ordered = sorted(scores)
    cuts, below = [], 0.0
    for share in MARKET_SHARES[:-1]:
        below += share
        cuts.append(ordered[int(len(ordered) * below)])
    cuts.append(ordered[int(len(ordered) * (1 - DIAMOND_SHARE))])
    return dict(zip(GRADES[1:], cuts, strict=True))
