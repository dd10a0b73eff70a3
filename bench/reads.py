"""Counts the read units of searches at 10,000 accounts: `python -m bench.reads`.

The queries are those that the program sends. A table of generated accounts answers them here by DynamoDB's documented rules: a
query reads items of an index in order until its limit, 1 MB or the end, filters afterwards, and costs half a unit per 4 kB
(eventually consistent, rounded up per query). moto's parser evaluates the filters.
"""

from __future__ import annotations

import argparse
import bisect
import math
import os
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from unittest.mock import patch

from botocore.client import BaseClient
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from chalicelib.grading.model.account_figures import AccountFigures

PAGE_BYTES = 2**20
CATEGORIES = ("美食", "旅行", "科技", "美妆", "宠物", "母婴", "汽车", "摄影")
ROOMS = ("wallet", "tasks", "accounts", "clicks")
Raw = dict[str, dict[str, Any]]


@dataclass
class Spent:
    """The reads since it was created."""

    units: float = 0.0
    queries: int = 0
    examined: int = 0


@dataclass
class Table:
    """The listed accounts by each index's key, and the units that reading them has cost."""

    items: list[Raw]
    spent: Spent = field(default_factory=Spent)

    def __post_init__(self) -> None:
        self._sizes = {item["pk"]["S"]: size(item) for item in self.items}
        self._parts: dict[tuple[str, ...], dict[str, Item]] = {}
        self._sorted: dict[str, list[tuple[float, str, Raw]]] = {}

    def query(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the response to a Query of a listing index."""
        column = request["IndexName"].removeprefix("by_")
        entries = self._index(column)
        low, high = _bounds(request, column)
        first, last = bisect.bisect_left(entries, (low, "")), bisect.bisect_right(entries, (high, chr(0x10FFFF)))
        forward = request.get("ScanIndexForward", True)
        start = request.get("ExclusiveStartKey")
        if start is not None:
            key = (float(start[column]["N"]), start["pk"]["S"])
            if forward:
                first = max(first, bisect.bisect_right(entries, key, key=lambda entry: entry[:2]))
            else:
                last = min(last, bisect.bisect_left(entries, key, key=lambda entry: entry[:2]))
        chosen = range(first, last) if forward else range(last - 1, first - 1, -1)
        matches = self._filter(request)
        found: list[Raw] = []
        read = examined = 0
        more: Raw | None = None
        for place in chosen:
            _, pk, item = entries[place]
            read += self._sizes[pk]
            examined += 1
            if matches(item):
                found.append(item)
            if examined == request.get("Limit", math.inf) or read >= PAGE_BYTES:
                more = {name: item[name] for name in ("pk", "sk", "listing", column)}
                break
        units = math.ceil(read / 4_096) / 2
        self.spent.units += units
        self.spent.queries += 1
        self.spent.examined += examined
        response = {"Items": found, "Count": len(found), "ScannedCount": examined}
        return {**response, "LastEvaluatedKey": more} if more else response

    def _index(self, column: str) -> list[tuple[float, str, Raw]]:
        if column not in self._sorted:
            having = [item for item in self.items if column in item and "listing" in item]
            entries = [(float(item[column]["N"]), item["pk"]["S"], item) for item in having]
            self._sorted[column] = sorted(entries, key=lambda entry: entry[:2])
        return self._sorted[column]

    def _filter(self, request: dict[str, Any]) -> Callable[[Raw], bool]:
        expression = request.get("FilterExpression")
        if expression is None:
            return lambda _: True
        names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
        parsed = get_filter_expression(expression, names, values)
        # moto's items are slow to create, so they get only the attributes that the expression names
        named = tuple(sorted(name for alias, name in names.items() if re.search(f"{alias}\\b", expression)))
        made = self._parts.setdefault(named, {})

        def matches(item: Raw) -> bool:
            pk = item["pk"]["S"]
            if pk not in made:
                part = {name: item[name] for name in named if name in item}
                made[pk] = Item(DynamoType(item["pk"]), DynamoType(item["sk"]), part)
            return bool(parsed.expr(made[pk]))

        return matches


def _bounds(request: dict[str, Any], column: str) -> tuple[float, float]:
    """Return the range of the index's range key in the key condition."""
    names = {name: alias for alias, name in request["ExpressionAttributeNames"].items()}
    values = {name: float(value["N"]) for name, value in request["ExpressionAttributeValues"].items() if "N" in value}
    words = request["KeyConditionExpression"].replace("(", " ").replace(")", " ").split()
    if names.get(column) not in words:
        return -math.inf, math.inf
    at = words.index(names[column])
    sign, first = words[at + 1], values[words[at + 2]]
    if sign == "BETWEEN":
        return first, values[words[at + 4]]
    return {
        ">=": (first, math.inf),
        "<=": (-math.inf, first),
        "<": (-math.inf, math.nextafter(first, -math.inf)),
    }[sign]


def size(item: Raw) -> int:
    """Return the bytes of an item as DynamoDB counts them: names and texts in UTF-8, numbers with a byte per two digits and one
    more."""
    total = 0
    for name, typed in item.items():
        (kind, value), *_ = typed.items()
        total += len(name.encode())
        total += len(value.encode()) if kind == "S" else math.ceil(len(value) / 2) + 1 if kind == "N" else 1
    return total


def accounts(number: int, seed: int = 3) -> list[Raw]:
    """Return admitted accounts with every figure, as the program stores them."""
    from chalicelib.accounts.records import LISTED, new_account
    from chalicelib.accounts.valuation import grade_and_prices

    choose = random.Random(seed)
    moment = "2026-11-22T10:00:00.000Z"
    examples = []
    for n in range(20):
        record = new_account("weibo", f"handle-{n:06d}", None, "admitted", moment)
        record.owner, record.listed_at, record.listing = f"cre_{'0' * 26}", f"{moment}#{record.pk}", LISTED
        followers = choose.randrange(1_000, 5_000_000)
        figures = {"as_of": "2026-11-20T00:00:00Z", "followers": followers, "posts_30d": 20, "originals_share": 0.75}
        figures |= {f"{name}_avg_30d": followers // 90 for name in ("reads", "reposts", "comments", "likes")}
        figures |= {"following": 300, "verified": True, "posts_total": 4_000}
        grade_and_prices.apply_own_prices(record, {"post": 200_000, "repost": 100_000})
        grade_and_prices.apply_grade(record, cast("AccountFigures", figures), "import")
        examples.append(record.serialize())
    found = []
    for n in range(number):
        item = dict(choose.choice(examples))
        price = int(choose.lognormvariate(11, 1.3))
        category = choose.choice(CATEGORIES) if n % 997 else "稀有"
        item |= {"pk": {"S": f"acc_{n:026d}"}, "handle_folded": {"S": f"handle-{n:06d}"}, "category": {"S": category}}
        numbers = {
            "score": choose.randrange(10**6) / 10**4,
            "followers": choose.randrange(5_000_000),
            "post_price": price,
            "repost_price": price // 2,
            "value": choose.randrange(10**6) / 100,
        }
        found.append({**item, **{name: {"N": str(value)} for name, value in numbers.items()}})
    return found


@contextmanager
def answered_by(table: Table) -> Iterator[None]:
    """Answer every Query of this process within the block from the table; any other request to AWS is an error."""

    def call(client: Any, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if operation != "Query":
            raise AssertionError(f"{operation} is not counted")
        return {**table.query(request), "ResponseMetadata": {}}

    with patch.object(BaseClient, "_make_api_call", call):
        yield


def costs(table: Table) -> dict[str, Spent]:
    """Return the costs of a page of 20, the facets, the similar accounts and the candidates of a plan."""
    from chalicelib.accounts.records import AccountRecord
    from chalicelib.accounts.search import account_search, similar_accounts
    from chalicelib.accounts.search.account_search import Wanted
    from chalicelib.planning import plan_candidates
    from chalicelib.planning.plan_candidates import Filters

    middle = AccountRecord.from_raw_data(table.items[len(table.items) // 2])
    requests: dict[str, Callable[[], Any]] = {
        "page, no filter": lambda: account_search.find(Wanted(), 20),
        "page, 1 of 8 categories": lambda: account_search.find(Wanted(category=CATEGORIES[0]), 20),
        "page, price range, by price": lambda: account_search.find(
            Wanted(price_min=20_000, price_max=30_000, sort="price"), 20
        ),
        "page, grade and price range, by followers": lambda: account_search.find(
            Wanted(grade_min="three_star", price_max=30_000, sort="-followers"), 20
        ),
        "page, 1 account of 10,000": lambda: account_search.find(Wanted(q="handle-004711"), 20),
        "page, nothing found": lambda: account_search.find(Wanted(q="no such name"), 20),
        "facets, no filter": lambda: account_search.count(Wanted()),
        "facets, price range": lambda: account_search.count(Wanted(price_min=20_000, price_max=30_000)),
        "similar accounts": lambda: similar_accounts.find_similar(middle, 10),
        "candidates of a plan": lambda: plan_candidates.read("post", Filters(), 10**9),
    }
    found = {}
    with answered_by(table):
        for name, send in requests.items():
            table.spent = found[name] = Spent()
            send()
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--accounts", type=int, default=10_000)
    number = arguments.parse_args().accounts
    items = accounts(number)
    mean = sum(map(size, items)) / len(items)
    print(f"{number:,} accounts, {mean:,.0f} bytes each")
    for name, spent in costs(Table(items)).items():
        print(f"{name:42} {spent.units:>8,.1f} read units {spent.examined:>7,} examined {spent.queries:>3} queries")


if __name__ == "__main__":
    os.environ.setdefault("AWS_REGION", "ap-east-1")
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        os.environ.setdefault(key, "none")
    os.environ.update({f"{room.upper()}_TABLE": room for room in ROOMS})
    main()
