"""Advised prices: from the score and the category, rounded as people quote them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.grading.assessment import assess, effective_prices
from chalicelib.grading.model.advised_price import Band, Paid, advised, indexed, paid_ratio, per_thousand_reads, rounded
from chalicelib.grading.model.evidence import PAID_FIGURES, Evidence
from chalicelib.grading.model.grade import grade
from chalicelib.grading.model.methodology import FOLDER, FittedPrice, PriceRule, parse
from testing.methodologies import FITTED

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
    assert isinstance(rule, PriceRule)
    middle = rule.repost.at(GRADED.score) * rule.category_bps["情感"] // 10_000
    found = advised(GRADED, "情感")
    assert found["repost"] == Band(
        rounded(middle * rule.low_bps // 10_000), rounded(middle), rounded(middle * rule.high_bps // 10_000)
    )
    assert found["post"].mid == rounded(middle * 15_000 // 10_000)
    assert found["repost"].low < found["repost"].mid < found["repost"].high


def test_an_unknown_category_changes_nothing() -> None:
    assert advised(GRADED, "no such category") == advised(GRADED, None)
    assert isinstance(METHODOLOGY.price, PriceRule)
    assert advised(GRADED, None)["repost"].mid == rounded(METHODOLOGY.price.repost.at(GRADED.score))
    assert advised(GRADED, "游戏")["repost"].mid > advised(GRADED, None)["repost"].mid


def test_own_prices_take_precedence_over_advised_ones() -> None:
    prices = {"post": Band(100, 200, 300), "repost": Band(100, 250, 300)}
    assert effective_prices(prices, None, 500, EVIDENCE) == {"post_price": 200, "repost_price": 500, "value": 100_000}
    assert effective_prices(prices, 700, None, EVIDENCE) == {"post_price": 700, "repost_price": 250, "value": 200_000}


@pytest.mark.parametrize(
    ("price", "reads", "expected"),
    [(48_000, 50_000, 960), (10_000, 3_000, 3_333), (100, 0.5, 200_000), (48_000, None, None), (48_000, 0, None)],
)
def test_the_price_of_a_thousand_reads(price: int, reads: float | None, expected: int | None) -> None:
    assert per_thousand_reads(price, Evidence(EVIDENCE.as_of, 1, reads_avg_30d=reads)) == expected


def test_hidden_and_unconfirmed_reads_have_the_least_value() -> None:
    prices = {"post": Band(100, 200, 300), "repost": Band(100, 250, 300)}
    posts = {"reads_avg_30d": 900_000, "unconfirmed_since": EVIDENCE.as_of}
    values = [
        effective_prices(prices, None, None, Evidence(EVIDENCE.as_of, 400_000, **known))["value"]
        for known in ({}, posts, {"reads_avg_30d": 0}, {"reads_avg_30d": 900_000})
    ]
    assert values[0] == values[1] == values[2] < values[3]


def test_unconfirmed_reads_give_no_price_of_a_thousand() -> None:
    unconfirmed = Evidence(EVIDENCE.as_of, 1, reads_avg_30d=900_000, unconfirmed_since=EVIDENCE.as_of)
    assert per_thousand_reads(48_000, unconfirmed) is None
    assert per_thousand_reads(48_000, replace(unconfirmed, reads_confirmed=50_000)) == 960


def repost(category: str | None = None, paid: Paid | None = None, **known: Any) -> Band:
    """The advised repost price under the methodology in force."""
    evidence = replace(EVIDENCE, **known)
    return advised(grade(evidence, FITTED, category), category, paid)["repost"]


@pytest.mark.parametrize(
    ("known", "name"),
    [
        ({"reads_avg_30d": None}, "followers"),
        ({}, "reads"),
        ({"popular": False}, "standing"),
        ({"accepted_all_last_week": True}, "standing"),
        ({"popular": True, "reads_avg_30d": None}, "followers"),
        ({"market_stars": 3}, "stars"),
        ({"market_stars": 3, "popular": False}, "stars"),
    ],
)
def test_the_model_with_most_known_evidence_is_used(known: dict[str, Any], name: str) -> None:
    rule = FITTED.price
    assert isinstance(rule, FittedPrice)
    assert indexed(rule, replace(EVIDENCE, **known), None)[0].name == name


def test_a_repost_costs_a_table_price_and_a_post_more() -> None:
    rule = FITTED.price
    assert isinstance(rule, FittedPrice)
    model, index = indexed(rule, EVIDENCE, "美食")
    found = advised(grade(EVIDENCE, FITTED, "美食"), "美食")
    last = [level for start, level in zip(model.starts, model.levels, strict=True) if start <= index][-1]
    assert found["repost"] == Band(*map(rounded, last))
    for dear, cheap in zip(found["post"], found["repost"], strict=True):
        assert dear >= cheap
    assert found["post"].mid in (found["repost"].mid, rounded(rule.fen.at(index) * 15_000 // 10_000))


def test_an_unknown_category_is_priced_like_none() -> None:
    assert repost("no such category") == repost(None)
    assert repost("媒体传播").mid > repost("情感").mid


def test_the_markets_stars_move_the_price_and_not_the_grade() -> None:
    six, one = (replace(EVIDENCE, market_stars=stars) for stars in (6, 1))
    assert grade(six, FITTED).score == grade(one, FITTED).score
    assert repost(market_stars=6).mid > 5 * repost(market_stars=1).mid


def test_an_organisation_costs_more_than_a_person() -> None:
    assert repost(organisation=True).mid > repost(organisation=False).mid == repost().mid


def test_spam_signs_lower_the_price() -> None:
    spam: dict[str, Any] = {
        "duplicates_share": 0.9,
        "automated_share": 1.0,
        "following": 3_000_000,
        "posts_total": 20,
        "burst_share": 0.9,
    }
    assert repost(**spam).mid < repost().mid == repost(following=300, posts_total=9_000).mid


def test_paid_orders_change_the_price_but_not_the_grade() -> None:
    priced = {name for name in Evidence.__dataclass_fields__ if "price" in name or "paid" in name}
    assert priced == set(PAID_FIGURES)
    paid = replace(EVIDENCE, paid_bps=5_000, paid_advertisers=8, paid_orders=20)
    assert grade(paid, FITTED).score == grade(EVIDENCE, FITTED).score
    assert repost(paid_bps=5_000, paid_advertisers=8, paid_orders=20).mid < repost().mid


def test_one_voice_per_advertiser() -> None:
    friend = [("friend", 100, 1_000)] * 50
    others = [("a", 1_000, 1_000), ("b", 1_100, 1_000), ("b", 900, 1_000), ("c", 1_200, 1_000)]
    assert paid_ratio(others) == Paid(10_000, 3, 4)
    assert paid_ratio(others + friend) == Paid(10_000, 4, 54)
    assert paid_ratio(friend) == Paid(5_000, 1, 50)
    assert paid_ratio([]) == paid_ratio([("a", 5, 0)]) == Paid()
    assert paid_ratio([("a", 900, 100)]).ratio_bps == 20_000


def test_paid_prices_weigh_by_number_of_advertisers() -> None:
    model = repost(category="美食", reads_avg_30d=400_000)
    few, many = (repost(category="美食", reads_avg_30d=400_000, paid=Paid(20_000, voices, 99)) for voices in (1, 800))
    assert model.mid < few.mid < many.mid <= 2 * model.mid
    assert few.mid == rounded(model.mid * (8 * 10_000 + 20_000) // 90_000)
    assert repost(category="美食", reads_avg_30d=400_000, paid=Paid()) == model
    low = repost(category="美食", reads_avg_30d=400_000, paid=Paid(5_000, 1, 50))
    assert low.mid >= model.mid * 9 // 10
