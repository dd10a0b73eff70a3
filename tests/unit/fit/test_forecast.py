"""The fit of the forecast on accounts with a known distribution."""

from __future__ import annotations

import math
import random

import pytest

from chalicelib.grading.model.forecast import predicted
from fit.forecast import Example, fit, held_out, least_squares


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
        asked = _examples(noise, 0.0)
        low, _, high = predicted(fit(asked, "own"), 5_000, 100_000, "a", "two_star")
        widths.append(high / low)
        assert held_out(asked, "own")["holds"] == pytest.approx(0.8, abs=0.03)
    assert widths[0] < widths[1]
