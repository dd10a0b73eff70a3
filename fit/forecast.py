"""Fit the forecast: `python -m fit.forecast DATA --version 2026-11-27` writes chalicelib/grading/forecasts/{version}.json and
prints how often its 80 % intervals contain the outcome on held-out accounts; `--check` only prints.

Every example is a post that is forecast from the average of the earlier posts of the same account. Whole accounts are held out,
never single posts."""

from __future__ import annotations

import argparse
import csv
import json
import math
import statistics
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.forecast import FEW_POSTS, FOLDER, POSTS_MOST, placed, predicted
from chalicelib.grading.model.grade import grade
from chalicelib.grading.model.methodology import in_force
from chalicelib.grading.model.post_evidence import supported_reads
from fit.measures import table

FOLDS = 5
TARGETS = 3
"""The last posts of an account are forecast, each from all earlier ones."""
LEVELS = 4
CENTRE = 20
"""The number of examples from which a category or grade uses half of its own deviation."""
SHRINKS = (2, 5, 10)
QUANTILES = (0.1, 0.5, 0.9)
ONE_SIDED = (0.0, 0.5, 0.8)
"""The quantiles if a tenth of the posts bring nothing: no outcome is below the interval, all outcomes outside are above it."""
ALL_BELOW = -99.0
CLICK_RATES_PPM = (1_000, 5_000, 20_000)
"""Clicks per million reads: low, usual, high. Assumed, because no public data set has clicks."""


@dataclass(frozen=True)
class Post:
    time: str
    repost: bool
    reads: int | None
    interactions: int


@dataclass(frozen=True)
class Example:
    """One post to forecast: the average of the earlier posts, and the outcome."""

    account: str
    average: float
    followers: float
    category: str | None
    grade: str
    outcome: int


@dataclass(frozen=True)
class Account:
    followers: int
    category: str | None
    posts: tuple[Post, ...]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m fit.forecast", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--version", default="unversioned")
    parser.add_argument("--check", action="store_true", help="print only")
    options = parser.parse_args()
    accounts = {**read_videos(options.data), **read_weibo(options.data)}
    models: dict[str, dict[str, Any]] = {}
    coverage: dict[str, dict[str, Any]] = {}
    own = {name: list(histories(accounts, *question)) for name, question in QUESTIONS.items()}
    print(table(forecast_measures(own)))
    print("the 80 % interval on held-out accounts:  holds     below     above   examples  accounts")
    for name, (repost, measure) in QUESTIONS.items():
        models[name], coverage[name] = {}, {}
        for basis in ("own", "own_few", "peers"):
            cases = list(examples(accounts, repost, measure, basis))
            held = held_out(cases, basis)
            models[name][basis] = fit(cases, basis)
            coverage[name][basis] = held
            print(
                f"  {name:20} {basis:8}          {held['holds']:>10.1%} {held['below']:>9.1%} {held['above']:>9.1%} "
                f"{held['examples']:>10} {held['accounts']:>9}"
            )
    for name, known in own.items():
        models[name]["posts"] = fit_posts(known)
    # No public data set has reads of reposts; a repost is shown to the same followers, so it counts like a post.
    models["repost_reads"] = models["post_reads"]
    if not options.check:
        document = {
            "version": options.version,
            "source": "The last ten posts of 947 Xingtu accounts (2025), up to fifty posts of 920 Weibo accounts (2017).",
            "click_rates_ppm": CLICK_RATES_PPM,
            "age_hours": age_hours(accounts.values()),
            "held_out": coverage,
            "models": models,
        }
        FOLDER.mkdir(exist_ok=True)
        target = FOLDER / f"{options.version}.json"
        target.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
        print(target.name)


def age_hours(accounts: Iterable[Account]) -> int:
    """Return the age in hours that 95 % of the posts with reads had reached when their figures were taken. A forecast is for a
    post of that age. The figures were taken at one time, soon after the newest post."""
    times = [
        [datetime.fromisoformat(post.time) for post in account.posts]
        for account in accounts
        if account.posts[0].reads is not None
    ]
    taken_at = max(time for posts in times for time in posts)
    ages = sorted((taken_at - time).total_seconds() for posts in times for time in posts[FEW_POSTS:][-TARGETS:])
    return int(ages[len(ages) // 20] // 3_600)


def _reads(post: Post) -> int | None:
    return post.reads


def _past(measure: Measure, post: Post) -> int | None:
    """Return the figure of a past post as the evidence has it: reads that its reactions support."""
    figure = measure(post)
    return figure if figure is None or measure is not _reads else supported_reads(figure, post.interactions)


def _interactions(post: Post) -> int | None:
    return post.interactions


Measure = Callable[[Post], int | None]
QUESTIONS: dict[str, tuple[bool, Measure]] = {
    "post_reads": (False, _reads),
    "post_interactions": (False, _interactions),
    "repost_interactions": (True, _interactions),
}


def read_videos(data: Path) -> dict[str, Account]:
    """Return accounts with views, likes, comments and shares per post."""
    posts: dict[str, list[Post]] = defaultdict(list)
    for row in _rows(data / "xingtu_posts.csv"):
        made = int(row["likes"]) + int(row["comments"]) + int(row["shares"])
        posts[row["account"]].append(Post(row["time"], False, int(row["views"]), made))
    return {
        row["account"]: Account(int(float(row["followers"])), row["category"] or None, _in_order(posts[row["account"]]))
        for row in _rows(data / "xingtu_accounts.csv")
        if row["followers"] and row["account"] in posts
    }


def read_weibo(data: Path) -> dict[str, Account]:
    """Return accounts with reposts, comments and likes per post, for their own posts and for reposts."""
    posts: dict[str, list[Post]] = defaultdict(list)
    for row in _rows(data / "weibo_posts.csv"):
        made = int(row["reposts"]) + int(row["comments"]) + int(row["likes"])
        posts[row["account"]].append(Post(row["time"], row["is_forward"] == "1", None, made))
    return {
        row["account"]: Account(int(float(row["followers_2017"])), None, _in_order(posts[row["account"]]))
        for row in _rows(data / "weibo_accounts.csv")
        if row["followers_2017"] and row["account"] in posts
    }


def examples(accounts: dict[str, Account], repost: bool, measure: Measure, basis: str) -> Iterable[Example]:
    """Return the last TARGETS posts of the kind, each after at least FEW_POSTS others."""
    methodology = in_force()
    for name, account in accounts.items():
        targets = [i for i, post in enumerate(account.posts) if post.repost == repost and i >= FEW_POSTS][-TARGETS:]
        for i in targets:
            past = account.posts[:i]
            if basis == "own_few":
                past = past[-(FEW_POSTS - 2) :]
            outcome = measure(account.posts[i])
            known = [figure for post in past if (figure := measure(post)) is not None]
            if outcome is None or not known:
                continue
            average = sum(known) / len(known)
            averages: dict[str, Any] = {}
            if basis != "peers":
                averages = {"likes_avg_30d": sum(post.interactions for post in past) / len(past)}
                reads = [post.reads for post in past if post.reads is not None]
                averages["reads_avg_30d"] = sum(reads) / len(reads) if reads else None
            graded = grade(Evidence("2025-11-01T00:00:00Z", account.followers, **averages), methodology).grade
            yield Example(name, average, account.followers, account.category, graded, outcome)


def fit(cases: Sequence[Example], basis: str) -> dict[str, Any]:
    """Fit least squares in logarithms, deviations of categories and grades shrunk to 0, then the quantiles of the errors."""
    targets = [math.log1p(example.outcome) for example in cases]
    followers = [math.log1p(example.followers) for example in cases]
    averages = [0.0 if basis == "peers" else math.log1p(example.average) for example in cases]
    rows = [[1.0, x, f] if basis != "peers" else [1.0, f] for x, f in zip(averages, followers, strict=True)]
    solved = least_squares(rows, targets)
    intercept, own, slope = solved if basis != "peers" else (solved[0], 0.0, solved[1])
    levels = [intercept + own * x + slope * f for x, f in zip(averages, followers, strict=True)]
    deviations: dict[str, dict[str, float]] = {}
    for group in ("category", "grade"):
        left: dict[str, list[float]] = defaultdict(list)
        for example, level, target in zip(cases, levels, targets, strict=True):
            left[getattr(example, group) or ""].append(target - level)
        deviations[group] = {name: sum(of) / (len(of) + CENTRE) for name, of in sorted(left.items()) if name}
        levels = [
            level + deviations[group].get(getattr(example, group) or "", 0.0)
            for example, level in zip(cases, levels, strict=True)
        ]
    ordered = sorted(levels)
    edges = [ordered[len(ordered) * part // LEVELS] for part in range(1, LEVELS)]
    errors = []
    for part in range(LEVELS):
        below = edges[part] if part < LEVELS - 1 else math.inf
        above = edges[part - 1] if part else -math.inf
        found = [(t - level, t) for t, level in zip(targets, levels, strict=True) if above <= level < below]
        inside = sorted(error for error, _ in found)
        nothing = sum(target == 0 for _, target in found) >= QUANTILES[0] * len(found)
        low, middle, high = (
            inside[min(len(inside) - 1, int(len(inside) * q))] for q in (ONE_SIDED if nothing else QUANTILES)
        )
        errors.append([ALL_BELOW if nothing else round(low, 4), round(middle, 4), round(high, 4)])
    return {
        "intercept": round(intercept, 4),
        "own": round(own, 4),
        "followers": round(slope, 4),
        "average_max": round(sorted(example.average for example in cases)[len(cases) * 99 // 100]),
        "categories": {name: round(value, 4) for name, value in deviations["category"].items()},
        "grades": {name: round(value, 4) for name, value in deviations["grade"].items()},
        "levels": [round(edge, 4) for edge in edges],
        "errors": errors,
    }


def held_out(cases: Sequence[Example], basis: str) -> dict[str, Any]:
    """Return how often the outcome is in the interval of a model that has not seen the account."""
    holds = below = above = 0
    for fold in range(FOLDS):
        model = fit([example for example in cases if _fold(example.account) != fold], basis)
        for example in (example for example in cases if _fold(example.account) == fold):
            average = 0.0 if basis == "peers" else example.average
            low, _, high = predicted(model, average, example.followers, example.category, example.grade)
            below += example.outcome < low
            above += example.outcome > high
            holds += low <= example.outcome <= high
    every = len(cases)
    return {
        "holds": round(holds / every, 4),
        "below": round(below / every, 4),
        "above": round(above / every, 4),
        "examples": every,
        "accounts": len({example.account for example in cases}),
    }


@dataclass(frozen=True)
class History:
    """One post to forecast from the account's posts before: median, spread and number of their logarithms, and the logarithm of
    the outcome."""

    account: str
    median: float
    spread: float
    posts: int
    followers: float
    outcome: float


def histories(accounts: dict[str, Account], repost: bool, measure: Measure) -> Iterable[History]:
    """Return the last TARGETS posts of the kind, each after at least FEW_POSTS others, of which the latest POSTS_MOST count."""
    for name, account in accounts.items():
        targets = [i for i, post in enumerate(account.posts) if post.repost == repost and i >= FEW_POSTS][-TARGETS:]
        for i in targets:
            outcome = measure(account.posts[i])
            before = [figure for post in account.posts[:i] if (figure := _past(measure, post)) is not None]
            if outcome is None or not before:
                continue
            logs = [math.log1p(figure) for figure in before[-POSTS_MOST:]]
            yield History(
                name,
                statistics.median(logs),
                statistics.pstdev(logs),
                len(logs),
                account.followers,
                math.log1p(outcome),
            )


def fit_posts(known: Sequence[History]) -> dict[str, Any]:
    """Fit the middle by least absolute errors (iteratively reweighted least squares), then the shrinkage of the width and its
    quantiles by the pinball loss."""
    rows = [[1.0, one.median, math.log1p(one.followers), one.spread] for one in known]
    targets = [one.outcome for one in known]
    weights = [1.0] * len(rows)
    solved = [0.0] * 4
    for _ in range(5):
        roots = [math.sqrt(weight) for weight in weights]
        solved = least_squares(
            [[root * x for x in row] for root, row in zip(roots, rows, strict=True)],
            [root * y for root, y in zip(roots, targets, strict=True)],
        )
        errors = [
            y - sum(a * x for a, x in zip(solved, row, strict=True)) for row, y in zip(rows, targets, strict=True)
        ]
        weights = [1 / max(abs(error), 0.1) for error in errors]
    intercept, own, followers, spread = (round(value, 4) for value in solved)
    found: dict[str, Any] = {
        "intercept": intercept,
        "own": own,
        "followers": followers,
        "spread": spread,
        "usual": round(statistics.fmean(one.spread for one in known), 4),
        "median_max": round(sorted(one.median for one in known)[len(known) * 99 // 100], 4),
    }
    trials = []
    for shrink in SHRINKS:
        model = {**found, "shrink": shrink}
        widths = [placed(model, one.median, one.spread, one.posts, one.followers) for one in known]
        scaled = sorted((y - level) / width for y, (level, width) in zip(targets, widths, strict=True))
        quantiles = [round(scaled[int(len(scaled) * share)], 4) for share in QUANTILES]
        loss = sum(
            pinball(share, y - level - z * width)
            for y, (level, width) in zip(targets, widths, strict=True)
            for share, z in zip(QUANTILES, quantiles, strict=True)
        )
        trials.append((loss, shrink, quantiles))
    _, shrink, quantiles = min(trials)
    return {**found, "shrink": shrink, "quantiles": quantiles}


def pinball(share: float, error: float) -> float:
    """Return the loss of a quantile whose outcome lies `error` above it."""
    return max(share * error, (share - 1) * error)


def forecast_measures(own: Mapping[str, Sequence[History]]) -> dict[str, float]:
    """Return, for each forecast quantity and for held-out accounts, the pinball losses of the three quantiles, the median error of
    the logarithm and the share of outcomes in the interval; beside them those of the median of the past posts with the quantiles of
    its errors (`trivial`)."""
    found: dict[str, float] = {}
    for name, known in own.items():
        ours: list[tuple[float, list[float]]] = []
        trivial: list[tuple[float, list[float]]] = []
        for fold in range(FOLDS):
            training = [one for one in known if _fold(one.account) != fold]
            model = fit_posts(training)
            errors = sorted(one.outcome - one.median for one in training)
            plain = [errors[int(len(errors) * share)] for share in QUANTILES]
            for one in (one for one in known if _fold(one.account) == fold):
                level, width = placed(model, one.median, one.spread, one.posts, one.followers)
                ours.append((one.outcome, [max(level + z * width, 0.0) for z in model["quantiles"]]))
                trivial.append((one.outcome, [one.median + plain[0], one.median, one.median + plain[2]]))
        for label, made in (("", ours), ("_trivial", trivial)):
            for place, share in enumerate(QUANTILES):
                loss = statistics.fmean(pinball(share, y - quantiles[place]) for y, quantiles in made)
                found[f"{name}_pinball_{share:.0%}".rstrip("%") + label] = round(loss, 3)
            error = statistics.median(abs(y - quantiles[1]) for y, quantiles in made)
            found[f"{name}_median_ln_error{label}"] = round(error, 3)
            inside = statistics.fmean(quantiles[0] <= y <= quantiles[2] for y, quantiles in made)
            found[f"{name}_coverage_80{label}"] = round(inside, 3)
    return found


def measured(folder: Path) -> dict[str, float]:
    """Return the measures of all forecast quantities for the data of the folder."""
    accounts = {**read_videos(folder), **read_weibo(folder)}
    return forecast_measures({name: list(histories(accounts, *question)) for name, question in QUESTIONS.items()})


def least_squares(rows: Sequence[Sequence[float]], targets: Sequence[float]) -> list[float]:
    """Return the solution of the normal equations, by elimination with pivots."""
    size = len(rows[0])
    table = [
        [sum(row[i] * row[j] for row in rows) for j in range(size)]
        + [sum(row[i] * target for row, target in zip(rows, targets, strict=True))]
        for i in range(size)
    ]
    for column in range(size):
        pivot = max(range(column, size), key=lambda line: abs(table[line][column]))
        table[column], table[pivot] = table[pivot], table[column]
        table[column] = [value / table[column][column] for value in table[column]]
        for line in range(size):
            if line != column:
                factor = table[line][column]
                table[line] = [a - factor * b for a, b in zip(table[line], table[column], strict=True)]
    return [line[-1] for line in table]


def _fold(account: str) -> int:
    return zlib.crc32(account.encode()) % FOLDS


def _in_order(posts: Iterable[Post]) -> tuple[Post, ...]:
    return tuple(sorted(posts, key=lambda post: post.time))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    main()
