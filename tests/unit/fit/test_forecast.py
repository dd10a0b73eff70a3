"""The fit of the forecast on accounts with a known distribution."""

from __future__ import annotations

import math
import random

import pytest

from chalicelib.grading.model.forecast import predicted
from fit.forecast import Example, History, fit, fit_posts, forecast_measures, held_out, least_squares, pinball


def _examples(noise: float, lift: float) -> list[Example]:
    choose = random.Random(5)
    made = []
    for n in range(1_200):
        average, followers = choose.uniform(50, 50_000), choose.uniform(1_000, 10**6)
        category = choose.choice(["a", "b"])
        level = 0.5 + 0.6 * math.log1p(average) + 0.2 * math.log1p(followers) + (lift if category == "a" else -lift)
        outcome = round(math.expm1(level + choose.gauss(0, noise)))
        made.append(Example(f"account {n // 3}", average, followers, category, "two_star", max(0, outcome)))
    return made


def test_least_squares_solves_a_plane() -> None:
    rows = [[1.0, float(x), float(x * x)] for x in range(6)]
    assert least_squares(rows, [2 + 3 * x - x * x for x in range(6)]) == pytest.approx([2, 3, -1])


def test_a_known_function_is_fitted() -> None:
    model = fit(_examples(0.3, 0.4), "own")
    assert model["own"] == pytest.approx(0.6, abs=0.05)
    assert model["followers"] == pytest.approx(0.2, abs=0.05)
    assert model["categories"]["a"] - model["categories"]["b"] == pytest.approx(0.8, abs=0.1)


def test_wider_noise_makes_wider_intervals_with_equal_coverage() -> None:
    widths = []
    for noise in (0.2, 0.8):
        examples = _examples(noise, 0.0)
        low, _, high = predicted(fit(examples, "own"), 5_000, 100_000, "a", "two_star")
        widths.append(high / low)
        assert held_out(examples, "own")["holds"] == pytest.approx(0.8, abs=0.03)
    assert widths[0] < widths[1]


def _histories() -> list[History]:
    choose = random.Random(6)
    made = []
    for n in range(1_500):
        median, spread = choose.uniform(3, 11), choose.uniform(0.2, 1.5)
        outcome = max(1 + 0.8 * median + choose.gauss(0, spread), 0.0)
        made.append(History(f"account {n // 3}", median, spread, 12, 10_000.0, outcome))
    return made


def test_forecast_from_few_posts_is_shrunk_and_wide() -> None:
    model = fit_posts(_histories())
    assert model["own"] == pytest.approx(0.8, abs=0.05)
    low, middle, high = model["quantiles"]
    assert low < -1 < middle < 1 < high


def test_forecasts_beat_the_median_of_the_past() -> None:
    found = forecast_measures({"reads": _histories()})
    for name in ("reads_pinball_10", "reads_pinball_50", "reads_pinball_90", "reads_median_ln_error"):
        assert found[name] < found[f"{name}_trivial"]
    assert found["reads_coverage_80"] == pytest.approx(0.8, abs=0.05)


def test_pinball_weighs_both_sides_by_the_share() -> None:
    assert pinball(0.9, 1.0) == 0.9
    assert pinball(0.9, -1.0) == pytest.approx(0.1)
