"""The advised price of an account: computed from its reach, category, standing and quality, corrected by paid orders, with a band
around it, rounded as people quote prices. Pure.

Monotone: more followers or reads, all else equal, never lower it. It is advice and never binding."""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.grade import Grade
from chalicelib.grading.model.methodology import FittedPrice, PriceModel, PriceRule
from chalicelib.grading.model.rising import RisingPrice

if TYPE_CHECKING:
    from chalicelib.grading.model.account_figures import StoredBand

BPS = 10_000
PAID_LEAST, PAID_MOST = 5_000, 20_000
"""Paid orders change the advice to half or double at most."""


class Band(NamedTuple):
    """An advised price in fen."""

    low: int
    mid: int
    high: int

    def as_json(self) -> StoredBand:
        return {"low": self.low, "mid": self.mid, "high": self.high}


class Paid(NamedTuple):
    """The ratio of paid prices to the model's price in basis points, with the number of advertisers and orders."""

    ratio_bps: int = BPS
    advertisers: int = 0
    orders: int = 0

    @classmethod
    def of(cls, evidence: Evidence) -> Paid:
        """Return the ratio in the evidence."""
        if evidence.paid_bps is None:
            return cls()
        return cls(evidence.paid_bps, evidence.paid_advertisers or 0, evidence.paid_orders or 0)


def paid_ratio(orders: Iterable[tuple[str, int, int]]) -> Paid:
    """Return the ratio from settled orders `(advertiser, price paid, model's mid price then)`: the median over advertisers of the
    median of each one's orders. Many cheap orders from one friend count as one advertiser."""
    voices: dict[str, list[int]] = defaultdict(list)
    for advertiser, paid, modelled in orders:
        if modelled > 0:
            voices[advertiser].append(paid * BPS // modelled)
    if not voices:
        return Paid()
    ratio = int(statistics.median(statistics.median(ratios) for ratios in voices.values()))
    return Paid(min(max(ratio, PAID_LEAST), PAID_MOST), len(voices), sum(map(len, voices.values())))


def advised(graded: Grade, category: str | None, paid: Paid | None = None) -> dict[str, Band]:
    """Return `{"post": Band, "repost": Band}` for this grade. A category that the methodology does not know is priced like
    accounts without one (before 2026-11-23: with the factor 1). `paid` is by default what the evidence contains; older
    versions do not use it.

    A repost costs what most accounts of about this index ask (`levels`). A post costs `post_bps` of the price whose logarithm
    the index is, but never less than a repost."""
    rule = graded.methodology.price
    if isinstance(rule, PriceRule):
        return _by_score(graded, category, rule)
    if isinstance(rule, RisingPrice):
        return _rising_prices(graded, category, rule, Paid.of(graded.evidence) if paid is None else paid)
    model, index = indexed(rule, graded.counted, category)
    factor = _factor_bps(graded, rule, Paid.of(graded.evidence) if paid is None else paid)
    low, mid, high = model.levels[max(bisect_right(model.starts, index) - 1, 0)]
    repost = Band(rounded(low * factor // BPS), rounded(mid * factor // BPS), rounded(high * factor // BPS))
    smooth = rule.fen.at(index) * rule.post_bps // BPS * factor // BPS
    post = Band(
        max(rounded(smooth * model.low_bps // BPS), repost.low),
        max(rounded(smooth), repost.mid),
        max(rounded(smooth * model.high_bps // BPS), repost.high),
    )
    return {"post": post, "repost": repost}


def _rising_prices(graded: Grade, category: str | None, rule: RisingPrice, paid: Paid) -> dict[str, Band]:
    _, low, high, _ = _band_bps(rule, category)
    found = {}
    for kind, mid in _rising_mids(graded, category, rule, paid).items():
        found[kind] = Band(rounded(mid * low // BPS), rounded(mid), rounded(mid * high // BPS))
    return found


def wide_bands(graded: Grade, category: str | None) -> dict[str, Band] | None:
    """Return the advised prices with the band that 80 % of similar accounts ask within; None in versions before 2026-11-27."""
    rule = graded.methodology.price
    if not isinstance(rule, RisingPrice):
        return None
    low, _, _, high = _band_bps(rule, category)
    return {
        kind: Band(rounded(mid * low // BPS), rounded(mid), rounded(mid * high // BPS))
        for kind, mid in _rising_mids(graded, category, rule, Paid.of(graded.evidence)).items()
    }


def _rising_mids(graded: Grade, category: str | None, rule: RisingPrice, paid: Paid) -> dict[str, int]:
    """Return the prices in fen before rounding."""
    rising, evidence = graded.methodology.rising, graded.evidence
    assert rising is not None
    repost = rule.fen.at(rule.index(evidence, category, rising.counting.of(evidence)))
    if evidence.organisation:
        repost = repost * rule.organisation_bps // BPS
    if paid.advertisers:
        voices, prior = paid.advertisers, rule.prior_orders
        repost = repost * (BPS * prior + paid.ratio_bps * voices) // ((prior + voices) * BPS)
    return {"post": repost * rule.post_bps // BPS, "repost": repost}


def _band_bps(rule: RisingPrice, category: str | None) -> tuple[int, int, int, int]:
    return rule.bands.get(category or "") or rule.bands[""]


def _factor_bps(graded: Grade, rule: FittedPrice, paid: Paid) -> int:
    """Return the effect of quality, kind of owner and paid orders on the model's price, in basis points."""
    quality = graded.factor("quality")
    factor = BPS if quality is None or quality.value is None else rule.quality_bps.at(quality.value)
    if graded.evidence.organisation:
        factor = factor * rule.organisation_bps // BPS
    if paid.advertisers:
        voices, prior = paid.advertisers, rule.prior_orders
        factor = factor * (BPS * prior + paid.ratio_bps * voices) // ((prior + voices) * BPS)
    return factor


def indexed(rule: FittedPrice, evidence: Evidence, category: str | None) -> tuple[PriceModel, int]:
    """Return the first model whose needed evidence is known, and its index of this account."""
    for model in rule.models:
        for need in model.needs:
            if getattr(evidence, need) in (None, ""):
                break
        else:
            return model, index_of(model, evidence, category)
    raise ValueError("the last model needs nothing")


def index_of(model: PriceModel, evidence: Evidence, category: str | None) -> int:
    """Return the model's index, parts per million of a natural logarithm."""
    name = category or ""
    case = model.cases[_case(model, evidence)]
    figures = price_figures(evidence)
    added = case.categories.get(name)
    total = case.base + (case.categories[""] if added is None else added)
    gains = model.gains.get(name) or model.gains[""]
    for curve, figure, gain in zip(case.curves, figures, gains, strict=False):
        total += curve.at(figure) * gain // BPS
    return total + model.by_appointment if evidence.by_appointment else total


def _case(model: PriceModel, evidence: Evidence) -> str:
    if "market_stars" in model.needs:
        return str(evidence.market_stars)
    return evidence.standing if "standing" in model.needs else ""


READS_PER_FOLLOWER = 8
"""Followers per read at which both are equally scarce: about the median of the price list."""


def price_figures(evidence: Evidence) -> tuple[int, ...]:
    """Return followers, reads, and the scarcer and the more plentiful of the two, in thousandths; reads count eightfold in the
    latter two."""
    followers = evidence.counted_followers * 1_000
    if evidence.reads_avg_30d is None:
        return (followers,)
    reads = round(evidence.reads_avg_30d * 1_000)
    scaled = reads * READS_PER_FOLLOWER
    return (followers, reads, min(followers, scaled), max(followers, scaled))


def _by_score(graded: Grade, category: str | None, rule: PriceRule) -> dict[str, Band]:
    repost = rule.repost.at(graded.score) * rule.category_bps.get(category or "", BPS) // BPS
    return {"post": _band(repost * rule.post_bps // BPS, rule), "repost": _band(repost, rule)}


def _band(mid: int, rule: PriceRule) -> Band:
    low, high = mid * rule.low_bps // BPS, mid * rule.high_bps // BPS
    return Band(rounded(low), rounded(mid), rounded(high))


def per_thousand_reads(price: int, evidence: Evidence) -> int | None:
    """Return the price of 1,000 reads in fen at this price, rounded down, for orientation; None if reads are unknown or not
    confirmed."""
    reads = evidence.reads_avg_30d if evidence.unconfirmed_since is None else evidence.reads_confirmed
    thousandths = round((reads or 0) * 1_000)
    return price * 1_000_000 // thousandths if thousandths else None


def rounded(fen: int) -> int:
    """Round down to whole yuan below 100, to ten yuan below 1,000, to a hundred above; at least one yuan. Never falls as fen
    rises."""
    step = 100 if fen < 10_000 else 1_000 if fen < 100_000 else 10_000
    return max(100, fen // step * step)
