"""Advised prices: from the score and the category, rounded as people quote them."""

from __future__ import annotations

import json

import pytest

from chalicelib.grading.assessing import assess, effective_prices
from chalicelib.grading.evidence import Evidence
from chalicelib.grading.methodology import FOLDER, parse
from chalicelib.grading.price import Band, advised, per_thousand_reads, rounded

EVIDENCE = Evidence("2026-11-20T00:00:00Z", followers=400_000, reads_avg_30d=50_000)
METHODOLOGY = parse(json.loads((FOLDER / "2026-11-22.json").read_text("utf-8")))
GRADED = assess(EVIDENCE, None, METHODOLOGY).graded


@pytest.mark.parametrize(
    ("fen", "quoted"),
    [
        (0, 100),
        (99, 100),
        (199, 100),
        (9_999, 9_900),
        (10_000, 10_000),
        (10_999, 10_000),
        (99_999, 99_000),
        (100_000, 100_000),
        (109_999, 100_000),
        (1_234_567, 1_230_000),
    ],
)
def test_rounding(fen: int, quoted: int) -> None:
    assert rounded(fen) == quoted


def test_the_price_follows_from_score_category_and_kind() -> None:
    rule = METHODOLOGY.price
    middle = rule.repost.at(GRADED.score) * rule.category_bps["情感"] // 10_000
    found = advised(GRADED, "情感")
    assert found["repost"] == Band(
        rounded(middle * rule.low_bps // 10_000), rounded(middle), rounded(middle * rule.high_bps // 10_000)
    )
    assert found["post"].mid == rounded(middle * 15_000 // 10_000)
    assert found["repost"].low < found["repost"].mid < found["repost"].high


def test_an_unknown_category_changes_nothing() -> None:
    assert advised(GRADED, "no such category") == advised(GRADED, None)
    assert advised(GRADED, None)["repost"].mid == rounded(METHODOLOGY.price.repost.at(GRADED.score))
    assert advised(GRADED, "游戏")["repost"].mid > advised(GRADED, None)["repost"].mid


def test_own_prices_come_before_advised_ones() -> None:
    prices = {"post": Band(100, 200, 300), "repost": Band(100, 250, 300)}
    assert effective_prices(prices, None, 500, EVIDENCE) == {"post_price": 200, "repost_price": 500, "value": 100_000}
    assert effective_prices(prices, 700, None, EVIDENCE) == {"post_price": 700, "repost_price": 250, "value": 200_000}


@pytest.mark.parametrize(
    ("price", "reads", "expected"),
    [(48_000, 50_000, 960), (10_000, 3_000, 3_333), (100, 0.5, 200_000), (48_000, None, None), (48_000, 0, None)],
)
def test_the_price_of_a_thousand_reads(price: int, reads: float | None, expected: int | None) -> None:
    assert per_thousand_reads(price, Evidence(EVIDENCE.as_of, 1, reads_avg_30d=reads)) == expected


def test_without_reads_the_value_counts_followers() -> None:
    prices = {"post": Band(100, 200, 300), "repost": Band(100, 250, 300)}
    assert effective_prices(prices, None, None, Evidence(EVIDENCE.as_of, followers=1_000))["value"] == 4_000
    assert effective_prices(prices, None, None, Evidence(EVIDENCE.as_of, 1_000, reads_avg_30d=0))["value"] == 0
