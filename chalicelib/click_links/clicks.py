"""Follow a click link: find its URL and count the click (rule 33). Counting never delays the redirect for long."""

from __future__ import annotations

import secrets
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from chalicelib.click_links import link_codes, visitors
from chalicelib.click_links.bots import is_click
from chalicelib.click_links.records import ClickCounter, LinkedOrder
from chalicelib.core import aws, clock
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.observability import logger
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings

RECENT_URLS_MAX = 10_000
READERS = 16
KEYS_MAX = 98
"""The most counters that are read in one BatchGetItem, which reads 100 items: an order and its looks may be read with them."""

_recent_urls: OrderedDict[str, tuple[str, ...]] = OrderedDict()


@dataclass(frozen=True)
class Target:
    """The target of a code: the order, the index of the audited URL in it, and whether clicks on it count now."""

    order_id: str
    place: int
    url: str
    counts: bool


@dataclass(frozen=True)
class Clicks:
    """The clicks of one link, one per visitor in 24 hours. `visitors` are different ones; `bots` are not part of `clicks`."""

    clicks: int = 0
    visitors: int = 0
    bots: int = 0
    days: dict[str, int] = field(default_factory=dict)


def for_order(order_id: str, urls: Sequence[str]) -> list[str]:
    """Return the short links of an order, one per URL, always the same for one order. A deployment without `LINK_BASE` has no
    links: the URLs themselves are returned."""
    base = settings().link_base.rstrip("/")
    if not base:
        return list(urls)
    return [f"{base}/r/{link_codes.code(order_id, place)}" for place in range(len(urls))]


def link_length() -> int | None:
    """Return the length of a short link; None on a deployment without them."""
    base = settings().link_base.rstrip("/")
    return len(f"{base}/r/") + link_codes.LENGTH if base else None


def target(code: str) -> Target:
    """Return the target of a code, with one read of the order. If the read fails, the target that this process read before is
    returned, and the click does not count.

    Raise Problem `not_found` for a code that no order has or whose order was stopped by the platform, `upstream_unavailable`
    if the order cannot be read and is not cached."""
    known = link_codes.read(code)
    if known is None:
        raise not_found("link")
    order_id, place = known
    urls, counts = _urls(order_id)
    if place >= len(urls):
        raise not_found("link")
    return Target(order_id, place, urls[place], counts)


def count(target: Target, method: str, address: str, headers: Mapping[str, str]) -> bool:
    """Count one click, if it is one (rule 33); return whether it was counted. Never raises, and gives up after a second: a click
    that cannot be counted still leads to its page. `headers` are by lower-case name.

    A visitor's mark is written first and the counter second: if the process stops in between, one click is lost and none is
    counted twice."""
    if not target.counts or method == "HEAD":
        return False
    try:
        if not is_click(method, headers):
            _add(target, "ADD bots :one")
            return False
        returning = _admit(target, address)
        if returning is None:
            return False
        _add(target, "ADD clicks :one" if returning else "ADD clicks :one, visitors :one")
    except Exception:  # a failed count must not stop the redirect
        logger.warning("click not counted", exc_info=True)
        return False
    return True


def totals(order_id: str, links: int, *, sequential: bool = False, since: datetime | None = None) -> list[Clicks]:
    """Return the clicks of each of the order's `links` links so far.

    The counters of the days from `since` (the publication) are read in one request if they are at most KEYS_MAX. Otherwise there is
    one query per link and shard, 16 at a time, or one after the other with `sequential`, as for a workflow."""
    if since and (keys := counter_keys(order_id, links, since)):
        return totals_of(order_id, links, ClickCounter.batch_get(keys))
    pks = [_pk(order_id, place, shard) for place in range(links) for shard in range(visitors.SHARDS)]

    def counters(pk: str) -> list[ClickCounter]:
        return list(ClickCounter.query(pk))

    if sequential:
        found = list(map(counters, pks))
    else:
        with ThreadPoolExecutor(READERS) as readers:
            found = list(readers.map(counters, pks))
    return totals_of(order_id, links, (item for items in found for item in items))


def counter_keys(order_id: str, links: int, since: datetime) -> list[tuple[str, str]]:
    """Return the keys (pk, sk) of the counters of the days from `since` (the publication) to now; none if they are more than
    KEYS_MAX."""
    days = _days(since)
    if links * visitors.SHARDS * len(days) > KEYS_MAX:
        return []
    return [
        (_pk(order_id, place, shard), day) for place in range(links) for shard in range(visitors.SHARDS) for day in days
    ]


def totals_of(order_id: str, links: int, counters: Iterable[ClickCounter]) -> list[Clicks]:
    """Return the clicks of each of the order's `links` links that these counters contain."""
    by_pk: dict[str, list[ClickCounter]] = {}
    for counter in counters:
        by_pk.setdefault(counter.pk, []).append(counter)
    pks = [[_pk(order_id, place, shard) for shard in range(visitors.SHARDS)] for place in range(links)]
    return [_summed([counter for pk in of_link for counter in by_pk.get(pk, [])]) for of_link in pks]


def _days(since: datetime) -> list[str]:
    """Return the names of the days in UTC from `since` to now."""
    first, last = since.astimezone(UTC).date(), clock.now().astimezone(UTC).date()
    return [(first + timedelta(days=passed)).isoformat() for passed in range((last - first).days + 1)]


def linked_order(order_id: str) -> LinkedOrder:
    """Return the part of the order that its links need. Raise Problem `not_found`."""
    order = LinkedOrder.find(order_id, "order", consistent=False)
    if order is None:
        raise not_found("order")
    return order


def _admit(target: Target, address: str) -> bool | None:
    """Mark the visitor as counted now. Return True for a visitor who was counted before, False for a new one; None if the last
    counted click is less than `click_again` ago."""
    key = aws.secret(settings().cursor_secret_arn)
    mark = visitors.mark(key, target.order_id, target.place, address)
    now = int(clock.now().timestamp())
    before = now - int(rules().click_again / timedelta(seconds=1))
    try:
        written = aws.client("dynamodb", hurried=True).update_item(
            TableName=settings().clicks_table,
            Key={"pk": {"S": f"{target.order_id}#{target.place}#visitor#{mark:06x}"}, "sk": {"S": "visitor"}},
            UpdateExpression="SET counted_at = :now",
            ConditionExpression="attribute_not_exists(counted_at) OR counted_at <= :before",
            ExpressionAttributeValues={":now": {"N": str(now)}, ":before": {"N": str(before)}},
            ReturnValues="UPDATED_OLD",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return None
        raise
    return "counted_at" in written.get("Attributes", {})


def _add(target: Target, changes: str) -> None:
    day = clock.rfc3339(clock.now())[:10]
    aws.client("dynamodb", hurried=True).update_item(
        TableName=settings().clicks_table,
        Key={"pk": {"S": _pk(target.order_id, target.place, secrets.randbelow(visitors.SHARDS))}, "sk": {"S": day}},
        UpdateExpression=changes,
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def _summed(counters: list[ClickCounter]) -> Clicks:
    days: Counter[str] = Counter()
    seen: dict[str, set[int]] = {}
    for counter in counters:
        days[counter.sk] += int(counter.clicks)
        seen.setdefault(counter.sk, set()).update(int(visitor) for visitor in counter.seen or ())
    return Clicks(
        clicks=sum(days.values()),
        visitors=sum(int(counter.visitors) for counter in counters) + sum(map(visitors.estimate, seen.values())),
        bots=sum(int(counter.bots) for counter in counters),
        days={day: clicks for day, clicks in sorted(days.items()) if clicks},
    )


def _urls(order_id: str) -> tuple[tuple[str, ...], bool]:
    """Return the order's URLs, and whether clicks on them count now."""
    try:
        order = linked_order(order_id)
    except Problem:
        raise
    except Exception as error:
        if order_id in _recent_urls:  # the URLs of an order never change, so the cached ones still work
            return _recent_urls[order_id], False
        raise Problem("upstream_unavailable", "The link cannot be looked up now.") from error
    if order.status == "stopped":
        _recent_urls.pop(order_id, None)
        raise not_found("link")
    _recent_urls[order_id] = tuple(order.urls)
    _recent_urls.move_to_end(order_id)
    if len(_recent_urls) > RECENT_URLS_MAX:
        _recent_urls.popitem(last=False)
    return _recent_urls[order_id], order.is_up


def _pk(order_id: str, place: int, shard: int) -> str:
    return f"{order_id}#{place}#{shard}"
