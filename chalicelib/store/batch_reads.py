"""Consistent reads of several items, also of different tables, in one BatchGetItem."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Any, TypeVar, overload

from botocore.exceptions import ClientError

from chalicelib.store.tables import Record, connection

A = TypeVar("A", bound=Record)
B = TypeVar("B", bound=Record)
C = TypeVar("C", bound=Record)

Key = tuple[type[Record], str, str]
"""The class, pk and sk of an item."""

ATTEMPTS_MAX = 8


@overload
def read_together(a: tuple[type[A], str, str], b: tuple[type[B], str, str], /) -> tuple[A | None, B | None]: ...


@overload
def read_together(
    a: tuple[type[A], str, str], b: tuple[type[B], str, str], c: tuple[type[C], str, str], /
) -> tuple[A | None, B | None, C | None]: ...


def read_together(*keys: Key) -> tuple[Record | None, ...]:
    """Return the items with these keys `(class, pk, sk)`, all different, in their order; None for each that does not exist.

    Each item is read consistently, but not all at one moment. Keys that DynamoDB leaves unread are read again with jittered
    back-off, at most ATTEMPTS_MAX times; then the ClientError of a throttled table is raised, as for a single read."""
    found = _read(keys)
    return tuple(found.get(key) for key in keys)


def read_all(keys: Sequence[Key]) -> dict[Key, Record]:
    """Return the items that exist among these keys, at most 100 and all different, by key. Reads and raises as `read_together`
    does."""
    return _read(keys) if keys else {}


def read_together_with(
    a: tuple[type[A], str, str], b: tuple[type[B], str, str], others: type[C], keys: Sequence[tuple[str, str]]
) -> tuple[A | None, B | None, list[C]]:
    """Return two items as `read_together` does, and those of `others` that exist among `keys` (pk, sk), in one request.

    `others` are of another table, and are read eventually consistently, at half the price. All keys are at most 100. Raises as
    `read_together` does."""
    found = _read((a, b), [(others, *key) for key in keys])
    return found.pop(a, None), found.pop(b, None), list(found.values())


def _read(consistent: Sequence[Key], eventual: Sequence[Key] = ()) -> dict[Key, Any]:
    """Return the items that exist, by key. Both kinds of keys are of different tables."""
    keys = {(record.Meta.table_name, pk, sk): (record, pk, sk) for record, pk, sk in (*consistent, *eventual)}
    eventual_tables = {record.Meta.table_name for record, _, _ in eventual}
    tables: dict[str, dict[str, Any]] = {}
    for table, pk, sk in keys:
        wanted = tables.setdefault(table, {"ConsistentRead": table not in eventual_tables, "Keys": []})
        wanted["Keys"].append({"pk": {"S": pk}, "sk": {"S": sk}})
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for attempt in range(ATTEMPTS_MAX):
        response = connection().client._make_api_call("BatchGetItem", {"RequestItems": tables})
        for table, items in response["Responses"].items():
            found |= {(table, item["pk"]["S"], item["sk"]["S"]): item for item in items}
        tables = response.get("UnprocessedKeys", {})
        if not tables:
            break
        time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, not a secret
    else:
        raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "BatchGetItem")
    return {keys[place]: keys[place][0].from_raw_data(item) for place, item in found.items()}
