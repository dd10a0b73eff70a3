"""Published versions always give the same digits: a digest of grades and prices of generated evidence, by version."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

import pytest

from chalicelib.grading.assessment import assess
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import published, versions

DIGESTS = {
    "2026-11-22": "06e0e81934e8400c74d81517361412bf96a57014390f2b37ad3849dc5afa6a93",
    "2026-11-23": "11ce4273bbe4c797b70071d817b930a033d3acfcc5d4587363afb496c59736ce",
    "2026-11-27": "696b70a8c4cf75f6cb53a8efa1c1f681346af08e7b960c7d6ce1a72ec247af0f",
    "2026-11-28": "36b2539afd3af2694a760851adccfe10e26d226cd3384093c31836c8ed6e07e3",
    "2026-11-29": "8d88391c0f9e818d49f3d6bfa97306fcf523cef3cdefc92f7466ccb65315d0e8",
}
SHARES = (
    "originals_share",
    "duplicates_share",
    "links_share",
    "burst_share",
    "automated_share",
    "acceptance_rate",
    "kept_share",
)
COUNTS = ("following", "posts_total", "earlier_followers", "earlier_following", "earlier_posts_total", "orders_90d")
TRUTHS = ("organisation", "popular", "accepted_all_last_week", "by_appointment")
AVERAGES = ("reposts_avg_30d", "comments_avg_30d", "likes_avg_30d")


def generated(count: int) -> list[tuple[Evidence, str | None]]:
    source = random.Random(2026)
    found = []
    for _ in range(count):
        followers = int(10 ** source.uniform(1, 8))
        figures: dict[str, Any] = {
            "active_followers": int(followers * source.random()),
            "reads_avg_30d": round(10 ** source.uniform(0, 7), 2),
            "posts_30d": source.randrange(300),
            "active_days_30d": round(source.uniform(0, 30), 2),
            "market_stars": source.randrange(1, 7),
            **{name: round(10 ** source.uniform(0, 5), 2) for name in AVERAGES},
            **{name: int(10 ** source.uniform(0, 5)) for name in COUNTS},
            **{name: round(source.random(), 4) for name in SHARES},
            **{name: source.random() < 0.5 for name in TRUTHS},
        }
        known = {name: value for name, value in figures.items() if source.random() < 0.5}
        evidence = Evidence("2026-11-20T00:00:00Z", followers, **known)
        found.append((evidence, source.choice([None, "美食", "搞笑", "媒体传播", "no such category"])))
    return found


def digest(version: str) -> str:
    methodology = published(version)
    lines = []
    for evidence, category in generated(300):
        found = assess(evidence, category, methodology)
        factors = [(f.rule.name, f.value, f.percentile, f.contribution) for f in found.graded.factors]
        prices = {kind: list(band) for kind, band in found.prices.items()}
        lines.append([found.graded.grade, found.graded.score, found.graded.confidence, factors, prices])
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()


@pytest.mark.parametrize("version", versions())
def test_a_published_version_gives_the_same_digits(version: str) -> None:
    assert digest(version) == DIGESTS[version]
