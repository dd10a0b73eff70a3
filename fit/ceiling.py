"""`make ceiling DATA=folder`: the measures of black-box models on the same folds and evidence, in a separate environment.

These models may use any interaction. Those without constraints need not rise with reach or standing, so a methodology in which no
evidence lowers anything can hardly be better than the constrained ones."""

from __future__ import annotations

import argparse
import itertools
import math
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier

from chalicelib.grading.model.rising import SIGNS
from fit.input_tables import Data, read, rows_of
from fit.measures import NETWORK_FETCH_LACKS, auc, folds, median_error, r2_of_log, within_double
from fit.signs import LEVELS
from fit.stars import kappa

RISING = [1, 1, 0, 1, 1, 1]
"""Followers, reads, (category), popular, accepting and by appointment raise the result of a constrained model."""
TREES: tuple[tuple[str, list[int] | None, str | None], ...] = (
    ("free", None, None),
    ("no evidence lowers the result", RISING, None),
    ("no evidence lowers the result, additive", RISING, "no_interactions"),
)
"""Name, constraint and permitted interactions of the trees of the price list."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="make ceiling", description=__doc__)
    parser.add_argument("data", type=Path)
    folder = parser.parse_args().data
    data = read(folder)
    table = _listed(data)
    for name, constraint, interactions in TREES:
        settings = {**SETTINGS, "interaction_cst": interactions}
        _prices(name, table, data, constraint, settings)
        _grades(name, table, data, constraint, settings)
    _quality(data, folder)


def _listed(data: Data) -> Any:
    names = sorted({account.category or "" for account in data.listed})
    rows = [
        [
            np.log(a.evidence.followers),
            np.log1p(a.evidence.reads_avg_30d or 0),
            names.index(a.category or ""),
            bool(a.evidence.popular),
            bool(a.evidence.accepted_all_last_week),
            bool(a.evidence.by_appointment),
        ]
        for a in data.listed
    ]
    return np.array(rows, dtype=float)


SETTINGS: dict[str, Any] = {
    "categorical_features": [2],
    "learning_rate": 0.05,
    "max_iter": 150,
    "min_samples_leaf": 30,
    "max_leaf_nodes": 12,
    "random_state": 1,
}


def _prices(name: str, table: Any, data: Data, constraint: list[int] | None, settings: dict[str, Any]) -> None:
    logs = np.log([account.price for account in data.listed])
    for loss in ("squared_error", "absolute_error"):
        found = np.zeros(len(logs))
        for held_out in folds(len(logs)):
            out = np.array(sorted(held_out))
            train = np.setdiff1d(np.arange(len(logs)), out)
            model = HistGradientBoostingRegressor(loss=loss, monotonic_cst=constraint, **settings)
            found[out] = model.fit(table[train], logs[train]).predict(table[out])
        pairs = [(round(float(np.exp(mid))), account.price) for mid, account in zip(found, data.listed, strict=True)]
        total = sum(mid for mid, _ in pairs) / sum(actual for _, actual in pairs)
        print(
            f"price, {name}, {loss}: R2 of log {r2_of_log(pairs):.3f}, median error {median_error(pairs):.3f}, "
            f"factor 2 {within_double(pairs):.3f}, sum {total:.2f}"
        )


def _grades(name: str, table: Any, data: Data, constraint: list[int] | None, settings: dict[str, Any]) -> None:
    """Print exact stars and kappa of the expected stars, cut at the shares of the stars."""
    stars = np.array([account.stars for account in data.listed])
    ours = np.zeros(len(stars), dtype=int)
    for held_out in folds(len(stars)):
        out = np.array(sorted(held_out))
        train = np.setdiff1d(np.arange(len(stars)), out)
        if constraint is None:
            model = HistGradientBoostingClassifier(**{**settings, "max_iter": 80}).fit(table[train], stars[train])
            expected = model.predict_proba(table) @ np.arange(1, 7)
        else:
            model = HistGradientBoostingRegressor(monotonic_cst=constraint, **settings).fit(table[train], stars[train])
            expected = model.predict(table)
        shares = np.cumsum(np.bincount(stars[train], minlength=7)[1:6]) / len(train)
        ours[out] = np.searchsorted(np.quantile(expected[train], shares), expected[out], side="right") + 1
    pairs = [(int(a), int(b)) for a, b in zip(ours, stars, strict=True)]
    print(f"stars, {name}: exact {np.mean(ours == stars):.3f}, quadratic kappa {kappa(pairs):.3f}")


def _quality(data: Data, folder: Path) -> None:
    """Print the AUC of a random forest on the signs of quality, of accounts with posts, by what is known of them; and with the
    further figures of the posts."""
    of = [index for index, account in enumerate(data.labelled) if account.has_posts]
    spam = np.array([data.labelled[index].is_spammer for index in of])
    further = further_figures(folder)[of]
    (_, _, whole, _), (_, _, now, _), _ = LEVELS
    fetched = tuple(sign for sign in now if sign not in NETWORK_FETCH_LACKS)
    for name, signs in (("with posts", whole), ("without earlier profile", now), ("of a network fetch", fetched)):
        rows = [[SIGNS[sign](data.labelled[index].evidence) for sign in signs] for index in of]
        table = np.array([[-1.0 if value is None else float(value) for value in row] for row in rows])
        more = np.hstack([table, further])
        print(
            f"quality, {name}: AUC of a random forest on the same signs {_forest(table, spam):.3f}, "
            f"with {further.shape[1]} further figures {_forest(more, spam):.3f}"
        )


def _forest(table: Any, spam: Any) -> float:
    found: list[tuple[int, bool]] = []
    for held_out in folds(len(spam)):
        out = np.array(sorted(held_out))
        train = np.setdiff1d(np.arange(len(spam)), out)
        model = RandomForestClassifier(500, min_samples_leaf=3, random_state=1).fit(table[train], spam[train])
        honest = model.predict_proba(table[out])[:, 0]
        found += [(round(float(p) * 1e6), bool(one)) for p, one in zip(honest, spam[out], strict=True)]
    return auc(found)


def further_figures(folder: Path) -> Any:
    """Return figures of the posts that are no signs of quality, one row per labelled account: the share of its texts that other
    accounts posted, too, and the most accounts with one text; the median time between posts, the share below two minutes and the
    entropy of the hours; the number of programs and the share of the commonest; the mean of the reactions and the share of posts
    without any."""
    written: dict[str, list[dict[str, str]]] = defaultdict(list)
    authors: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(folder / "weibo_posts.csv"):
        written[row["account"]].append(row)
        authors[row["text_key"]].add(row["account"])
    return np.array([_of_posts(written[row["account"]], authors) for row in rows_of(folder / "weibo_accounts.csv")])


def _of_posts(posts: list[dict[str, str]], authors: dict[str, set[str]]) -> list[float]:
    if not posts:
        return [-1.0] * 9
    shared = [len(authors[post["text_key"]]) for post in posts if post["text_key"]] or [0]
    times = sorted(datetime.fromisoformat(post["time"]) for post in posts if post["time"])
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(times)] or [0.0]
    hours = [count / len(times) for count in Counter(time.hour for time in times).values()]
    programs = Counter(post["client"] for post in posts)
    reacted = [sum(int(post[name]) for name in ("reposts", "comments", "likes")) for post in posts]
    return [
        float(np.mean([count > 1 for count in shared])),
        max(shared),
        float(np.median(gaps)),
        float(np.mean([gap < 120 for gap in gaps])),
        -sum(share * math.log(share) for share in hours),
        len(programs),
        programs.most_common(1)[0][1] / len(posts),
        float(np.mean(reacted)),
        float(np.mean([count == 0 for count in reacted])),
    ]


if __name__ == "__main__":
    main()
