"""Items that links read and write: what an order's links lead to, and the counters of clicks."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, NumberSetAttribute, UnicodeAttribute

from chalicelib.store import ClicksRecord, JSONAttribute, TasksRecord


class LinkedOrder(TasksRecord):
    """The part of an order that its links need; `urls` passed the review and never change."""

    status = UnicodeAttribute()
    advertiser_id = UnicodeAttribute()
    urls = JSONAttribute()


class ClickCounter(ClicksRecord):
    """pk = `{order id}#{place}#{shard}`, sk = day in UTC. `seen` are the marks of the visitors of that day."""

    clicks = NumberAttribute(default=0)
    bots = NumberAttribute(default=0)
    seen = NumberSetAttribute(null=True)
