"""`make ceiling DATA=folder`: the measures of black-box models on the same folds and evidence, in a separate environment.

These models may use any interaction. Those without constraints need not rise with reach or standing, so a methodology in which no
evidence lowers anything can hardly be better than the constrained ones."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier

from chalicelib.grading.model.rising import SIGNS
from fit.input_tables import Data, read
from fit.measures import auc, folds, median_error, r2_of_log, within_double
from fit.signs import LEVELS
from fit.stars import kappa

RISING = [1, 1, 0, 1, 1, 1]
"""Followers, reads, (category), popular, accepting and by appointment raise the result of a constrained model."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="make ceiling", description=__doc__)
    parser.add_argument("data", type=Path)
    data = read(parser.parse_args().data)
    table = _listed(data)
    for name, constraint in (("free", None), ("no evidence lowers the result", RISING)):
        _prices(name, table, data, constraint)
        _grades(name, table, data, constraint)
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


SETTINGS: dict[str, Any] = {
    "categorical_features": [2],
    "learning_rate": 0.05,
    "max_iter": 150,
    "min_samples_leaf": 30,
    "max_leaf_nodes": 12,
    "random_state": 1,
}


def _prices(name: str, table: Any, data: Data, constraint: list[int] | None) -> None:
    logs = np.log([account.price for account in data.listed])
    for loss in ("squared_error", "absolute_error"):
        found = np.zeros(len(logs))
        for held_out in folds(len(logs)):
            out = np.array(sorted(held_out))
            train = np.setdiff1d(np.arange(len(logs)), out)
            model = HistGradientBoostingRegressor(loss=loss, monotonic_cst=constraint, **SETTINGS)
            found[out] = model.fit(table[train], logs[train]).predict(table[out])
        pairs = [(round(float(np.exp(mid))), account.price) for mid, account in zip(found, data.listed, strict=True)]
        total = sum(mid for mid, _ in pairs) / sum(actual for _, actual in pairs)
        print(
            f"price, {name}, {loss}: R2 of log {r2_of_log(pairs):.3f}, median error {median_error(pairs):.3f}, "
            f"factor 2 {within_double(pairs):.3f}, sum {total:.2f}"
        )


def _grades(name: str, table: Any, data: Data, constraint: list[int] | None) -> None:
    """Print exact stars and kappa of the expected stars, cut at the shares of the stars."""
    stars = np.array([account.stars for account in data.listed])
    ours = np.zeros(len(stars), dtype=int)
    for held_out in folds(len(stars)):
        out = np.array(sorted(held_out))
        train = np.setdiff1d(np.arange(len(stars)), out)
        if constraint is None:
            model = HistGradientBoostingClassifier(**{**SETTINGS, "max_iter": 80}).fit(table[train], stars[train])
            expected = model.predict_proba(table) @ np.arange(1, 7)
        else:
            model = HistGradientBoostingRegressor(monotonic_cst=constraint, **SETTINGS).fit(table[train], stars[train])
            expected = model.predict(table)
        shares = np.cumsum(np.bincount(stars[train], minlength=7)[1:6]) / len(train)
        ours[out] = np.searchsorted(np.quantile(expected[train], shares), expected[out], side="right") + 1
    pairs = [(int(a), int(b)) for a, b in zip(ours, stars, strict=True)]
    print(f"stars, {name}: exact {np.mean(ours == stars):.3f}, quadratic kappa {kappa(pairs):.3f}")


def _quality(data: Data) -> None:
    """Print the AUC of a random forest on the signs of each level, of accounts with posts."""
    labelled = [account for account in data.labelled if account.has_posts]
    spam = np.array([account.is_spammer for account in labelled])
    for name, _, signs, _ in LEVELS:
        rows = [[SIGNS[sign](account.evidence) for sign in signs] for account in labelled]
        table = np.array([[-1.0 if value is None else float(value) for value in row] for row in rows])
        found: list[tuple[int, bool]] = []
        for held_out in folds(len(spam)):
            out = np.array(sorted(held_out))
            train = np.setdiff1d(np.arange(len(spam)), out)
            model = RandomForestClassifier(500, min_samples_leaf=3, random_state=1).fit(table[train], spam[train])
            honest = model.predict_proba(table[out])[:, 0]
            found += [(round(float(p) * 1e6), bool(one)) for p, one in zip(honest, spam[out], strict=True)]
        print(f"quality, {name}: AUC of a random forest on the same signs {auc(found):.3f}")


if __name__ == "__main__":
    main()
