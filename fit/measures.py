"""Measure a methodology on rows that were not used to fit it: five folds, each held out once."""

from __future__ import annotations

import math
import random
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.grading.model.advised_price import Band, advised, wide_bands
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.grade import grade
from chalicelib.grading.model.methodology import Methodology, parse
from chalicelib.grading.model.rising import quality
from fit.input_tables import Data, Labelled, Listed, XingtuAccount
from fit.integer_tables import spearman
from fit.methodology_document import fit_document
from fit.stars import kappa

FOLDS = 5
SEED = 7
FEWEST = 60
"""Groups of fewer accounts are not measured by themselves."""
TIERS = (0, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)

AIMS: dict[str, tuple[float | None, float | None]] = {
    "stars_exact": (0.545, None),
    "stars_quadratic_kappa": (0.715, None),
    "repost_price_r2_of_log": (0.38, None),
    "repost_price_median_absolute_error": (None, 0.55),
    "repost_price_within_factor_2": (0.565, None),
    "price_sum_advised_to_asked": (0.8, 1.25),
    "price_sum_least_tier": (0.6, None),
    "price_sum_greatest_tier": (None, 1.6),
    "price_sum_least_category": (0.6, None),
    "price_sum_greatest_category": (None, 1.6),
    "band_50_coverage": (0.45, 0.55),
    "band_50_least_of_categories": (0.40, None),
    "band_50_greatest_of_categories": (None, 0.60),
    "band_80_coverage": (0.75, 0.85),
    "spam_auc_with_posts": (0.90, None),
    "spam_auc_without_earlier_profile": (0.83, None),
    "spam_auc_of_network_fetch": (0.78, None),
    "hiding_raises": (None, 0.0),
}
"""The least and the most of the aim of each measure; other measures have none."""

NETWORK_FETCH_LACKS = ("posts_total", "earlier_at", "earlier_followers", "earlier_following", "earlier_posts_total")


@dataclass(frozen=True)
class Priced:
    """A held-out account of the price list, with its grade and prices, and its grade and price if its reads are not confirmed."""

    account: Listed
    score: int
    stars: int
    band: Band
    wide: Band
    unconfirmed_stars: int
    unconfirmed_band: Band


@dataclass
class HeldOut:
    """The results of the held-out accounts. `quality` has what quality adds with all evidence, without the earlier profile, and
    with what a network shows; whether the account is a spammer; whether its posts are known."""

    listed: list[Priced] = field(default_factory=list)
    quality: list[tuple[tuple[int, int, int], bool, bool]] = field(default_factory=list)
    xingtu: list[tuple[int, int, XingtuAccount]] = field(default_factory=list)  # post price, the same as if a person's
    hidden: int = 0
    raised: int = 0


def folds(count: int, seed: int = SEED) -> list[set[int]]:
    """Return the rows of each fold."""
    order = list(range(count))
    random.Random(seed).shuffle(order)
    return [set(order[fold::FOLDS]) for fold in range(FOLDS)]


def hold_out(data: Data, seed: int = SEED, workers: int = 1) -> HeldOut:
    """Fit on four folds, then grade and price the fifth, in turn, in as many processes."""
    jobs = [(data, seed, fold) for fold in range(FOLDS)]
    if workers == 1:
        parts = list(map(_held_out, jobs))
    else:
        with ProcessPoolExecutor(workers) as pool:
            parts = list(pool.map(_held_out, jobs))
    found = HeldOut()
    for part in parts:
        found.listed += part.listed
        found.quality += part.quality
        found.xingtu += part.xingtu
        found.hidden += part.hidden
        found.raised += part.raised
    return found


def _held_out(job: tuple[Data, int, int]) -> HeldOut:
    data, seed, fold = job
    found = HeldOut()
    chance = random.Random(f"{seed} {fold}")
    out_listed, out_labelled, out_xingtu = (
        folds(len(rows), seed)[fold] for rows in (data.listed, data.labelled, data.xingtu)
    )
    training = Data(
        [a for i, a in enumerate(data.listed) if i not in out_listed],
        [a for i, a in enumerate(data.labelled) if i not in out_labelled],
        [a for i, a in enumerate(data.xingtu) if i not in out_xingtu],
    )
    methodology = parse(fit_document(training, "fold"))
    for i in sorted(out_listed):
        account = data.listed[i]
        found.listed.append(_priced(methodology, account))
        _hide(found, methodology, account.evidence, account.category, chance)
    for i in sorted(out_labelled):
        found.quality.append(_quality(methodology, data.labelled[i]))
        _hide(found, methodology, data.labelled[i].evidence, None, chance)
    for i in sorted(out_xingtu):
        found.xingtu.append(_xingtu_prices(methodology, data.xingtu[i]))
        _hide(found, methodology, data.xingtu[i].evidence, None, chance)
    return found


def _priced(methodology: Methodology, account: Listed) -> Priced:
    graded = grade(account.evidence, methodology, account.category)
    wide = wide_bands(graded, account.category)
    assert wide is not None
    band = advised(graded, account.category)["repost"]
    unconfirmed = grade(
        replace(account.evidence, unconfirmed_since=account.evidence.as_of), methodology, account.category
    )
    return Priced(
        account,
        graded.score,
        min(graded.rank, 6),
        band,
        wide["repost"],
        min(unconfirmed.rank, 6),
        advised(unconfirmed, account.category)["repost"],
    )


def _quality(methodology: Methodology, account: Labelled) -> tuple[tuple[int, int, int], bool, bool]:
    assert methodology.rising is not None
    evidence = account.evidence
    earlier: dict[str, Any] = dict.fromkeys(name for name in NETWORK_FETCH_LACKS if name.startswith("earlier"))
    fetched: dict[str, Any] = dict.fromkeys(NETWORK_FETCH_LACKS)
    whole, now, network = (
        quality(methodology.rising, e)[0]
        for e in (evidence, replace(evidence, **earlier), replace(evidence, **fetched))
    )
    return (whole, now, network), account.is_spammer, account.has_posts


def _xingtu_prices(methodology: Methodology, account: XingtuAccount) -> tuple[int, int, XingtuAccount]:
    person = replace(account.evidence, organisation=None)
    own, plain = (advised(grade(e, methodology), None)["post"].mid for e in (account.evidence, person))
    return own, plain, account


def _hide(
    found: HeldOut, methodology: Methodology, evidence: Evidence, category: str | None, chance: random.Random
) -> None:
    """Count whether the account rises in score or price without a random part of its evidence, its category included."""
    known = [name for name in evidence.as_json() if name not in ("as_of", "followers")]
    hidden = [name for name in known if chance.random() < 0.5]
    less: dict[str, Any] = dict.fromkeys(hidden)
    without = None if chance.random() < 0.5 else category
    before = grade(evidence, methodology, category)
    after = grade(replace(evidence, **less), methodology, without)
    dearer = any(advised(after, without)[kind].mid > advised(before, category)[kind].mid for kind in ("post", "repost"))
    found.hidden += 1
    found.raised += after.score > before.score or dearer


def measures(found: HeldOut) -> dict[str, float]:
    """Return all measures, each of held-out accounts only."""
    of = found.listed
    pairs = [(one.band.mid, one.account.price) for one in of]
    unconfirmed = [(one.unconfirmed_band.mid, one.account.price) for one in of]
    tiers = _groups(of, lambda one: str(max(t for t in TIERS if t <= one.account.evidence.followers)))
    categories = _groups(of, lambda one: one.account.category or "")
    with_posts = [(values, spammer) for values, spammer, has_posts in found.quality if has_posts]
    common = Counter(one.account.stars for one in of).most_common(1)[0][1]
    figures = {
        "stars_exact": statistics.fmean(one.stars == one.account.stars for one in of),
        "stars_quadratic_kappa": kappa([(one.stars, one.account.stars) for one in of]),
        "stars_exact_of_the_commonest": common / len(of),
        "score_spearman_with_market_stars": spearman([one.score for one in of], [one.account.stars for one in of]),
        "repost_price_r2_of_log": r2_of_log(pairs),
        "repost_price_median_absolute_error": median_error(pairs),
        "repost_price_within_factor_2": within_double(pairs),
        "repost_price_mean_log_error": _mean_log_error(pairs),
        "unconfirmed_stars_exact": statistics.fmean(one.unconfirmed_stars == one.account.stars for one in of),
        "unconfirmed_stars_quadratic_kappa": kappa([(one.unconfirmed_stars, one.account.stars) for one in of]),
        "unconfirmed_repost_price_r2_of_log": r2_of_log(unconfirmed),
        "unconfirmed_repost_price_median_absolute_error": median_error(unconfirmed),
        "unconfirmed_repost_price_within_factor_2": within_double(unconfirmed),
        "unconfirmed_repost_price_mean_log_error": _mean_log_error(unconfirmed),
        "price_sum_advised_to_asked": _sums(of),
        **_extremes("price_sum", "tier", map(_sums, tiers)),
        **_extremes("price_sum", "category", map(_sums, categories)),
        "price_groups_within_0.6_to_1.6": statistics.fmean(
            0.6 <= _sums(group) <= 1.6 for group in (*tiers, *categories)
        ),
        "band_50_coverage": _covered(of),
        "band_50_least_of_categories": min(map(_covered, categories), default=0.0),
        "band_50_greatest_of_categories": max(map(_covered, categories), default=0.0),
        "band_80_coverage": statistics.fmean(one.wide.low <= one.account.price <= one.wide.high for one in of),
        "spam_auc_with_posts": auc([(values[0], spammer) for values, spammer in with_posts]),
        "spam_auc_without_earlier_profile": auc([(values[1], spammer) for values, spammer in with_posts]),
        "spam_auc_of_network_fetch": auc([(values[2], spammer) for values, spammer in with_posts]),
        **xingtu_measures(found.xingtu),
        "hiding_raises": found.raised / found.hidden,
    }
    return {name: round(value, 3) for name, value in figures.items()}


def _mean_log_error(pairs: Sequence[tuple[int, int]]) -> float:
    return statistics.fmean(math.log(mid / actual) for mid, actual in pairs)


def _groups(of: Sequence[Priced], name: Callable[[Priced], str]) -> list[list[Priced]]:
    groups: dict[str, list[Priced]] = {}
    for one in of:
        groups.setdefault(name(one), []).append(one)
    return [group for key, group in sorted(groups.items()) if len(group) >= FEWEST]


def _sums(of: Sequence[Priced]) -> float:
    return sum(one.band.mid for one in of) / sum(one.account.price for one in of)


def _covered(of: Sequence[Priced]) -> float:
    return statistics.fmean(one.band.low <= one.account.price <= one.band.high for one in of)


def _extremes(name: str, kind: str, values: Iterable[float]) -> dict[str, float]:
    found = list(values) or [0.0]
    return {f"{name}_least_{kind}": min(found), f"{name}_greatest_{kind}": max(found)}


def xingtu_measures(priced: Sequence[tuple[int, int, XingtuAccount]]) -> dict[str, float]:
    """Return the rank correlation of the advised post price with the prices that creators of another network ask, by the length
    of the clip; also without the information which accounts are organisations."""
    found = {}
    for column in ("price_1_20s_cny", "price_20_60s_cny", "price_60s_plus_cny"):
        of = [row for row in priced if column in row[2].prices]
        prices = [account.prices[column] for _, _, account in of]
        name = f"xingtu_asking_price_spearman_{column.removeprefix('price_').removesuffix('_cny')}"
        found[name] = spearman([own for own, _, _ in of], prices)
        found[f"{name}_owner_unknown"] = spearman([plain for _, plain, _ in of], prices)
    return found


def r2_of_log(pairs: Sequence[tuple[int, int]]) -> float:
    """Return the share of the variance of the logarithm of the asked price that the advised price explains."""
    logs = [(math.log(mid), math.log(actual)) for mid, actual in pairs]
    mean = statistics.fmean(y for _, y in logs)
    return 1 - sum((y - x) ** 2 for x, y in logs) / sum((y - mean) ** 2 for _, y in logs)


def median_error(pairs: Sequence[tuple[int, int]]) -> float:
    """Return the median of |advised - asked| / asked, of prices."""
    return statistics.median(abs(mid - actual) / actual for mid, actual in pairs)


def within_double(pairs: Sequence[tuple[int, int]]) -> float:
    """Return the share of accounts whose asked price is half to double the advised one."""
    return statistics.fmean(actual <= 2 * mid and mid <= 2 * actual for mid, actual in pairs)


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
    least, most = AIMS[name]
    return (least is None or value >= least) and (most is None or value <= most)


def aim_words(name: str) -> str:
    """Return the aim of the measure as `>= 0.8`, `<= 0.6` or `0.8 to 1.25`; empty without one."""
    least, most = AIMS.get(name, (None, None))
    if least is not None and most is not None:
        return f"{least} to {most}"
    return f">= {least}" if least is not None else "" if most is None else f"<= {most}"


def table(figures: dict[str, Any]) -> str:
    """Return the measures with their aims, one per line."""
    lines = []
    for name, value in figures.items():
        verdict = {True: "reached", False: "short of it", None: ""}[reached(name, value)]
        lines.append(f"  {name:54} {value:>10} {aim_words(name):12} {verdict}".rstrip())
    return "\n".join(lines)
