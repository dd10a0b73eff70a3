"""The methodology file: exact tables, refused files, and every published file."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from chalicelib.grading.model.methodology import (
    FOLDER,
    GRADES,
    LABELS,
    FittedPrice,
    Methodology,
    PriceRule,
    in_force,
    parse,
    published,
    versions,
)
from chalicelib.grading.model.piecewise_linear import Table
from chalicelib.grading.model.rising import RisingPrice
from testing.methodologies import FITTED

TABLE = Table(((0, 0), (10, 100), (20, 100), (23, 107)))


@pytest.mark.parametrize(
    ("x", "y"), [(-5, 0), (0, 0), (1, 10), (9, 90), (10, 100), (15, 100), (21, 102), (22, 104), (23, 107), (99, 107)]
)
def test_a_table_is_linear_between_its_points_and_flat_outside(x: int, y: int) -> None:
    assert TABLE.at(x) == y


@pytest.mark.parametrize(("y", "x"), [(-1, 0), (0, 0), (1, 1), (10, 1), (11, 2), (100, 10), (101, 21), (107, 23)])
def test_least_x_is_where_the_value_is_first_reached(y: int, x: int) -> None:
    assert TABLE.least_x(y) == x
    assert TABLE.at(x) >= y
    assert x == 0 or TABLE.at(x - 1) < y


def test_least_x_is_none_beyond_the_table() -> None:
    assert TABLE.least_x(108) is None


FIRST = published("2026-11-22")


def changed(path: tuple[Any, ...], value: Any, methodology: Methodology | None = None) -> dict[str, Any]:
    """The methodology's document (default: the one in force) with one member replaced."""
    document = copy.deepcopy((methodology or FITTED).document)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("factors", 0, "percentiles"), [[0, 0], [10, 500], [20, 499]]),
        (("factors", 1, "percentiles"), [[0, 0], [10, 500], [10, 600]]),
        (("factors", 4, "points"), [[0, 5], [10, 4]]),
        (("factors", 3, "sizes", 1, 2), [[0, 5], [10, 4]]),
        (("factors", 7, "signs", 0, "points"), [[0, 5], [10, 6]]),
        (("market", "cases", "popular", "curves", "reach"), [[0, 5], [10, 4]]),
        (("market", "gains_bps", ""), [-1, 10_000]),
        (("price", "models", 1, "gains_bps", ""), [10_000, -1, 10_000, 10_000]),
        (("price", "models", 0, "cases", "6", "curves", "followers"), [[0, 5], [10, 4]]),
        (("price", "models", 2, "levels"), [[0, 100, 200, 300], [10, 100, 199, 300]]),
        (("price", "models", 2, "levels"), [[0, 201, 200, 300]]),
        (("price", "models", 2, "levels"), [[5, 100, 200, 300], [5, 100, 200, 300]]),
        (("price", "quality_bps"), [[0, 5], [10, 4]]),
        (("factors", 0, "weight"), 0),
        (("factors", 4, "weight"), -1),
        (("thresholds", "three_star"), 1),
    ],
)
def test_an_unsound_file_is_refused(path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(ValueError, match="rise"):
        parse(changed(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("factors", 0, "points"), [[0, 5], [10, 4]]),
        (("factors", 6, "standing", "popular"), -1),
        (("factors", 6, "categories", "美食"), [0, -1]),
        (("factors", 7, "levels", 0, "points"), [[0, 5], [10, 4]]),
        (("price", "curves", "reads"), [[0, 5], [10, 4]]),
        (("price", "by_appointment"), -1),
        (("price", "bands", ""), [5_000, 11_000, 12_000, 20_000]),
        (("price", "fen"), [[0, 5], [10, 4]]),
    ],
)
def test_an_unsound_file_of_the_newest_kind_is_refused(path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(ValueError, match=r"rise|less|contain"):
        parse(changed(path, value, in_force()))


def test_an_unsound_price_of_the_first_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="rise"):
        parse(changed(("price", "repost_fen_by_score"), [[0, 900], [100_000, 899]], FIRST))


def test_a_missing_threshold_is_refused() -> None:
    document = copy.deepcopy(in_force().document)
    del document["thresholds"]["diamond"]
    with pytest.raises(ValueError, match="diamond"):
        parse(document)


@pytest.mark.parametrize("version", versions())
def test_every_published_version_is_sound(version: str) -> None:
    found = published(version)
    assert found is not None
    assert found.version == version
    names = [rule.name for rule in found.factors]
    assert len(set(names)) == len(names)
    assert {"followers", "reach", "activity", "engagement"} <= set(names)
    assert 0 < found.thresholds[0] < found.thresholds[-1] <= 100_000
    for rule in found.factors:
        assert rule.percentiles.points[0] == (0, 0)
        assert len(rule.percentiles.points) == 1 or rule.percentiles.points[-1][1] == 1_000_000
    assert "搞笑" in found.categories
    if isinstance(found.price, RisingPrice):
        assert found.rising is not None
        assert found.price.fen.points[0][1] > 0
        assert set(found.price.demand.categories) == set(found.rising.demand.categories)
    elif isinstance(found.price, PriceRule):
        assert found.price.low_bps < 10_000 < found.price.high_bps
        assert found.price.repost.points[0][1] > 0
        assert all(ratio > 0 for ratio in found.price.category_bps.values())
    else:
        assert found.price.models[-1].needs == ()
        assert all(model.levels[0][0] > 0 for model in found.price.models)
        assert all(
            set(model.gains) == set(case.categories) for model in found.price.models for case in model.cases.values()
        )


def test_a_fitted_price_belongs_to_every_standing_and_every_star() -> None:
    price = FITTED.price
    assert isinstance(price, FittedPrice)
    cases = {model.name: set(model.cases) for model in price.models}
    assert cases["standing"] == {"ordinary", "accepting", "popular"}
    assert cases["stars"] == set("123456")
    assert cases["reads"] == cases["followers"] == {""}
    market = FITTED.market
    assert market is not None
    assert set(market.cases) == {"", "ordinary", "accepting", "popular"}


def test_the_newest_version_is_in_force() -> None:
    names = sorted(path.stem for path in FOLDER.iterdir())
    assert versions() == names
    assert in_force() is published(names[-1])


def test_a_version_that_was_never_published() -> None:
    assert published("1999-01-01") is None
    assert published("../methodologies/" + versions()[0]) is None


def test_each_grade_begins_exactly_at_its_threshold() -> None:
    methodology = in_force()
    for rank, threshold in enumerate(methodology.thresholds):
        assert methodology.grade_of(threshold - 1) == GRADES[rank]
        assert methodology.grade_of(threshold) == GRADES[rank + 1]
    assert methodology.grade_of(0) == "one_star"
    assert methodology.grade_of(0, "diamond") == "one_star"
    assert methodology.grade_of(100_000) == "diamond"
    assert tuple(LABELS) == GRADES


def test_a_held_grade_is_lost_only_beyond_the_margin() -> None:
    methodology = in_force()
    threshold = methodology.thresholds[1]
    assert methodology.margin > 0
    assert methodology.grade_of(threshold - 1, "three_star") == "three_star"
    assert methodology.grade_of(threshold - methodology.margin, "three_star") == "three_star"
    assert methodology.grade_of(threshold - methodology.margin - 1, "three_star") == "two_star"
    assert methodology.grade_of(threshold - 1, "two_star") == "two_star"
    assert methodology.grade_of(threshold - 1, "diamond") == "three_star"
    assert methodology.grade_of(threshold, "one_star") == "three_star"
    assert FIRST is not None
    assert FIRST.grade_of(FIRST.thresholds[1] - 1, "three_star") == "two_star"
