"""The generated sample resembles the real market: shares of the grades and median prices, within stated tolerances."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from chalicelib.grading.assessment import assess
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import GRADES
from demo.sample import COLUMNS, accounts, write

MARKET_SHARES: dict[str, float] = dict(zip(GRADES, (0.488, 0.164, 0.198, 0.098, 0.028, 0.025), strict=False))
MARKET_PRICES = dict(zip(GRADES, (200, 410, 1_030, 2_450), strict=False))  # yuan
POINTS = 0.08  # eight points of a hundred, the tolerance of a share
FIGURES = tuple(name for name in COLUMNS if name not in ("handle", "category", "repost_price"))
ROWS = accounts()


def grade_of(row: dict[str, Any]) -> str:
    evidence = Evidence("2026-11-20T00:00:00Z", **{name: row[name] for name in FIGURES})
    return assess(evidence, row["category"]).graded.grade


SHARES = {grade: count / len(ROWS) for grade, count in Counter(map(grade_of, ROWS)).items()}


def test_the_same_seed_gives_the_same_rows() -> None:
    assert accounts() == ROWS
    assert accounts(seed=2018) != ROWS
    assert accounts(20) == ROWS[:20]


def test_five_hundred_different_accounts() -> None:
    assert len(ROWS) == 500
    assert len({row["handle"] for row in ROWS}) == 500
    assert {tuple(row) for row in ROWS} == {COLUMNS}


def test_the_file_holds_the_sample(tmp_path: Path) -> None:
    target = tmp_path / "new" / "sample.csv"
    write(target, 30)
    with target.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows == [{name: str(value) for name, value in row.items()} for row in ROWS[:30]]


@pytest.mark.parametrize("grade", MARKET_SHARES)
def test_grades_have_the_shares_of_the_market(grade: str) -> None:
    assert SHARES.get(grade, 0) == pytest.approx(MARKET_SHARES[grade], abs=POINTS)


def test_nearly_every_grade_occurs() -> None:
    assert len(SHARES) >= 5


def test_prices_rise_with_the_grade_as_in_the_market() -> None:
    prices_by_grade: dict[str, list[int]] = {grade: [] for grade in MARKET_PRICES}
    for row in ROWS:
        if row["repost_price"] != "" and grade_of(row) in prices_by_grade:
            prices_by_grade[grade_of(row)].append(row["repost_price"])
    medians = {grade: median(prices) for grade, prices in prices_by_grade.items()}
    assert list(medians.values()) == sorted(medians.values())
    for grade, price in MARKET_PRICES.items():
        assert price / 2 <= medians[grade] <= price * 2, medians
