"""A made-up market for tests of the fit: what makes stars, prices and spam is known."""

from __future__ import annotations

import math
import random

from chalicelib.grading.model.evidence import Evidence
from fit.input_tables import Data, Labelled, Listed, XingtuAccount

AT = "2026-11-20T00:00:00Z"


def market(count: int, seed: int = 1) -> list[Listed]:
    """Listed accounts: stars and prices rise with followers and reads; the popular and 美食 are dearer."""
    source = random.Random(seed)
    found = []
    for _ in range(count):
        size = source.gauss(12, 1)
        followers, reads = int(math.exp(size)), int(math.exp(size - 2 + source.gauss(0, 1)))
        standing, category = source.randrange(3), source.choice(["美食", "搞笑", None])
        worth = (
            math.log(followers) + math.log(reads + 1) + (standing == 2) + (category == "美食") + source.gauss(0, 0.5)
        )
        price = max(10_000, round(math.exp(worth / 2 - 5)) * 10_000)
        evidence = Evidence(
            AT,
            followers,
            reads_avg_30d=reads,
            popular=standing == 2,
            accepted_all_last_week=standing == 1,
            by_appointment=source.random() < 0.02,
        )
        found.append(Listed(evidence, category, min(max(round(worth - 19), 1), 6), price))
    return found


def labelled(count: int, seed: int = 2) -> list[Labelled]:
    """Half of them spammers, who repeat themselves, link and follow more."""
    source = random.Random(seed)
    found = []
    for number in range(count):
        spam = number % 2 == 1
        followers = source.randrange(50, 5_000)
        evidence = Evidence(
            AT,
            followers,
            posts_30d=source.randrange(1, 60),
            reposts_avg_30d=source.uniform(0, 4),
            comments_avg_30d=source.uniform(0, 1 if spam else 3),
            likes_avg_30d=source.uniform(0, 4),
            originals_share=round(source.random(), 3),
            following=source.randrange(100, 4_000 if spam else 900),
            posts_total=source.randrange(10, 300 if spam else 3_000),
            posts_seen=50,
            earlier_followers=followers // 2,
            earlier_following=source.randrange(100, 2_000 if spam else 900),
            earlier_posts_total=source.randrange(5, 200 if spam else 2_000),
            active_days_30d=source.uniform(1, 30),
            duplicates_share=round(source.uniform(0, 0.9 if spam else 0.3), 3),
            links_share=round(source.uniform(0, 0.9 if spam else 0.3), 3),
            burst_share=round(source.uniform(0, 0.9 if spam else 0.3), 3),
            automated_share=round(source.uniform(0, 0.9 if spam else 0.3), 3),
            plain_reposts_share=round(source.uniform(0, 0.3 if spam else 0.5), 3),
        )
        found.append(Labelled(evidence, spam, True))
    return found


def xingtu_accounts(count: int, seed: int = 3) -> list[XingtuAccount]:
    """Creators of another network, of every size; organisations ask three times as much."""
    source = random.Random(seed)
    found = []
    for number in range(count):
        followers = int(math.exp(source.uniform(9.3, 15)))
        evidence = Evidence(
            AT,
            followers,
            reads_avg_30d=followers // 9,
            likes_avg_30d=followers * source.uniform(0, 0.05),
            organisation=number % 5 == 0,
        )
        price = followers**0.5 * (3 if number % 5 == 0 else 1) * source.uniform(0.8, 1.2)
        found.append(
            XingtuAccount(
                evidence, {"price_1_20s_cny": price, "price_20_60s_cny": price * 2, "price_60s_plus_cny": price * 3}
            )
        )
    return found


def data() -> Data:
    return Data(market(900), labelled(300), xingtu_accounts(200))
