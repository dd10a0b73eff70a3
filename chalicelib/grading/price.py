"""The advised price of an account: from its score and category, a band around it, rounded as people quote prices. Pure.

Monotone: more reach never lowers the score, and more score never lowers the price of a category. Advice, never binding.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.grading.evidence import Evidence
from chalicelib.grading.grade import Grade
from chalicelib.grading.methodology import PriceRule

BPS = 10_000


@dataclass(frozen=True)
class Band:
    """An advised price in fen."""

    low: int
    mid: int
    high: int

    def as_json(self) -> dict[str, int]:
        return {"low": self.low, "mid": self.mid, "high": self.high}


def advised(graded: Grade, category: str | None) -> dict[str, Band]:
    """`{"post": Band, "repost": Band}` for this grade; an unknown category has the factor 1."""
    rule = graded.methodology.price
    repost = rule.repost.at(graded.score) * rule.category_bps.get(category or "", BPS) // BPS
    return {"post": _band(repost * rule.post_bps // BPS, rule), "repost": _band(repost, rule)}


def _band(mid: int, rule: PriceRule) -> Band:
    low, high = mid * rule.low_bps // BPS, mid * rule.high_bps // BPS
    return Band(rounded(low), rounded(mid), rounded(high))


def per_thousand_reads(price: int, evidence: Evidence) -> int | None:
    """What 1,000 reads cost in fen at this price, rounded down, for orientation; None if no reads are known."""
    thousandths = round((evidence.reads_avg_30d or 0) * 1_000)
    return price * 1_000_000 // thousandths if thousandths else None


def rounded(fen: int) -> int:
    """Down to whole yuan below 100, to ten yuan below 1,000, to a hundred above; at least one yuan. Never falls as fen rises."""
    step = 100 if fen < 10_000 else 1_000 if fen < 100_000 else 10_000
    return max(100, fen // step * step)
