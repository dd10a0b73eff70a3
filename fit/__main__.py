"""`make fit DATA=folder VERSION=2026-11-22`: writes chalicelib/grading/methodologies/VERSION.json and prints how well it does.

Reads weirenwu_2017.csv (followers, reach, stars and list prices of a market of 2017) and weibo_accounts.csv with
weibo_posts.csv (what accounts post and how others react). Percentiles, thresholds and prices come from these; the weights of
the factors are a decision, stated in docs/grading.md. Every measure is of rows that were not used in fitting (five folds).
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import statistics
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.grading.evidence import Evidence
from chalicelib.grading.grade import POINT, grade
from chalicelib.grading.methodology import FOLDER, GRADES, Methodology, parse
from chalicelib.grading.price import advised

WEIGHTS = {"followers": 30, "reach": 45, "activity": 8, "originality": 5, "engagement": 12}
LABELS = {
    "followers": ("粉丝", "active followers, else followers"),
    "reach": ("阅读", "reads per post"),
    "activity": ("活跃度", "posts in 30 days"),
    "originality": ("原创", "per cent of posts that are original"),
    "engagement": ("互动", "reposts, comments and likes per post, per 1,000 followers"),
}
MARKET_SHARES = (0.488, 0.164, 0.198, 0.098, 0.028, 0.025)
DIAMOND_SHARE = 0.002
POST_BPS = 15_000
SHRINKAGE = 40
PERCENTILES = (0, 1, 2, 5, *range(10, 95, 5), 95, 98, 99, 99.5, 99.9, 100)
FOLDS = 5


@dataclass(frozen=True)
class Listed:
    """An account of the market's price list."""

    evidence: Evidence
    category: str | None
    stars: int
    price: int  # fen


def main() -> None:
    parser = argparse.ArgumentParser(prog="make fit", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--version", required=True)
    options = parser.parse_args()
    listed = read_listed(options.data / "weirenwu_2017.csv")
    behaviour = read_behaviour(options.data)
    measures = cross_validate(listed, behaviour)
    document = fit(listed, behaviour, options.version)
    document["measures"] = measures
    target = FOLDER / f"{options.version}.json"
    target.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{target.name}, fitted on {len(listed)} listed accounts; on rows held out in {FOLDS} folds:")
    for name, value in measures.items():
        print(f"  {name:44} {value}")


def read_listed(path: Path) -> list[Listed]:
    """The price list; its `play_count` is some kind of reach and stands for reads."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [
            Listed(
                Evidence("2017-11-22T00:00:00Z", int(row["followers"]), reads_avg_30d=int(row["play_count"])),
                None if row["category"] in ("", "None") else row["category"],
                int(row["stars"]),
                round(float(row["repost_price_cny"]) * 100),
            )
            for row in csv.DictReader(lines)
        ]


def read_behaviour(folder: Path) -> dict[str, list[int]]:
    """Values of activity, originality and engagement of real accounts, in thousandths of their units."""
    followers: dict[str, int] = {}
    with (folder / "weibo_accounts.csv").open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["is_spammer"] == "0" and row["followers_2017"]:
                followers[row["account"]] = int(row["followers_2017"])
    posts: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (folder / "weibo_posts.csv").open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["account"] in followers:
                posts[row["account"]].append(row)
    values: dict[str, list[int]] = {"activity": [], "originality": [], "engagement": []}
    for account, rows in posts.items():
        times = [datetime.fromisoformat(row["time"]) for row in rows if row["time"]]
        if len(times) < 10:
            continue
        days = max((max(times) - min(times)).total_seconds() / 86_400, 1)
        reactions = sum(int(row["reposts"]) + int(row["comments"]) + int(row["likes"]) for row in rows) / len(rows)
        originals = sum(row["is_forward"] in ("0", "False") for row in rows) / len(rows)
        values["activity"].append(round(len(times) / days * 30 * 1_000))
        values["originality"].append(round(originals * 100_000))
        values["engagement"].append(round(reactions * 1_000_000 / max(followers[account], 1)))
    return values


def fit(listed: Sequence[Listed], behaviour: dict[str, list[int]], version: str) -> dict[str, Any]:
    """The methodology document fitted to these accounts."""
    values = {
        "followers": [account.evidence.followers * 1_000 for account in listed],
        "reach": [round((account.evidence.reads_avg_30d or 0) * 1_000) for account in listed],
        **behaviour,
    }
    document: dict[str, Any] = {
        "version": version,
        "sources": [
            "followers, reach, thresholds and prices: price list of Weibo's Micro-task, 22 Nov 2017 (9,505 of its 15,840 accounts)",
            "activity, originality, engagement: posts of ordinary Weibo accounts crawled in 2017",
            "thresholds: the shares of one to six stars of that market on that day; no account was a diamond then, "
            f"here the top {DIAMOND_SHARE:.1%} are",
            "price of a post: 1.5 times a repost, an assumption until settled orders say otherwise",
        ],
        "factors": [
            {
                "name": name,
                "label": LABELS[name][0],
                "unit": LABELS[name][1],
                "weight": weight,
                "percentiles": percentile_table(values[name]),
            }
            for name, weight in WEIGHTS.items()
        ],
        "thresholds": dict.fromkeys(GRADES[1:], 0),
        "price": {
            "repost_fen_by_score": [[0, 100], [100 * POINT, 100]],
            "low_bps": 10_000,
            "high_bps": 10_000,
            "post_bps": POST_BPS,
            "category_bps": {},
        },
    }
    scored = [(grade(account.evidence, parse(document)).score, account) for account in listed]
    document["thresholds"] = thresholds([score for score, _ in scored])
    fit_price(document["price"], scored)
    return document


def percentile_table(values: Sequence[int]) -> list[list[int]]:
    """Points [value, parts per million], values rising strictly; 0 is at 0."""
    ordered = sorted(values)
    points = [[0, 0]]
    for percent in PERCENTILES:
        value = ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]
        if value > points[-1][0]:
            points.append([value, round(percent * 10_000)])
        elif len(points) > 1:
            points[-1][1] = round(percent * 10_000)
    return points


def thresholds(scores: Sequence[int]) -> dict[str, int]:
    """The scores that cut these accounts into the market's shares of stars, and the diamond's."""
    ordered = sorted(scores)
    cuts, below = [], 0.0
    for share in MARKET_SHARES[:-1]:
        below += share
        cuts.append(ordered[int(len(ordered) * below)])
    cuts.append(ordered[int(len(ordered) * (1 - DIAMOND_SHARE))])
    return dict(zip(GRADES[1:], cuts, strict=True))


def fit_price(rule: dict[str, Any], scored: Sequence[tuple[int, Listed]], bins: int = 40) -> None:
    """Two rounds of: median price per band of scores, made to rise; then each category's median ratio to it, shrunk."""
    ordered = sorted(scored, key=lambda pair: pair[0])
    size = len(ordered) / bins
    groups = [ordered[int(i * size) : int((i + 1) * size)] for i in range(bins)]
    category_bps: dict[str, int] = {}
    for _ in range(3):
        medians = [
            statistics.median(a.price * 10_000 / category_bps.get(a.category or "", 10_000) for _, a in group)
            for group in groups
        ]
        centres = [int(statistics.median(score for score, _ in group)) for group in groups]
        rule["repost_fen_by_score"] = rising(centres, medians)
        ratios: dict[str, list[float]] = defaultdict(list)
        table = parse_table(rule["repost_fen_by_score"])
        for score, account in ordered:
            if account.category:
                ratios[account.category].append(account.price / table(score))
        category_bps = {
            name: round(10_000 * statistics.median(found) ** (len(found) / (len(found) + SHRINKAGE)))
            for name, found in sorted(ratios.items())
        }
    rule["category_bps"] = category_bps
    final = parse_table(rule["repost_fen_by_score"])
    off = sorted(a.price / (final(s) * category_bps.get(a.category or "", 10_000) / 10_000) for s, a in ordered)
    rule["low_bps"] = round(10_000 * off[len(off) // 4])
    rule["high_bps"] = round(10_000 * off[len(off) * 3 // 4])


def parse_table(points: list[list[int]]) -> Callable[[int], int]:
    """The table as a function of the score."""
    from chalicelib.grading.methodology import Table

    return Table(tuple((x, y) for x, y in points)).at


def rising(xs: Sequence[int], ys: Sequence[float]) -> list[list[int]]:
    """The closest rising points: neighbours that fall are pooled (pool adjacent violators)."""
    pools: list[list[float]] = []
    for y in ys:
        pools.append([y, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            last = pools.pop()
            total = pools[-1][1] + last[1]
            pools[-1] = [(pools[-1][0] * pools[-1][1] + last[0] * last[1]) / total, total]
    flat = [pool[0] for pool in pools for _ in range(int(pool[1]))]
    points: list[list[int]] = []
    for x, y in zip(xs, flat, strict=True):
        if not points or x > points[-1][0]:
            points.append([x, round(y)])
    # Beyond the last band prices go on rising in proportion, so that the very biggest are not priced like their band's middle.
    (x0, y0), (x1, y1) = points[-2], points[-1]
    points.append([100 * POINT, max(y1, round(y1 + (y1 - y0) * (100 * POINT - x1) / max(x1 - x0, 1)))])
    return points


def cross_validate(listed: Sequence[Listed], behaviour: dict[str, list[int]]) -> dict[str, float]:
    """Measures on held-out rows."""
    order = list(range(len(listed)))
    random.Random(7).shuffle(order)
    errors: list[float] = []
    within: list[bool] = []
    ranks: list[tuple[int, int, int]] = []
    for fold in range(FOLDS):
        held_out = set(order[fold::FOLDS])
        model = parse(fit([a for i, a in enumerate(listed) if i not in held_out], behaviour, "fold"))
        for i in sorted(held_out):
            account = listed[i]
            ranks.append((*_graded(model, account), account.stars))
            expected = advised(grade(account.evidence, model), account.category)["repost"].mid
            errors.append(abs(expected - account.price) / account.price)
            within.append(0.5 <= expected / account.price <= 2)
    return {
        "price_median_absolute_error": round(statistics.median(errors), 3),
        "price_within_factor_2": round(sum(within) / len(within), 3),
        "score_spearman_with_market_stars": round(spearman([r[0] for r in ranks], [r[2] for r in ranks]), 3),
        "grade_within_one_star_of_market": round(sum(abs(min(r[1], 6) - r[2]) <= 1 for r in ranks) / len(ranks), 3),
    }


def _graded(model: Methodology, account: Listed) -> tuple[int, int]:
    graded = grade(account.evidence, model)
    return graded.score, graded.rank


def spearman(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Spearman's rank correlation, ties at their mean rank."""
    return statistics.correlation(_ranks(xs), _ranks(ys))


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    counts: dict[float, int] = defaultdict(int)
    for value in values:
        counts[value] += 1
    return [bisect_left(ordered, value) + (counts[value] + 1) / 2 for value in values]


if __name__ == "__main__":
    main()
