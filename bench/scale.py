"""Simulates the market at a million orders a day and with long histories: `python -m bench.scale` (a minute, no cloud).

Reads: the lists of an advertiser, a creator and an account with histories of two sizes. A table of generated items answers the
queries that the program sends, by DynamoDB's documented rules. A request whose reads grow with the history fails the run.

Writes: the write units of each partition key over a day of `--orders` orders. The units of one order are those that bench.cost
counted from stream records. Tasks, advertisers, creators and hours of the day are drawn with skew (Market). All tasks have the
largest burst that the program allows: their orders are offered in the minute of the review, and end in the minute in which their
retention ends.
"""

from __future__ import annotations

import argparse
import heapq
import math
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any
from unittest.mock import patch

from bench.harness import counted

PARTITION_MAX = 1_000
"""The most write units that one partition takes in a second."""
PAGE_BYTES = 2**20
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
ADVERTISER, CREATOR, ACCOUNT = "advertiser-1", "creator-1", "acc_00000000000000000000000001"
Raw = dict[str, Any]


# -- reads ------------------------------------------------------------------------------------------------------------


@dataclass
class Spent:
    """The requests of one call of the program, the index entries that they examined, and the bytes of the items that they read."""

    requests: int = 0
    examined: int = 0
    read: int = 0


@dataclass
class Histories:
    """The tasks table with generated items: an advertiser's tasks with ten orders each, and a creator's orders."""

    tasks: int
    orders: int
    spent: Spent = field(default_factory=Spent)

    def __post_init__(self) -> None:
        from chalicelib.core import clock

        self._task, self._order = _task().serialize(), _order().serialize()
        self._stamp = clock.stamp

    def call(self, _: Any, operation: str, request: Raw) -> Raw:
        """Return the response to a request to DynamoDB."""
        self.spent.requests += 1
        if operation == "BatchGetItem":
            ((table, keys),) = request["RequestItems"].items()
            return {"Responses": {table: [self._whole(key["pk"]["S"]) for key in keys["Keys"]]}, "UnprocessedKeys": {}}
        if operation == "GetItem":
            return {"Item": self._whole(request["Key"]["pk"]["S"])}
        assert operation == "Query", operation
        return self._query(request)

    def _query(self, request: Raw) -> Raw:
        key = next(
            iter(value["S"] for value in request["ExpressionAttributeValues"].values() if _is_partition(value)), ""
        )
        number = {ADVERTISER: self.tasks, CREATOR: self.orders}.get(key, 10 if key.startswith("tsk_") else 0)
        start = request.get("ExclusiveStartKey")
        begin = _position(start["pk"]["S"]) + 1 if start else 0
        keep = _filter(request)
        items: list[Raw] = []
        examined = read = 0
        last: Raw | None = None
        for place in range(begin, number):
            entry = self._entry(key, place)
            examined += 1
            read += _size(entry)
            if keep(entry):
                items.append(entry)
            if place + 1 < number and (examined == request.get("Limit", math.inf) or read >= PAGE_BYTES):
                last = entry
                break
        self.spent.examined += examined
        self.spent.read += read
        names = (
            ("pk", "sk", "owner", "listed_at") if request["IndexName"] == "items_of_owner" else ("pk", "sk", "task_id")
        )
        more = {"LastEvaluatedKey": {name: last[name] for name in names}} if last else {}
        return {"Items": items, "Count": len(items), "ScannedCount": examined, **more}

    def _entry(self, key: str, place: int) -> Raw:
        """Return the entry of the index: place 0 is the newest one of an owner."""
        owned = key in (ADVERTISER, CREATOR)
        is_task = key == ADVERTISER
        item = self._task if is_task else self._order
        pk = f"{'tsk' if is_task else 'ord'}_{place:026d}"
        listed = self._stamp(BEGIN + timedelta(days=400) - timedelta(minutes=place)) + f"#{pk}"
        entry = {
            name: item[name] for name in ("sk", "owner", "payment", "task_id", "account_id", "queue") if name in item
        }
        return {**entry, "pk": {"S": pk}, "listed_at": {"S": listed if owned else "-"}}

    def _whole(self, pk: str) -> Raw:
        item = self._task if pk.startswith("tsk_") else self._order
        self.spent.read += _size(item)
        return {**item, "pk": {"S": pk}}


def _is_partition(value: Raw) -> bool:
    return value.get("S") in (ADVERTISER, CREATOR) or str(value.get("S", "")).startswith("tsk_")


def _position(pk: str) -> int:
    return int(pk.partition("_")[2])


def _size(item: Raw) -> int:
    from bench.harness.measured_market import size

    return size(item)


def _filter(request: Raw) -> Callable[[Raw], bool]:
    """Return the filter of the request, which moto's parser evaluates."""
    if "FilterExpression" not in request:
        return lambda _: True
    from moto.dynamodb.comparisons import get_filter_expression
    from moto.dynamodb.models.dynamo_type import DynamoType, Item

    found = get_filter_expression(
        request["FilterExpression"], request.get("ExpressionAttributeNames"), request.get("ExpressionAttributeValues")
    )
    return lambda entry: bool(found.expr(Item(DynamoType({"S": "pk"}), None, entry)))


def _task() -> Any:
    from chalicelib.tasks.records.task_record import TaskRecord

    line = {"account_id": ACCOUNT, "creator_id": CREATOR, "network": "weibo", "handle": "tea", "price": 200_000}
    return TaskRecord(
        "tsk_00000000000000000000000000",
        "task",
        owner=ADVERTISER,
        listed_at="-",
        queue="task:completed",
        lines=[{**line, "commission": 60_000, "price_source": "own"}] * 10,
        reserve_account_ids=[],
        findings=[],
        **_terms("completed", "approved"),
    )


def _order() -> Any:
    from chalicelib.tasks.records.order_record import OrderRecord

    return OrderRecord(
        "ord_00000000000000000000000000",
        "order",
        owner=CREATOR,
        listed_at="-",
        task_id="tsk_00000000000000000000000000",
        advertiser_id=ADVERTISER,
        account_id=ACCOUNT,
        network="weibo",
        handle="tea",
        payment="paid",
        price=200_000,
        commission=60_000,
        **_terms("completed", "accepted"),
    )


def _terms(status: str, event: str) -> dict[str, Any]:
    line = {"at": "2026-11-01T00:00:00Z", "event": event, "by": "system"}
    return {
        "status": status,
        "kind": "post",
        "title": "新茶上市",
        "text": "茶" * 300,
        "picture_ids": [],
        "urls": ["https://tea.example/new"],
        "accept_by": BEGIN,
        "start_at": BEGIN,
        "end_at": BEGIN + timedelta(days=1),
        "retention": 86_400,
        "created_at": BEGIN,
        "updated_at": BEGIN,
        "events": [line] * 6,
    }


def _calls() -> dict[str, Callable[[], object]]:
    """Return the program's reads of histories. The filters match no item, which is their worst case."""
    from chalicelib.accounts.records import AccountRecord
    from chalicelib.overview import auditor_history, pending_work_counts
    from chalicelib.planning.plan_exclusions import named_since
    from chalicelib.tasks.lists import order_lists, task_lists
    from chalicelib.tasks.lists.order_lists import OrderFilter

    account = AccountRecord(ACCOUNT, "account", owner=CREATOR)
    creator, advertiser = (OrderFilter("creator", CREATOR), OrderFilter("advertiser", ADVERTISER))
    return {
        "an advertiser's tasks, 20": lambda: task_lists.tasks_of(ADVERTISER, None, 20, None),
        "an advertiser's drafts": lambda: task_lists.tasks_of(ADVERTISER, "draft", 20, None),
        "an advertiser's orders, 20": lambda: order_lists.newest(advertiser, 20, None),
        "an advertiser's disputed orders": lambda: order_lists.newest(
            OrderFilter("advertiser", ADVERTISER, status="disputed"), 20, None
        ),
        "an advertiser's counts (GET /v1/me)": lambda: pending_work_counts.advertiser_counts(ADVERTISER),
        "accounts named lately (plans)": lambda: named_since(ADVERTISER, BEGIN),
        "a creator's orders, 20": lambda: order_lists.newest(creator, 20, None),
        "a creator's orders by deadline": lambda: order_lists.by_deadline(creator, 20, None),
        "a creator's offers": lambda: order_lists.newest(OrderFilter("creator", CREATOR, status="offered"), 20, None),
        "a creator's stopped orders": lambda: order_lists.newest(
            OrderFilter("creator", CREATOR, status="stopped"), 20, None
        ),
        "a creator's counts (GET /v1/me)": lambda: pending_work_counts.creator_counts(CREATOR),
        "an account's past orders": lambda: auditor_history.orders_of(account),
    }


@contextmanager
def _answered_by(table: Histories) -> Iterator[None]:
    from botocore.client import BaseClient

    every: Any = BaseClient
    with patch.object(every, "_make_api_call", lambda client, name, request: table.call(client, name, request)):
        yield


HISTORIES = ((5_000, 5_000), (100_000, 10_000))
"""The tasks of an advertiser and the orders of a creator: a short and a long history."""


def reads() -> list[tuple[str, list[Spent]]]:
    """Return what each read costs with a short and with a long history."""
    found: dict[str, list[Spent]] = {}
    for tasks, orders in HISTORIES:
        for name, call in _calls().items():
            table = Histories(tasks, orders)
            with _answered_by(table):
                call()
            found.setdefault(name, []).append(table.spent)
    return list(found.items())


# -- writes -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Market:
    """A day of the market. `orders` a day; orders of a task are 1 to 1,000 (Pareto), advertisers and creators by Zipf's law, the
    hour by a curve with its peak at 20:00."""

    orders: int
    advertisers: int = 10_000
    creators: int = 1_000_000
    task_exponent: float = 0.9
    zipf: float = 0.8
    posts_a_day: int = 2

    def tasks(self, draw: random.Random) -> Iterator[tuple[int, int, int]]:
        """Yield advertiser, number of orders and second of the review of each task."""
        weights = [1 / (rank + 1) ** self.zipf for rank in range(self.advertisers)]
        hours = [1 + math.sin((hour - 14) / 24 * 2 * math.pi) * 0.8 for hour in range(24)]
        left = self.orders
        while left > 0:
            batch = 10_000
            owners = draw.choices(range(self.advertisers), weights, k=batch)
            at = draw.choices(range(24), hours, k=batch)
            for owner, hour in zip(owners, at, strict=True):
                number = min(1_000, left, int(draw.paretovariate(self.task_exponent)))
                yield owner, number, hour * 3_600 + draw.randrange(3_600)
                left -= number
                if left <= 0:
                    return


BURST_SECONDS = 60
"""The time in which all orders of a task are offered, or end: their executions start and end with it."""

SHARED = {
    "task": re.compile(r"tsk_\*"),
    "advertiser": re.compile(r"advertiser:\*|adv_\*"),
    "creator": re.compile(r"creator:\*|cre_\*|user \*"),
    "account": re.compile(r"acc_\*"),
    "order": re.compile(r"(ord|clm|pst)_\*"),
    "cell": re.compile(r"effect#"),
}
"""The owner of a partition key, by its kind; every other key belongs to the whole market."""
CELL_SHARE = 0.15
"""The share of orders in the largest cell of comparable orders: half of them of one grade, a third of one category."""
SHARDS = {"commission:*": 16, "open#*": 8}


@dataclass(frozen=True)
class Peak:
    """The busiest partition key of a kind: its units in its busiest second, and on the whole day."""

    place: str
    belongs_to: str
    an_order: float
    second: float
    day: float

    @property
    def breaks_at(self) -> float:
        """The factor by which the units a second could grow before the partition refuses writes."""
        return PARTITION_MAX / self.second if self.second else math.inf


def writes(market: Market, seed: int = 17) -> list[Peak]:
    """Return the busiest key of each kind, by the share of a partition's limit that it uses."""
    order = counted.read()["order"]
    each = {
        f"{table}, {place}": number / order["orders"]
        for table, places in order["written"].items()
        for place, number in places.items()
    }
    draw = random.Random(seed)
    of_advertiser: Counter[int] = Counter()
    minutes: Counter[tuple[int, int]] = Counter()
    begun = [0] * 86_400
    largest = 0
    for owner, number, second in market.tasks(draw):
        of_advertiser[owner] += number
        minutes[owner, second // BURST_SECONDS] += number
        largest = max(largest, number)
        begun[second] += number
    in_progress = accumulate(
        (now - ended for now, ended in zip(begun, [*[0] * BURST_SECONDS, *begun], strict=False)), initial=0
    )
    busiest_second = max(in_progress) / BURST_SECONDS
    busiest_minute = max(minutes.values())
    accounts_a_creator = 10
    found = []
    for place, units in each.items():
        kind = place.partition(": ")[2]
        belongs = next((name for name, form in SHARED.items() if form.search(kind)), "market")
        shards = next((number for name, number in SHARDS.items() if kind.endswith(name)), 1)
        factors: dict[str, tuple[float, float]] = {
            "order": (1.0, 1.0),
            "account": (1.0, market.posts_a_day),
            "creator": (accounts_a_creator, market.posts_a_day * accounts_a_creator),
            "task": (largest / BURST_SECONDS, largest),
            "advertiser": (busiest_minute / BURST_SECONDS, max(of_advertiser.values())),
            "cell": (busiest_second * CELL_SHARE, market.orders * CELL_SHARE),
            "market": (busiest_second / shards, market.orders / shards),
        }
        a_second, a_day = factors[belongs]
        found.append(Peak(place, belongs, units, units * a_second, units * a_day))
    return heapq.nlargest(len(found), found, key=lambda peak: peak.second)


def main() -> None:
    """Print the reads and the writes."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "ap-east-1")
    import testing  # noqa: F401 - sets the environment of a deployment

    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--orders", type=int, default=1_000_000)
    chosen = arguments.parse_args()
    print("| read | requests | entries examined | kB read | with 5,000 tasks and orders |\n|---|---|---|---|---|")
    for name, (short, long) in reads():
        assert long == short, f"{name} grows with the history: {short} -> {long}"
        print(f"| {name} | {long.requests} | {long.examined:,} | {long.read / 1_000:,.0f} | the same |")
    print(
        "\n| table, index: partition key | of | units an order | units in the busiest second | limit at |\n|---|---|---|---|---|"
    )
    for peak in writes(Market(chosen.orders))[:15]:
        print(
            f"| {peak.place} | {peak.belongs_to} | {peak.an_order:.1f} | {peak.second:,.1f} | {peak.breaks_at:,.0f} times |"
        )


if __name__ == "__main__":
    main()
