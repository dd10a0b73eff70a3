"""Fits without one constraint: they follow the methodology where nothing is dropped, and gain where a constraint costs."""

from __future__ import annotations

from functools import cache

import pytest

from fit.ablation import CONFIRMED, UNCONFIRMED, Predicted, Variant, figures, held_out
from fit.input_tables import Data
from fit.measures import folds, hold_out, measures
from testing.markets.fitted_market import labelled, market, xingtu_accounts

LISTED = market(160)


@cache
def measured(variant: Variant, parts: int = 2) -> dict[str, float]:
    out = folds(len(LISTED))[:parts]
    found = [one for part in out for one in held_out((variant, LISTED, part))]
    assert len(found) == sum(map(len, out))
    return {name: float(value) for name, value in figures(found).items()}


def test_with_all_constraints_the_figures_are_those_of_the_methodology() -> None:
    ours = measured(CONFIRMED[0], parts=5)
    methodology = measures(hold_out(Data(LISTED, labelled(100), xingtu_accounts(60))))
    assert ours["R2"] == pytest.approx(methodology["repost_price_r2_of_log"], abs=0.02)
    assert ours["sum"] == pytest.approx(methodology["price_sum_advised_to_asked"], abs=0.03)
    assert ours["exact"] == pytest.approx(methodology["stars_exact"], abs=0.05)
    assert ours["kappa"] == pytest.approx(methodology["stars_quadratic_kappa"], abs=0.05)


def test_prices_raised_to_the_mean_everywhere_sum_to_the_asked_ones() -> None:
    variants = {variant.raised: variant for variant in CONFIRMED}
    everywhere, nowhere = measured(variants[-2.0, -1.0]), measured(variants[None])
    assert everywhere["sum"] == pytest.approx(1, abs=0.15)
    assert nowhere["sum"] < everywhere["sum"]
    assert "exact" not in everywhere


def test_accounts_without_confirmed_reads_are_predicted_worse_than_by_a_model_without_reads() -> None:
    constrained, free = measured(UNCONFIRMED[0]), measured(UNCONFIRMED[-1])
    assert constrained["R2"] < free["R2"] < measured(CONFIRMED[0])["R2"]


def test_figures_of_exact_predictions() -> None:
    exact = [Predicted(10_000 * n, 100 * n, 100 * n, min(n, 6), min(n, 6)) for n in range(1, 200)]
    assert figures(exact) == {
        "R2": "1.000",
        "median error": "0.000",
        "factor 2": "1.000",
        "sum": "1.000",
        "least tier": "1.000",
        "exact": "1.000",
        "kappa": "1.000",
    }
