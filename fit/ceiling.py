"""`make ceiling DATA=folder`: the measures of black-box models on the same folds and evidence, in a separate environment.

These models may use any interaction and need not rise with reach, so a readable, rising model can hardly be better. If even they
miss an aim, the evidence does not contain enough information."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from chalicelib.grading.model.factors import sign_value
from chalicelib.grading.model.methodology import parse
from fit.data import Data, read
from fit.document import MARKET_SHARES, fit_document
from fit.measures import auc, folds, median_error, within_double
from fit.prices import NEAR, SHARE_OF_DOUBLE
from fit.tables import spearman

PRICE_BANDS = 60


def main() -> None:
    parser = argparse.ArgumentParser(prog="make ceiling", description=__doc__)
    parser.add_argument("data", type=Path)
    data = read(parser.parse_args().data)
    table = _listed(data)
    standing = {"standing known": table, "standing unknown": table[:, :3]}
    for name, features in standing.items():
        _prices(name, features, data)
    _grades(table, data)
    _quality(data)


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


def _boosted(rounds: int) -> Any:
    return HistGradientBoostingClassifier(
        categorical_features=[2],
        learning_rate=0.06,
        max_iter=rounds,
        min_samples_leaf=40,
        max_leaf_nodes=8,
        random_state=1,
    )


def _prices(name: str, table: Any, data: Data) -> None:
    """Return the price with the highest probability within a factor of 2, from a classifier of 60 price bands."""
    logs = np.log([account.price for account in data.listed])
    edges = np.unique(np.quantile(logs, np.linspace(0, 1, PRICE_BANDS + 1)[1:-1]))
    bands = np.searchsorted(edges, logs)
    grid = np.linspace(logs.min(), logs.max(), 220)
    for label, share in (("as our prices are chosen", SHARE_OF_DOUBLE), ("within a factor of 2 alone", 1.0)):
        found = np.zeros(len(logs))
        for held_out in folds(len(logs)):
            out = np.array(sorted(held_out))
            kept = np.setdiff1d(np.arange(len(logs)), out)
            model = _boosted(60).fit(table[kept], bands[kept])
            chances = model.predict_proba(table[out])
            centres = np.array([np.median(logs[kept][bands[kept] == band]) for band in model.classes_])
            hits = np.zeros((len(out), len(grid)))
            for place, quote in enumerate(grid):
                double = np.abs(centres - quote) <= np.log(2)
                close = (centres >= quote - np.log(1 + NEAR)) & (centres <= quote - np.log(1 - NEAR))
                hits[:, place] = chances @ (share * double + (1 - share) * close)
            found[out] = grid[hits.argmax(axis=1)]
        pairs = [(round(float(np.exp(mid))), account.price) for mid, account in zip(found, data.listed, strict=True)]
        print(f"price, {name}, {label}: median error {median_error(pairs):.3f}, factor 2 {within_double(pairs):.3f}")


def _grades(table: Any, data: Data) -> None:
    """Return the rank of the expected stars of a classifier, and the best assignment of the market's shares of stars."""
    stars = np.array([account.stars for account in data.listed])
    chances = np.zeros((len(stars), 6))
    for held_out in folds(len(stars)):
        out = np.array(sorted(held_out))
        kept = np.setdiff1d(np.arange(len(stars)), out)
        chances[out] = _boosted(80).fit(table[kept], stars[kept]).predict_proba(table[out])
    expected = chances @ np.arange(1, 7)
    places = np.argsort(np.argsort(expected, kind="stable")) / len(stars)
    ours = np.searchsorted(np.cumsum(MARKET_SHARES[:-1]), places, side="right") + 1
    print(
        f"grade: Spearman {spearman(list(expected), list(stars)):.3f}, within one {np.mean(abs(ours - stars) <= 1):.3f}"
    )
    near = np.array([chances[:, max(0, k - 1) : k + 2].sum(axis=1) for k in range(6)]).T
    prices = np.zeros(6)
    given = near.argmax(axis=1)
    for step in range(4_000):
        given = (near + prices).argmax(axis=1)
        prices -= 0.02 * (np.bincount(given, minlength=6) / len(stars) - MARKET_SHARES) / (1 + step / 300)
    best = np.mean(abs(given + 1 - stars) <= 1)
    print(f"grade: within one, giving out the market's shares only so as to be within one {best:.3f}")


def _quality(data: Data) -> None:
    methodology = parse(fit_document(data, "signs"))
    [rule] = [rule for rule in methodology.factors if rule.kind == "signs"]
    rows = [[sign_value(sign, account.evidence) for sign in rule.signs] for account in data.labelled]
    table = np.array([[-1.0 if value is None else float(value) for value in row] for row in rows])
    spam = np.array([account.is_spammer for account in data.labelled])
    found: list[tuple[int, bool]] = []
    for held_out in folds(len(spam)):
        out = np.array(sorted(held_out))
        kept = np.setdiff1d(np.arange(len(spam)), out)
        model = RandomForestClassifier(500, min_samples_leaf=3, random_state=1).fit(table[kept], spam[kept])
        honest = model.predict_proba(table[out])[:, 0]
        found += [(round(float(value) * 1e6), bool(is_spam)) for value, is_spam in zip(honest, spam[out], strict=True)]
    print(f"quality: AUC of a random forest on the same signs {auc(found):.3f}")


if __name__ == "__main__":
    main()
