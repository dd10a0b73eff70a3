"""What the routes of click links answer."""

from __future__ import annotations

from chalicelib.core.response_types import Count, Day, Link, TypedDict


class DayClicks(TypedDict):
    """Clicks of one day, of people."""

    day: Day
    clicks: Count


class LinkClicks(TypedDict):
    """Clicks of people on one link of an order; bots apart. `url` is the audited one, which may have letters outside ASCII."""

    url: str
    link: Link
    clicks: Count
    visitors: Count
    bots: Count
    days: list[DayClicks]


class OrderClicks(TypedDict):
    """Clicks of an order."""

    order_id: str
    links: list[LinkClicks]
