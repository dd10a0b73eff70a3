"""`make ablation DATA=folder`: what each constraint of the methodology costs, on held-out rows. Writes nothing.

Prices and stars are fitted again without one constraint at a time, by the same additive models and on the same folds as in `make
measure`. They are computed from the fitted curves instead of a methodology file, because no file can hold a falling curve."""

from __future__ import annotations

import argparse
import math
import os
import statistics
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chalicelib.grading.model.advised_price import rounded
from chalicelib.grading.model.rising import Counting, counting_of
from fit.additive import Penalties, Row, fit
from fit.advised_prices import PRICES, RAISED_FROM, RAISED_TO, ROUNDS, raise_points, raised_by
from fit.input_tables import Listed, read_listed
from fit.measures import FEWEST, FOLDS, TIERS, folds, median_error, r2_of_log, within_double
from fit.methodology_document import DIAMOND_SHARE
from fit.stars import COUNTING, STARS, UNKNOWN_SHARE, kappa, row_of, stars_of, thresholds, unknown_reads

UNLIMITED = 10**15
COLUMNS = ("R2", "median error", "factor 2", "sum", "least tier", "exact", "kappa")


@dataclass(frozen=True)
class Variant:
    """One fit. `counting` replaces members of COUNTING, `limits` those of the penalties of prices and stars.

    unknown_share  the share of accounts of a size whose reads are below those that unknown ones count as
    floor          known reads below that number count as that number, so that hiding them does not pay
    reads_used     False: neither the fit nor the measured accounts have reads
    confirmed      False: the measured accounts have no confirmed reads
    rounds         reweighting rounds of the price: ROUNDS go to the median, 0 to the mean of the logarithm
    raised         the quantiles of the index between which the price goes to the mean of the asked prices; None: nowhere
    stars          whether stars are fitted, too"""

    name: str
    counting: tuple[tuple[str, int], ...] = ()
    limits: tuple[tuple[str, Any], ...] = ()
    unknown_share: float = UNKNOWN_SHARE
    floor: bool = True
    reads_used: bool = True
    confirmed: bool = True
    rounds: int = ROUNDS
    raised: tuple[float, float] | None = (RAISED_FROM, RAISED_TO)
    rounding: bool = True
    stars: bool = True

    def counting_of(self, listed: Sequence[Listed]) -> Counting:
        """Return how figures count, given the accounts of the fit."""
        unknown = unknown_reads(listed, self.unknown_share) if self.floor else [[0, 0]]
        return counting_of({**COUNTING, **dict(self.counting), "unknown_reads": unknown})


SUPPORT_OFF = ("few", UNLIMITED)
UNBOUNDED = (("number_most", math.inf), ("slope_most", math.inf))
CURVES_FALL, CATEGORIES_SUBTRACT, STANDING_SUBTRACTS = (
    (name, True) for name in ("curves_fall", "categories_subtract", "standing_subtracts")
)
FREE: dict[str, Any] = {
    "counting": (SUPPORT_OFF,),
    "limits": (*UNBOUNDED, CURVES_FALL, CATEGORIES_SUBTRACT, STANDING_SUBTRACTS),
    "floor": False,
}

CONFIRMED = (
    Variant("all constraints"),
    Variant("followers and reads need not support each other", (SUPPORT_OFF,)),
    Variant("known reads below the unknown ones count as they are", floor=False),
    Variant("curves may fall", limits=(CURVES_FALL,)),
    Variant("a category may subtract", limits=(CATEGORIES_SUBTRACT,)),
    Variant("a standing may subtract", limits=(STANDING_SUBTRACTS,)),
    Variant("a category may add any amount", limits=UNBOUNDED),
    Variant("none of these six constraints", **FREE),
    Variant(
        "none of these six, mean of the logarithm, raised nowhere",
        **FREE,
        rounds=0,
        raised=None,
        rounding=False,
        stars=False,
    ),
    Variant("prices not rounded", rounding=False, stars=False),
    Variant("mean of the logarithm instead of the median", rounds=0, stars=False),
    Variant("prices raised to the mean nowhere", raised=None, stars=False),
    Variant("prices raised to the mean above 70 % of the index", raised=(0.7, 1.0), stars=False),
    Variant("prices raised to the mean above 50 % of the index", raised=(0.5, 1.0), stars=False),
    Variant("prices raised to the mean everywhere", raised=(-2.0, -1.0), stars=False),
    Variant("unknown reads count as those that 40 % do not reach", unknown_share=0.4),
)
UNCONFIRMED = (
    Variant("all constraints", confirmed=False),
    Variant("unknown reads count as those that 40 % do not reach", unknown_share=0.4, confirmed=False),
    Variant("hiding reads may pay: a model without reads", (SUPPORT_OFF,), floor=False, reads_used=False),
)


@dataclass(frozen=True)
class Predicted:
    """A held-out account: followers, advised and asked price in fen, stars (0 if not fitted) and the market's stars."""

    followers: int
    price: int
    asked: int
    stars: int
    market_stars: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="make ablation", description=__doc__)
    parser.add_argument("data", type=Path)
    listed = read_listed(parser.parse_args().data / "weirenwu_2017.csv")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for title, variants in (("reads confirmed", CONFIRMED), ("reads not confirmed", UNCONFIRMED)):
            print(line(f"{title} ({len(listed):,} listed accounts)", {name: name for name in COLUMNS}))
            jobs = [(variant, listed, out) for variant in variants for out in folds(len(listed))]
            parts = pool.map(held_out, jobs)
            for variant in variants:
                found = [one for _ in range(FOLDS) for one in next(parts)]
                print(line(variant.name, figures(found)), flush=True)


def held_out(job: tuple[Variant, Sequence[Listed], set[int]]) -> list[Predicted]:
    """Return the predictions for the accounts whose indices are held out, by models of the others."""
    variant, listed, out = job
    training = [account for i, account in enumerate(listed) if i not in out]
    measured = [account for i, account in enumerate(listed) if i in out]
    counting = variant.counting_of(training)
    rows = [_row(counting, account, variant.reads_used) for account in training]
    known = variant.confirmed and variant.reads_used
    unseen = [_row(counting, account, known) for account in measured]
    prices = _prices(variant, rows, [math.log(account.price / 100) for account in training], unseen)
    stars = _stars(variant, rows, [account.stars for account in training], unseen) if variant.stars else [0] * len(out)
    return [
        Predicted(a.evidence.followers, price, a.price, own, a.stars)
        for a, price, own in zip(measured, prices, stars, strict=True)
    ]


def _row(counting: Counting, account: Listed, has_reads: bool) -> Row:
    evidence = account.evidence if has_reads else replace(account.evidence, reads_avg_30d=None)
    return row_of(counting, evidence, account.category)


def _limited(penalties: Penalties, variant: Variant) -> Penalties:
    return replace(penalties, **dict(variant.limits))


def _prices(variant: Variant, rows: Sequence[Row], logs: Sequence[float], unseen: Sequence[Row]) -> list[int]:
    model = fit(rows, logs, _limited(PRICES, variant), rounds=variant.rounds)
    raised = [(0.0, 0.0)]
    if variant.raised is not None:
        raised = raise_points([model.at(row) for row in rows], logs, *variant.raised)
    indices = [model.at(row) for row in unseen]
    prices = [round(100 * math.exp(index + raised_by(raised, index))) for index in indices]
    return [rounded(price) for price in prices] if variant.rounding else prices


def _stars(variant: Variant, rows: Sequence[Row], stars: Sequence[int], unseen: Sequence[Row]) -> list[int]:
    model = fit(rows, [float(star) for star in stars], _limited(STARS, variant))
    scores, found = ([round(model.at(row) * 10_000) for row in of] for of in (rows, unseen))
    cuts = thresholds(list(zip(scores, stars, strict=True)), DIAMOND_SHARE)
    return [min(rank, 6) for rank in stars_of(found, cuts)]


def figures(found: Sequence[Predicted]) -> dict[str, str]:
    """Return the figures of COLUMNS: of the prices R2, median error, share within a factor of 2, sum, and the least sum of a tier
    of followers; exact stars and kappa if they were fitted."""
    pairs = [(one.price, one.asked) for one in found]
    tiers: dict[int, list[tuple[int, int]]] = {}
    for one in found:
        tiers.setdefault(max(tier for tier in TIERS if tier <= one.followers), []).append((one.price, one.asked))
    values = [
        r2_of_log(pairs),
        median_error(pairs),
        within_double(pairs),
        _sum(pairs),
        min((_sum(of) for of in tiers.values() if len(of) >= FEWEST), default=0.0),
    ]
    if all(one.stars for one in found):
        values.append(statistics.fmean(one.stars == one.market_stars for one in found))
        values.append(kappa([(one.stars, one.market_stars) for one in found]))
    return {name: f"{value:.3f}" for name, value in zip(COLUMNS, values, strict=False)}


def _sum(pairs: Sequence[tuple[int, int]]) -> float:
    return sum(price for price, _ in pairs) / sum(asked for _, asked in pairs)


def line(name: str, shown: dict[str, str]) -> str:
    """Return one line of the table."""
    return f"{name:58}" + "".join(f"{shown.get(column, ''):>14}" for column in COLUMNS)


if __name__ == "__main__":
    main()
