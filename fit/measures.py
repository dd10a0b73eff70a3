"""Measure a methodology on rows that were not used to fit it: five folds, each held out once."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.grading.model.grade import grade
from chalicelib.grading.model.methodology import Methodology, parse
from chalicelib.grading.model.price import advised
from fit.data import Asked, Data, Labelled, Listed
from fit.document import fit_document
from fit.tables import spearman

FOLDS = 5
SEED = 7

AIMS = {
    "repost_price_median_absolute_error": ("<=", 0.55),
    "repost_price_within_factor_2": (">=", 0.56),
    "repost_price_median_absolute_error_standing_unknown": ("<=", 0.55),
    "repost_price_within_factor_2_standing_unknown": (">=", 0.56),
    "repost_price_median_absolute_error_stars_known": ("<=", 0.34),
    "repost_price_within_factor_2_stars_known": (">=", 0.77),
    "score_spearman_with_market_stars": (">=", 0.68),
    "grade_within_one_star_of_market": (">=", 0.88),
    "xingtu_asking_price_spearman_1_20s": (">=", 0.65),
    "xingtu_asking_price_spearman_20_60s": (">=", 0.65),
    "xingtu_asking_price_spearman_60s_plus": (">=", 0.65),
    "quality_auc_spam_against_honest": (">=", 0.85),
}
"""The aim of each measure; other measures have none."""


@dataclass
class HeldOut:
    """The results of the held-out accounts."""

    prices: list[tuple[int, int, int]] = field(default_factory=list)  # advised, asked, stars
    prices_unknown: list[tuple[int, int]] = field(default_factory=list)
    prices_stars: list[tuple[int, int]] = field(default_factory=list)
    bands: list[bool] = field(default_factory=list)
    scores: list[tuple[int, int, int]] = field(default_factory=list)  # score, rank of our grade, stars
    scores_unknown: list[tuple[int, int]] = field(default_factory=list)
    quality: list[tuple[int, bool]] = field(default_factory=list)
    asked: list[tuple[int, int, Asked]] = field(default_factory=list)  # post price, the same as if a person's


def folds(count: int, seed: int = SEED) -> list[set[int]]:
    """Return the rows of each fold."""
    order = list(range(count))
    random.Random(seed).shuffle(order)
    return [set(order[fold::FOLDS]) for fold in range(FOLDS)]


def hold_out(data: Data, seed: int = SEED) -> HeldOut:
    """Fit on four folds, then grade and price the fifth, in turn."""
    found = HeldOut()
    listed, labelled, asked = (folds(len(rows), seed) for rows in (data.listed, data.labelled, data.asked))
    for out_listed, out_labelled, out_asked in zip(listed, labelled, asked, strict=True):
        kept = Data(
            [a for i, a in enumerate(data.listed) if i not in out_listed],
            [a for i, a in enumerate(data.labelled) if i not in out_labelled],
            [a for i, a in enumerate(data.asked) if i not in out_asked],
        )
        methodology = parse(fit_document(kept, "fold"))
        for i in sorted(out_listed):
            _listed(found, methodology, data.listed[i])
        for i in sorted(out_labelled):
            found.quality.append((_quality(methodology, data.labelled[i]), data.labelled[i].is_spammer))
        for i in sorted(out_asked):
            found.asked.append(_asked(methodology, data.asked[i]))
    return found


def _asked(methodology: Methodology, account: Asked) -> tuple[int, int, Asked]:
    person = replace(account.evidence, organisation=None)
    own, plain = (advised(grade(e, methodology), None)["post"].mid for e in (account.evidence, person))
    return own, plain, account


def _listed(found: HeldOut, methodology: Methodology, account: Listed) -> None:
    graded = grade(account.evidence, methodology, account.category)
    band = advised(graded, account.category)["repost"]
    found.prices.append((band.mid, account.price, account.stars))
    found.bands.append(band.low <= account.price <= band.high)
    found.scores.append((graded.score, graded.rank, account.stars))
    unknown = replace(account.evidence, popular=None, accepted_all_last_week=None, by_appointment=None)
    plain = grade(unknown, methodology, account.category)
    found.prices_unknown.append((advised(plain, account.category)["repost"].mid, account.price))
    found.scores_unknown.append((plain.score, account.stars))
    with_stars = grade(replace(account.evidence, market_stars=account.stars), methodology, account.category)
    found.prices_stars.append((advised(with_stars, account.category)["repost"].mid, account.price))


def _quality(methodology: Methodology, account: Labelled) -> int:
    quality = grade(account.evidence, methodology).factor("quality")
    assert quality is not None
    return quality.value or 0


def measures(found: HeldOut) -> dict[str, float]:
    """Return all measures, each of held-out accounts only."""
    pairs = [(mid, asked) for mid, asked, _ in found.prices]
    top = [(mid, asked) for (mid, asked, _), (_, rank, _) in zip(found.prices, found.scores, strict=True) if rank == 7]
    figures = {
        "repost_price_median_absolute_error": median_error(pairs),
        "repost_price_within_factor_2": within_double(pairs),
        "repost_price_median_absolute_error_standing_unknown": median_error(found.prices_unknown),
        "repost_price_within_factor_2_standing_unknown": within_double(found.prices_unknown),
        "repost_price_median_absolute_error_stars_known": median_error(found.prices_stars),
        "repost_price_within_factor_2_stars_known": within_double(found.prices_stars),
        "repost_price_in_band": statistics.fmean(found.bands),
        "score_spearman_with_market_stars": spearman([s for s, _, _ in found.scores], [s for _, _, s in found.scores]),
        "score_spearman_with_market_stars_standing_unknown": spearman(*zip(*found.scores_unknown, strict=True)),
        "grade_within_one_star_of_market": statistics.fmean(abs(min(r, 6) - s) <= 1 for _, r, s in found.scores),
        "quality_auc_spam_against_honest": auc(found.quality),
        **asking(found.asked),
        "diamond_median_advised_repost_yuan": statistics.median(mid for mid, _ in top) / 100,
        "diamond_median_asked_repost_yuan": statistics.median(asked for _, asked in top) / 100,
    }
    return {name: round(value, 3) for name, value in figures.items()}


def asking(priced: Sequence[tuple[int, int, Asked]]) -> dict[str, float]:
    """Return the rank correlation of the advised post price with the prices that creators of another network ask, by the length
    of the clip; also without the information which accounts are organisations."""
    found = {}
    for column in ("price_1_20s_cny", "price_20_60s_cny", "price_60s_plus_cny"):
        of = [row for row in priced if column in row[2].asked]
        asked = [account.asked[column] for _, _, account in of]
        name = f"xingtu_asking_price_spearman_{column.removeprefix('price_').removesuffix('_cny')}"
        found[name] = spearman([own for own, _, _ in of], asked)
        found[f"{name}_owner_unknown"] = spearman([plain for _, plain, _ in of], asked)
    return found


def median_error(pairs: Sequence[tuple[int, int]]) -> float:
    """Median of |advised - asked| / asked."""
    return statistics.median(abs(mid - asked) / asked for mid, asked in pairs)


def within_double(pairs: Sequence[tuple[int, int]]) -> float:
    """Return the share of accounts whose asked price is half to double the advised one."""
    return statistics.fmean(asked <= 2 * mid and mid <= 2 * asked for mid, asked in pairs)


def auc(scored: Sequence[tuple[int, bool]]) -> float:
    """Return the probability that an honest account scores higher than a spammer; ties count half."""
    honest = [value for value, spammer in scored if not spammer]
    spam = [value for value, spammer in scored if spammer]
    wins = sum((a > b) + (a == b) / 2 for a in honest for b in spam)
    return wins / (len(honest) * len(spam))


def reached(name: str, value: float) -> bool | None:
    """Return whether the measure meets its aim; None without an aim."""
    if name not in AIMS:
        return None
    sign, aim = AIMS[name]
    return value <= aim if sign == "<=" else value >= aim


def table(figures: dict[str, Any]) -> str:
    """Return the measures with their aims, one per line."""
    lines = []
    for name, value in figures.items():
        sign, aim = AIMS.get(name, ("", ""))
        verdict = {True: "reached", False: "short of it", None: ""}[reached(name, value)]
        lines.append(f"  {name:54} {value:>10} {sign:>3} {aim!s:5} {verdict}".rstrip())
    return "\n".join(lines)
