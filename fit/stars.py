"""Fit the market factors of the score to the market's stars: followers, reach, category and standing."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

from fit.additive import MEAN, Additive, Curve, fit
from fit.data import Listed
from fit.tables import PPM, case, curve_table, gains, ranks

STANDINGS = ("ordinary", "accepting", "popular")
CURVES = ("followers", "reach")
TAIL = 9
DOUBLINGS = 7


def fit_market(listed: Sequence[Listed]) -> dict[str, Any]:
    """Return the `market` of a methodology: additive in followers and reach, on the rank of the stars among all listed accounts,
    once for each standing and once for accounts of unknown standing. Curves begin at 0; the rest is demand, at least 0."""
    rows, names, targets = _table(listed)
    pooled = fit(rows, names, targets)
    models = {"": pooled}
    for standing in STANDINGS:
        of = [i for i, account in enumerate(listed) if account.evidence.standing == standing]
        models[standing] = fit(
            [rows[i] for i in of], [names[i] for i in of], [targets[i] for i in of], MEAN, prior=pooled, gained=0
        )
    categories = sorted(set(names))
    appointed = [
        targets[i] - models[account.evidence.standing].at(rows[i], names[i])
        for i, account in enumerate(listed)
        if account.evidence.by_appointment
    ]
    return _from_zero(models, categories, max(statistics.fmean(appointed), 0.0) if appointed else 0.0)


def _table(listed: Sequence[Listed]) -> tuple[list[tuple[float, float]], list[str], list[float]]:
    rows = [(a.evidence.followers * 1_000.0, round((a.evidence.reads_avg_30d or 0) * 1_000) * 1.0) for a in listed]
    return rows, [a.category or "" for a in listed], [rank / len(listed) for rank in ranks([a.stars for a in listed])]


def _go_on(curve: Curve) -> None:
    """Extend the curve beyond the last band with the slope of the bands before, by the logarithm of the value, up to 128 times
    the last value. Without it, no reach could compensate for a category with few stars."""
    last, before = curve.xs[-1], curve.xs[-TAIL]
    rise = (curve.ys[-1] - curve.ys[-TAIL]) / math.log2(last / before)
    for doubled in range(1, DOUBLINGS + 1):
        curve.xs.append(last * 2**doubled)
        curve.ys.append(curve.ys[-1] + rise)


def _from_zero(models: dict[str, Additive], categories: Sequence[str], by_appointment: float) -> dict[str, Any]:
    cases = {}
    for standing, model in models.items():
        for curve in model.curves:
            _go_on(curve)
        starts = [curve.ys[0] for curve in model.curves]
        found = case(model, categories, CURVES)
        found["curves"] = {
            name: curve_table(curve, -start) for name, curve, start in zip(CURVES, model.curves, starts, strict=True)
        }
        found["categories"] = {
            name: round(
                PPM * (model.categories[name] + sum(g * s for g, s in zip(model.gains[name], starts, strict=True)))
            )
            for name in categories
        }
        cases[standing] = found
    least = min(found["base"] + added for found in cases.values() for added in found["categories"].values())
    for found in cases.values():
        found["base"] -= least
    counted = gains(models[""], categories)
    full = {
        name: max(
            found["curves"][name][-1][1] * gain[place] // 10_000
            for found in cases.values()
            for gain in counted.values()
        )
        for place, name in enumerate(CURVES)
    }
    full["demand"] = max(
        found["base"] + added for found in cases.values() for added in found["categories"].values()
    ) + round(by_appointment * PPM)
    return {"full": full, "by_appointment": round(by_appointment * PPM), "gains_bps": counted, "cases": cases}
