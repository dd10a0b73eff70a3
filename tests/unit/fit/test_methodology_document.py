"""A whole fit of a made-up market: deterministic, sound, better than chance on rows held out, and reported."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chalicelib.grading.model.advised_price import advised
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.grade import grade
from chalicelib.grading.model.methodology import in_force, parse
from chalicelib.grading.model.rising import quality
from fit.__main__ import compact
from fit.fit_report import report
from fit.input_tables import Data, read
from fit.measures import (
    AIMS,
    HeldOut,
    auc,
    folds,
    hold_out,
    measures,
    median_error,
    r2_of_log,
    reached,
    table,
    within_double,
)
from fit.methodology_document import fit_document
from fit.stars import kappa
from testing.markets.fitted_market import data, labelled

pytestmark = pytest.mark.xdist_group("fitted")  # the market is fitted once, and its rows held out once


@cache
def fitted() -> dict[str, Any]:
    return fit_document(data(), "test")


@cache
def held_out() -> HeldOut:
    return hold_out(data())


def test_the_same_data_give_the_same_document() -> None:
    assert compact(fit_document(data(), "test")) == compact(fitted())
    assert json.loads(compact(fitted())) == fitted()


def test_the_document_has_the_shape_of_the_one_in_force() -> None:
    published = in_force().document
    assert set(published) == {*fitted(), "measures"}
    assert [f["name"] for f in published["factors"]] == [f["name"] for f in fitted()["factors"]]
    assert set(published["price"]) == set(fitted()["price"])


def test_grades_agree_with_the_market() -> None:
    methodology = parse(fitted())
    pairs = [(min(grade(a.evidence, methodology, a.category).rank, 6), a.stars) for a in data().listed]
    assert kappa(pairs) > 0.75


def test_held_out_spammers_score_below_honest_accounts() -> None:
    rising = parse(fitted()).rising
    assert rising is not None
    assert auc([(quality(rising, a.evidence)[0], a.is_spammer) for a in labelled(200, seed=99)]) > 0.85


def test_organisations_are_priced_as_they_ask() -> None:
    assert 20_000 < fitted()["price"]["organisation_bps"] < 45_000


def test_what_was_held_out_is_predicted() -> None:
    figures = measures(held_out())
    assert figures["score_spearman_with_market_stars"] > 0.7
    assert figures["repost_price_within_factor_2"] > 0.7
    assert figures["spam_auc_with_posts"] > 0.85
    assert figures["hiding_raises"] == 0
    assert (
        figures["xingtu_asking_price_spearman_1_20s"]
        > figures["xingtu_asking_price_spearman_1_20s_owner_unknown"]
        > 0.6
    )
    assert len(held_out().listed) == len(data().listed)
    assert set(AIMS) <= set(figures)


def test_every_row_is_held_out_once() -> None:
    parts = folds(103)
    assert sorted(row for part in parts for row in part) == list(range(103))
    assert folds(103) == parts


def test_measures_of_a_few_pairs() -> None:
    assert median_error([(100, 200), (100, 100), (300, 100)]) == 0.5
    assert within_double([(100, 200), (100, 201), (200, 100), (201, 100)]) == 0.5
    assert auc([(3, False), (1, True), (2, False), (2, True)]) == 0.875
    assert r2_of_log([(100, 100), (200, 200)]) == 1
    assert reached("repost_price_within_factor_2", 0.565) is True
    assert reached("repost_price_median_absolute_error", 0.551) is False
    assert reached("repost_price_mean_log_error", 0.5) is None
    assert "short of it" in table({"stars_exact": 0.5})


def test_the_report_shows_shapes_residuals_calibration_and_shares() -> None:
    document = {**fitted(), "measures": measures(held_out())}
    page = report(document, data(), held_out())
    assert page.count("<svg") == page.count("</svg>") >= 20
    for text in (
        "residuals",
        "calibration",
        "shares of grades",
        "distinct_posts 不重复",
        "demand by category",
        "price by category",
    ):
        assert text in page
    assert "nan" not in page.lower().replace("finance", "")


def test_tables_are_read_as_evidence(tmp_path: Path) -> None:
    def write(name: str, *rows: dict[str, Any]) -> None:
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    listed = {"followers": 10_000, "play_count": 7, "hot": 1, "accepted_all_last_week": 0, "by_appointment": 0}
    write("weirenwu_2017.csv", {**listed, "stars": 2, "repost_price_cny": "210.5", "category": "None"})
    counts = {f"{name}_{year}": year for name in ("followers", "following", "posts") for year in (2014, 2017)}
    write("weibo_accounts.csv", {"account": "a", "is_spammer": 1, **counts})
    post = {"account": "a", "time": "2017-05-07T11:57:00+08:00", "reposts": 1, "comments": 2, "likes": 3}
    more = {"text_key": "k", "is_forward": 0, "n_url": 1, "client": "皮皮时光机"}
    write("weibo_posts.csv", *[{**post, **more}] * 6)
    write(
        "xingtu_accounts.csv",
        {
            "account": "x",
            "followers": "5.0",
            "author_type": "organisation",
            "price_1_20s_cny": "3500.0",
            "price_20_60s_cny": "",
            "price_60s_plus_cny": "",
        },
    )
    clip = {
        "account": "x",
        "time": "2025-01-01T00:00:00Z",
        "views": 10,
        "likes": 1,
        "comments": 1,
        "shares": 0,
        "text_key": "t",
    }
    write("xingtu_posts.csv", clip)
    found: Data = read(tmp_path)
    assert (found.listed[0].price, found.listed[0].category, found.listed[0].evidence.standing) == (
        21_050,
        None,
        "popular",
    )
    spammer = found.labelled[0]
    assert spammer.is_spammer
    assert (spammer.evidence.automated_share, spammer.evidence.links_share) == (1.0, 1.0)
    assert spammer.evidence.duplicates_share == pytest.approx(5 / 6, abs=1e-4)
    assert (spammer.evidence.earlier_posts_total, spammer.evidence.posts_total) == (2014, 2017)
    assert found.xingtu[0].prices == {"price_1_20s_cny": 3_500.0}
    assert (found.xingtu[0].evidence.reads_median, found.xingtu[0].evidence.organisation) == (2.3979, True)


def test_a_bigger_account_of_the_made_up_market_is_dearer() -> None:
    methodology = parse(fitted())
    small, great = (Evidence("2026-11-20T00:00:00Z", n, reads_avg_30d=n // 8) for n in (50_000, 2_000_000))
    prices = [advised(grade(e, methodology, "美食"), "美食")["repost"].mid for e in (small, great)]
    assert prices[0] * 2 < prices[1]
