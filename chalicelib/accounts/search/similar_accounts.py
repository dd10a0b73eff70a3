"""Accounts like one: near it in score, of its category, near it in followers and price."""

from __future__ import annotations

import math

from chalicelib.accounts.records import AccountRecord
from chalicelib.accounts.search.account_search import find_near

EXAMINED_EACH_WAY = 500
MOST_SIMILAR = 100
"""How many similar accounts are listed."""


def find_similar(account: AccountRecord, limit: int) -> list[AccountRecord]:
    """At most `limit` listed accounts of the same category, the most similar first: of the EXAMINED_EACH_WAY next ones above and
    below its score, those whose score, followers (logarithm) and price (logarithm) differ least."""
    near = find_near(account, EXAMINED_EACH_WAY)
    return sorted(near, key=lambda other: (_distance(account, other), other.pk))[:limit]


def _distance(one: AccountRecord, other: AccountRecord) -> float:
    """Ten points of score, a factor e of followers and a factor e of price count the same; an unknown price counts one."""
    distance = abs(float(one.score or 0) - float(other.score or 0)) / 10
    distance += abs(math.log1p(float(one.followers or 0)) - math.log1p(float(other.followers or 0)))
    prices = [float(account.post_price or account.repost_price or 0) for account in (one, other)]
    return distance + (abs(math.log(prices[0] / prices[1])) if all(prices) else 1.0)
