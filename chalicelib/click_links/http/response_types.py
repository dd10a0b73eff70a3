"""Response types of click links."""

from __future__ import annotations

from chalicelib.core.response_types import Count, Day, Link, TypedDict


class DayClicks(TypedDict):
    """Clicks of people on one day."""

    day: Day
    clicks: Count


class LinkClicks(TypedDict):
    """Clicks of people on one link of an order, and of bots. `url` is the audited URL, which may contain non-ASCII letters."""

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
