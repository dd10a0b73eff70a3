"""Find accounts similar to one: of its category, and near it in score, followers and price."""

from __future__ import annotations

import math

from chalicelib.accounts.records import AccountRecord
from chalicelib.accounts.search.account_search import find_near

EXAMINED_EACH_WAY = 500
MOST_SIMILAR = 100
"""The number of similar accounts in a list."""


def find_similar(account: AccountRecord, limit: int) -> list[AccountRecord]:
    """Return at most `limit` listed accounts of the same category, the most similar first. Compared are the EXAMINED_EACH_WAY
    next ones above and below the account's score, by score, followers (logarithm) and price (logarithm)."""
    near = find_near(account, EXAMINED_EACH_WAY)
    return sorted(near, key=lambda other: (_distance(account, other), other.pk))[:limit]


def _distance(one: AccountRecord, other: AccountRecord) -> float:
    """Return the distance: ten points of score, a factor e of followers and a factor e of price count one; so does an unknown
    price."""
    distance = abs(float(one.score or 0) - float(other.score or 0)) / 10
    distance += abs(math.log1p(float(one.followers or 0)) - math.log1p(float(other.followers or 0)))
    prices = [float(account.post_price or account.repost_price or 0) for account in (one, other)]
    return distance + (abs(math.log(prices[0] / prices[1])) if all(prices) else 1.0)
