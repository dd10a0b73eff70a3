"""What happens at a click: the URL is found, the click is counted with at most one write, and nothing waits for the count."""

from __future__ import annotations

import secrets
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib import clock, cloud
from chalicelib.errors import Problem, not_found
from chalicelib.links import codes, visitors
from chalicelib.links.bots import is_bot
from chalicelib.links.records import ClickCounter, LinkedOrder
from chalicelib.observability import logger
from chalicelib.settings import deployment

REMEMBERED_FOR = timedelta(minutes=5)
REMEMBERED_MAX = 10_000
READERS = 16

_remembered: OrderedDict[str, tuple[datetime, tuple[str, ...]]] = OrderedDict()


@dataclass(frozen=True)
class Clicks:
    """The clicks of one link. `visitors` are people per day, added up (about 3 % off); `bots` are not part of `clicks`."""

    clicks: int = 0
    visitors: int = 0
    bots: int = 0
    days: dict[str, int] = field(default_factory=dict)


def for_order(order_id: str, urls: Sequence[str]) -> list[str]:
    """The short links of an order, one per URL; the same for the same order. On a deployment without `LINK_BASE` there are no
    links: the URLs themselves."""
    base = deployment().link_base.rstrip("/")
    if not base:
        return list(urls)
    return [f"{base}/r/{codes.code(order_id, place)}" for place in range(len(urls))]


def target(code: str) -> tuple[str, int, str]:
    """The order, the place and the audited URL that a code stands for: at most one read, none while this process remembers.

    Raises Problem `not_found` for a code that no order has or whose order was stopped by the platform,
    `upstream_unavailable` if it cannot be read and is not remembered."""
    known = codes.read(code)
    if known is None:
        raise not_found("link")
    order_id, place = known
    urls = _urls(order_id)
    if place >= len(urls):
        raise not_found("link")
    return order_id, place, urls[place]


def count(order_id: str, place: int, address: str, headers: Mapping[str, str]) -> bool:
    """Counts one click with one write; whether it was counted. Never raises and gives up after half a second: a click
    that cannot be counted still leads to its page. `headers` by lower-case name."""
    day = clock.rfc3339(clock.now())[:10]
    try:
        if is_bot(headers):
            shard, changes, values = secrets.randbelow(visitors.SHARDS), "ADD bots :one", {}
        else:
            key = cloud.secret(deployment().cursor_secret_arn)
            seen = visitors.mark(key, day, address, headers.get("user-agent", ""))
            shard, changes = visitors.shard_of(seen), "ADD clicks :one, seen :seen"
            values = {":seen": {"NS": [str(seen)]}}
        cloud.client("dynamodb", hurried=True).update_item(
            TableName=deployment().clicks_table,
            Key={"pk": {"S": _pk(order_id, place, shard)}, "sk": {"S": day}},
            UpdateExpression=changes,
            ExpressionAttributeValues={":one": {"N": "1"}, **values},
        )
    except Exception:  # whatever keeps us from counting must not keep a visitor from the page
        logger.warning("click not counted", exc_info=True)
        return False
    return True


def totals(order_id: str, links: int, *, patient: bool = False) -> list[Clicks]:
    """The clicks of each of the order's `links` links so far: one query per link and shard, 16 at a time; one after the other for
    who is `patient`, like a workflow that nobody waits for."""
    keys = [(place, shard) for place in range(links) for shard in range(visitors.SHARDS)]

    def counters(key: tuple[int, int]) -> list[ClickCounter]:
        return list(ClickCounter.query(_pk(order_id, *key)))

    if patient:
        found = [(key, counters(key)) for key in keys]
    else:
        with ThreadPoolExecutor(READERS) as readers:
            found = list(zip(keys, readers.map(counters, keys), strict=True))
    return [_summed([item for (at, _), items in found if at == place for item in items]) for place in range(links)]


def linked_order(order_id: str) -> LinkedOrder:
    """The order as far as its links need it. Raises Problem `not_found`."""
    order = LinkedOrder.find(order_id, "order", consistent=False)
    if order is None:
        raise not_found("order")
    return order


def _summed(counters: list[ClickCounter]) -> Clicks:
    days: Counter[str] = Counter()
    seen: dict[str, set[int]] = {}
    for counter in counters:
        days[counter.sk] += int(counter.clicks)
        seen.setdefault(counter.sk, set()).update(int(visitor) for visitor in counter.seen or ())
    return Clicks(
        clicks=sum(days.values()),
        visitors=sum(visitors.estimate(marks) for marks in seen.values()),
        bots=sum(int(counter.bots) for counter in counters),
        days={day: clicks for day, clicks in sorted(days.items()) if clicks},
    )


def _urls(order_id: str) -> tuple[str, ...]:
    now = clock.now()
    until, urls = _remembered.get(order_id, (now, ()))
    if now < until:
        _remembered.move_to_end(order_id)
        return urls
    try:
        order = linked_order(order_id)
    except Problem:
        raise
    except Exception as error:
        if order_id in _remembered:  # what was audited stays audited: better late than no page
            return urls
        raise Problem("upstream_unavailable", "The link cannot be looked up now.") from error
    if order.status == "stopped":
        _remembered.pop(order_id, None)
        raise not_found("link")
    urls = tuple(order.urls)
    _remembered[order_id] = (now + REMEMBERED_FOR, urls)
    _remembered.move_to_end(order_id)
    if len(_remembered) > REMEMBERED_MAX:
        _remembered.popitem(last=False)
    return urls


def _pk(order_id: str, place: int, shard: int) -> str:
    return f"{order_id}#{place}#{shard}"
