"""Additive models: curves and categories that never lower a result, prices with bands, thresholds."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from chalicelib.grading.model.piecewise_linear import table_of
from chalicelib.grading.model.rising import Counting, counting_of
from fit.additive import Additive, Penalties, Row, descend, fit, rise, rising
from fit.advised_prices import bands, fit_prices, quantile, raise_points
from fit.integer_tables import percentile_table, ranks, spearman
from fit.stars import COUNTING, curve_points, kappa, thresholds, unknown_reads
from testing.markets.fitted_market import market

PENALTIES = Penalties(0.1, 1.0, 1.0)


def test_neighbours_that_fall_are_pooled() -> None:
    assert rising([1, 3, 2, 5], [1, 1, 1, 1]) == [1, 2.5, 2.5, 5]
    assert rising([3, 2, 1], [1, 1, 2]) == [1.75, 1.75, 1.75]
    assert rising([1, 2], [5, 1]) == [1, 2]


def sample(count: int) -> tuple[list[Row], list[float]]:
    source = random.Random(1)
    rows, targets = [], []
    for _ in range(count):
        size, reads = source.uniform(8, 14), source.uniform(6, 12)
        category, standing = source.choice(["", "b", "c"]), source.choice(["ordinary", "popular", "accepting"])
        row = Row((size, reads, min(size, reads + 2)), rise(math.exp(reads)), category, standing, False)
        rows.append(row)
        worth = 0.5 * size + (0.3 * reads if reads > 9 else 2.7) + (category == "b") + 0.5 * (standing == "popular")
        targets.append(worth - 0.5 * (category == "c") + source.gauss(0, 0.1))
    return rows, targets


def test_what_made_the_figures_is_found_again() -> None:
    rows, targets = sample(2_000)
    model = fit(rows, targets, PENALTIES)
    errors = [abs(model.at(row) - y) for row, y in zip(rows, targets, strict=True) if row.category != "c"]
    assert sum(errors) / len(errors) < 0.3
    assert model.standing["popular"] == pytest.approx(0.5, abs=0.05)


def test_nothing_known_lowers_the_result_even_where_figures_do() -> None:
    rows, targets = sample(2_000)
    model = fit(rows, [-y for y in targets], PENALTIES)
    assert all(number >= 0 and slope >= 0 for number, slope in model.categories.values())
    assert min(model.standing.values()) >= 0
    for _, values in model.curves:
        assert list(values) == sorted(set(values))  # strictly rising


def test_a_released_limit_lets_the_result_fall() -> None:
    rows, targets = sample(2_000)
    released = replace(PENALTIES, curves_fall=True, categories_subtract=True, standing_subtracts=True)
    model = fit(rows, [-y for y in targets], released)
    assert min(number for number, _ in model.categories.values()) < 0
    assert model.standing["popular"] == pytest.approx(-0.5, abs=0.05)
    assert any(list(values) != sorted(values) for _, values in model.curves)


def test_a_few_wild_figures_do_not_move_the_median() -> None:
    rows, _ = sample(400)
    targets = [50.0 if i % 8 == 0 else 1.0 for i in range(400)]
    assert fit(rows, targets, PENALTIES).at(rows[1]) > 3
    assert fit(rows, targets, PENALTIES, rounds=12).at(rows[1]) < 2


def test_curves_continue_beyond_their_ends() -> None:
    model = Additive(0.0, (((8.0, 9.0, 10.0), (0.0, 1.0, 1.5)),) * 3, {}, {}, 0.0)
    assert [model.curve(0, x) for x in (6.0, 8.0, 8.5, 10.0, 12.0)] == [-1.5, 0.0, 0.5, 1.5, 3.0]
    points = curve_points(model, 0, 1_000)
    assert points[0] == [0, 0]
    assert points[-1][1] > points[len(points) // 2][1] > 0


def test_coefficients_stay_within_their_limits() -> None:
    table, right = [[2.0, 1.0], [1.0, 2.0]], [3.0, -3.0]
    assert descend(table, right, [0.0, 0.0], [0.0, 0.0], [9.0, 9.0], [0.0, 0.0]) == [1.5, 0.0]
    assert descend(table, right, [0.0, 0.0], [0.0, 0.0], [1.0, 9.0], [0.0, 0.0]) == [1.0, 0.0]


def made_up() -> Counting:
    return counting_of({**COUNTING, "unknown_reads": unknown_reads(market(600))})


def test_prices_contain_the_share_that_their_bands_are_for() -> None:
    listed = market(1_200)
    counting = made_up()
    model = fit_prices(listed, counting)
    low80, low, high, high80 = model["bands"][""]
    assert low80 < low < 10_000 < high < high80
    assert table_of(model["fen"]).points[0][1] > 0


def test_a_price_rises_to_the_mean_where_prices_are_high() -> None:
    source = random.Random(5)
    indices = [source.uniform(4, 8) for _ in range(4_000)]
    points = raise_points(indices, [x + source.gauss(0, 1) for x in indices])
    assert points[0][1] == 0
    assert points[-1][1] == pytest.approx(0.5, abs=0.25)  # half of the variance
    assert all(x1 + y1 > x0 + y0 for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False))


def test_a_small_category_has_the_band_of_all() -> None:
    source = random.Random(6)
    errors = [source.gauss(0, 1) for _ in range(2_000)]
    found = bands([*errors, 5.0], ["a"] * 2_000 + ["b"])
    assert found["b"][3] < 1.5 * found[""][3]  # its own error is exp(5)
    assert quantile([1, 2, 3, 4], 0.5) == 3


def test_thresholds_never_fall_and_agree_better_than_chance() -> None:
    source = random.Random(7)
    stars = [source.choice([1, 1, 1, 2, 3, 4, 5, 6]) for _ in range(3_000)]
    scored = [(1_000 * star + source.randrange(1_500), star) for star in stars]
    cuts = list(thresholds(scored, 0.002).values())
    assert cuts == sorted(set(cuts))
    ours = [sum(score >= cut for cut in cuts[:5]) + 1 for score, _ in scored]
    assert kappa(list(zip(ours, stars, strict=True))) > 0.9


def test_kappa_of_agreement_and_of_one_answer() -> None:
    assert kappa([(n, n) for n in range(1, 7)]) == 1
    assert kappa([(2, n) for n in range(1, 7)]) == pytest.approx(0)


def test_unknown_reads_are_fewer_than_those_of_most() -> None:
    counting = made_up()
    for account in market(50):
        hidden = replace(account.evidence, reads_avg_30d=None)
        assert counting.of(hidden).reads <= counting.of(account.evidence).reads


def test_unknown_reads_rise_with_the_share_that_does_not_reach_them() -> None:
    few, many = (unknown_reads(market(600), share) for share in (0.2, 0.4))
    assert [size for size, _ in few] == [size for size, _ in many]
    assert all(low < high for (_, low), (_, high) in zip(few[1:], many[1:], strict=True))


def test_tables() -> None:
    assert percentile_table(range(1, 101))[0] == [0, 0]
    assert percentile_table(range(1, 101))[-1] == [100, 1_000_000]
    assert ranks([3, 1, 3]) == [2.5, 1, 2.5]
    assert spearman([1, 2, 3], [10, 20, 15]) == pytest.approx(0.5)
