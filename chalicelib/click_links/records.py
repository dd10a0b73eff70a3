"""Items that click links read and write: the URLs of an order, and the counters of clicks."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, NumberSetAttribute, UnicodeAttribute

from chalicelib.store import ClicksRecord, JSONAttribute, TasksRecord


class LinkedOrder(TasksRecord):
    """The part of an order that its links need. `urls` passed the review and never change."""

    status = UnicodeAttribute()
    advertiser_id = UnicodeAttribute()
    urls = JSONAttribute()

    @property
    def is_up(self) -> bool:
        """True if the post is published and its order has not ended. A dispute does not take the post down."""
        return self.status in ("published", "disputed")


class ClickCounter(ClicksRecord):
    """pk = `{order id}#{place}#{shard}`, sk = day in UTC. `visitors` are first-time visitors. `seen` are the sketches of counters
    written before 2026-11-27, which counted every request."""

    clicks = NumberAttribute(default=0)
    visitors = NumberAttribute(default=0)
    bots = NumberAttribute(default=0)
    seen = NumberSetAttribute(null=True)
