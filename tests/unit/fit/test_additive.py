"""Additive models: curves that rise, what categories add, and the prices that most are near to."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from chalicelib.grading.model.methodology import model_of
from fit.additive import Curve, fit, rising
from fit.prices import best_rising, fit_models, levels
from fit.tables import curve_table, odds_table, percentile_table, ranks, spearman
from testing.markets.fitted_market import market


def test_neighbours_that_fall_are_pooled() -> None:
    assert rising([1, 3, 2, 5], [1, 1, 1, 1]) == [1, 2.5, 2.5, 5]
    assert rising([3, 2, 1], [1, 1, 2]) == [1.75, 1.75, 1.75]
    assert rising([1, 2], [5, 1]) == [1, 2]


def test_a_curve_is_linear_between_its_points_and_flat_outside() -> None:
    curve = Curve([0, 10, 20], [0, 100, 100])
    assert [curve.at(x) for x in (-1, 0, 5, 10, 15, 99)] == [0, 0, 50, 100, 100, 100]


def sample(count: int) -> tuple[list[tuple[float, float]], list[str], list[float]]:
    source = random.Random(1)
    rows, names, targets = [], [], []
    for _ in range(count):
        x, z, name = source.uniform(0, 1), source.uniform(0, 1), source.choice("abc")
        rows.append((x, z))
        names.append(name)
        targets.append(2 * x + (3 * z if z > 0.5 else 1.5) + {"a": 0, "b": 1, "c": -1}[name] + source.gauss(0, 0.1))
    return rows, names, targets


def test_what_made_the_figures_is_found_again() -> None:
    rows, names, targets = sample(2_000)
    model = fit(rows, names, targets, gained=0)
    errors = [abs(model.at(row, name) - y) for row, name, y in zip(rows, names, targets, strict=True)]
    assert sum(errors) / len(errors) < 0.15
    assert model.categories["b"] - model.categories["a"] == pytest.approx(1, abs=0.1)
    for curve in model.curves:
        assert curve.ys == sorted(curve.ys)
        assert curve.xs == sorted(set(curve.xs))


def test_a_curve_never_falls_even_where_the_figures_do() -> None:
    rows = [(float(x), 0.0) for x in range(200)]
    model = fit(rows, ["a"] * 200, [-x for x, _ in rows])
    assert len({model.at(row, "a") for row in rows}) == 1


def test_a_category_may_count_a_curve_more() -> None:
    rows = [(x / 500, 0.0) for x in range(500)] * 2
    names = ["flat"] * 500 + ["steep"] * 500
    targets = [x * (1 if name == "steep" else 0.2) for (x, _), name in zip(rows, names, strict=True)]
    model = fit(rows, names, targets, widths=(math.inf,) * 12)
    assert model.gains["steep"][0] > 1.25 > 0.9 > model.gains["flat"][0] >= 0


def test_a_few_wild_figures_do_not_move_where_most_lie() -> None:
    rows = [(float(x % 10), 0.0) for x in range(400)]
    targets = [50.0 if i % 8 == 0 else 1.0 for i in range(400)]
    plain = fit(rows, ["a"] * 400, targets)
    mode = fit(rows, ["a"] * 400, targets, widths=(math.inf, 30.0, 10.0, 5.0, 2.0, 2.0, 2.0))
    assert plain.at((5.0, 0.0), "a") > 5
    assert mode.at((5.0, 0.0), "a") == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("seed", range(6))
def test_the_best_rising_places_are_the_best_of_all(seed: int) -> None:
    source = random.Random(seed)
    hits = [[float(source.randrange(10)) for _ in range(4)] for _ in range(5)]
    found = best_rising(hits)
    every = itertools.combinations_with_replacement(range(4), 5)
    assert found == sorted(found)
    assert sum(row[i] for row, i in zip(hits, found, strict=True)) == max(
        sum(row[i] for row, i in zip(hits, places, strict=True)) for places in every
    )


def test_quotes_are_where_the_prices_are() -> None:
    source = random.Random(3)
    placed = []
    for _ in range(4_000):
        index = source.randrange(1_000_000)
        placed.append((index, 41_000 if index < 500_000 else 103_000))
    found = levels(placed)
    assert [start for start, *_ in found] == sorted(start for start, *_ in found)
    for start, low, mid, high in found:
        assert low <= mid <= high
        asked = 41_000 if start < 480_000 else 103_000
        assert (start > 480_000 and start < 520_000) or asked / 1.5 <= mid <= asked * 1.5


def test_price_models_rise_with_reach_for_every_category_and_standing() -> None:
    for document in fit_models(market(600)):
        model = model_of(document)
        for case in model.cases.values():
            for curve in case.curves:
                ys = [y for _, y in curve.points]
                assert ys == sorted(ys)
        assert all(gain >= 0 for gains in model.gains.values() for gain in gains)


def test_tables() -> None:
    assert percentile_table(range(1, 101))[0] == [0, 0]
    assert percentile_table(range(1, 101))[-1] == [100, 1_000_000]
    assert curve_table(Curve([1, 2, 3, 4], [0.5, 0.5, 0.5, 0.75]), 0.25) == [[1, 750_000], [3, 750_000], [4, 1_000_000]]
    odds = {x: y for x, y in odds_table()}  # noqa: C416
    assert odds[0] == 500_000
    assert odds[1_000_000] == round(1e6 / (1 + math.exp(-1)))
    assert ranks([3, 1, 3]) == [2.5, 1, 2.5]
    assert spearman([1, 2, 3], [10, 20, 15]) == pytest.approx(0.5)
