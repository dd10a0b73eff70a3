"""docs/reference/grading.md and the published methodology are enough to recompute every factor, score and price."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path
from typing import Any

from chalicelib.grading.assessment import assess
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import in_force
from examples import recompute_grade as recompute

METHOD = in_force().document
SHARES = (
    *recompute.NOT_THESE.values(),
    "plain_reposts_share",
    "acceptance_rate",
    "on_time_share",
    "kept_share",
    "disputes_lost_share",
)


def account(chance: random.Random) -> dict[str, Any]:
    def some(most: int) -> Any:
        return round(float(most) ** chance.random(), chance.choice((0, 2)))

    e: dict[str, Any] = {"as_of": "2026-11-20T00:00:00Z", "followers": int(some(10**8))}
    e |= {
        name: int(some(10**6))
        for name in (
            "posts_total",
            "earlier_following",
            "earlier_posts_total",
            "following",
            "posts_30d",
            "earlier_followers",
            "posts_seen",
        )
    }
    averages = ("reads_avg_30d", "reads_confirmed", "reposts_avg_30d", "comments_avg_30d", "likes_avg_30d")
    e |= {name: some(10**7) for name in averages}
    e |= {name: round(chance.random(), 4) for name in SHARES}
    e |= {
        name: chance.random() < 0.5 for name in ("popular", "accepted_all_last_week", "by_appointment", "organisation")
    }
    e |= {"active_followers": chance.randint(0, e["followers"]), "active_days_30d": chance.randint(0, 30)}
    e |= {
        "earlier_at": "2025-03-02T00:00:00Z",
        "unconfirmed_since": "2026-11-10T00:00:00Z",
        "orders_90d": chance.randint(0, 40),
    }
    e |= {"market_stars": chance.randint(1, 6)}
    known = {name: e[name] for name in e if name in ("as_of", "followers") or chance.random() < 0.6}
    return known | ({"paid_bps": 7_000, "paid_advertisers": 3, "paid_orders": 9} if chance.random() < 0.3 else {})


def test_random_accounts_are_recomputed_from_the_document_alone() -> None:
    chance = random.Random(12)
    categories = [*METHOD["price"]["categories"], "no such category"]
    for _ in range(200):
        e, category = account(chance), chance.choice(categories)
        ours = assess(Evidence.from_json(e), category)
        assert ours.graded.methodology.version == METHOD["version"]
        factors = {one.rule.name: (one.value, one.contribution) for one in ours.graded.factors}
        bands = {kind: (band.low, band.mid, band.high) for kind, band in ours.prices.items()}
        assert recompute.recompute(METHOD, e, category) == (factors, ours.graded.score, bands), (e, category)


def test_the_program_imports_only_the_client() -> None:
    text = Path(recompute.__file__).read_text("utf-8")
    assert set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)) <= {*sys.stdlib_module_names, "microtask"}
