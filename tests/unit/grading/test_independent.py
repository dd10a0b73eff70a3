"""A program that imports nothing of the market computes 1,000 random accounts to the digit, from the published file."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path
from typing import Any

from chalicelib.grading.assessment import assess
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import in_force
from tests.unit.grading import independent

METHOD = in_force().document
COUNTS = (
    "following", "posts_total", "posts_30d", "posts_seen", "earlier_followers", "earlier_following",
    "earlier_posts_total", "orders_90d",
)  # fmt: skip
AVERAGES = ("reads_avg_30d", "reads_confirmed", "reposts_avg_30d", "comments_avg_30d", "likes_avg_30d")
SHARES = (
    "duplicates_share", "originals_share", "links_share", "burst_share", "automated_share", "plain_reposts_share",
    "acceptance_rate", "on_time_share", "kept_share", "disputes_lost_share",
)  # fmt: skip
TRUTHS = ("popular", "accepted_all_last_week", "by_appointment", "organisation")


def account(draw: random.Random) -> dict[str, Any]:
    """Return random evidence: any size, any subset of figures known."""
    whole: dict[str, Any] = {name: int(10 ** draw.uniform(0, 4)) for name in COUNTS}
    whole |= {name: round(10 ** draw.uniform(-1, 7), draw.choice((0, 2))) for name in AVERAGES}
    whole |= {name: round(draw.random(), 4) for name in SHARES}
    whole |= {name: draw.random() < 0.5 for name in TRUTHS}
    whole |= {"active_days_30d": round(draw.uniform(0, 30), 2)}
    part = draw.random()
    whole |= {"unconfirmed_since": "2026-11-10T00:00:00Z"}
    known = {name: value for name, value in whole.items() if draw.random() < part}
    known |= {"as_of": "2026-11-26T00:00:00Z", "followers": int(10 ** draw.uniform(0, 8))}
    if draw.random() < 0.3:
        known |= {"paid_bps": draw.randint(5_000, 20_000), "paid_advertisers": draw.randint(1, 20), "paid_orders": 20}
    return known


def test_a_thousand_random_accounts_are_equal_to_the_digit() -> None:
    draw = random.Random(2026)
    categories = [*METHOD["price"]["categories"], None, "no such category"]
    grades = set()
    for _ in range(1_000):
        evidence, category = account(draw), draw.choice(categories)
        ours = assess(Evidence.from_json(evidence), category)
        found = independent.recompute(METHOD, evidence, category)
        grades.add(found["grade"])
        assert found == {
            "adds": {factor.rule.name: factor.contribution for factor in ours.graded.factors},
            "score": ours.graded.score,
            "grade": ours.graded.grade,
            "prices": {kind: (band.low, band.mid, band.high) for kind, band in ours.prices.items()},
        }, (evidence, category)
    assert len(grades) == 7, "the random accounts have every grade"


def test_the_program_is_short_and_imports_only_the_standard_library() -> None:
    text = Path(independent.__file__).read_text("utf-8")
    assert len(text.splitlines()) < 150
    assert set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)) <= set(sys.stdlib_module_names)
