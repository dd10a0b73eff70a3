"""Consistent reads of several items, also of different tables, in one BatchGetItem."""

from __future__ import annotations

import random
import time
from typing import Any, TypeVar, overload

from botocore.exceptions import ClientError

from chalicelib.store.tables import Record, connection

A = TypeVar("A", bound=Record)
B = TypeVar("B", bound=Record)
C = TypeVar("C", bound=Record)

ATTEMPTS_MAX = 8


@overload
def read_together(a: tuple[type[A], str, str], b: tuple[type[B], str, str], /) -> tuple[A | None, B | None]: ...


@overload
def read_together(
    a: tuple[type[A], str, str], b: tuple[type[B], str, str], c: tuple[type[C], str, str], /
) -> tuple[A | None, B | None, C | None]: ...


def read_together(*keys: tuple[type[Record], str, str]) -> tuple[Record | None, ...]:
    """Return the items with these keys `(class, pk, sk)`, all different, in their order; None for each that does not exist.

    Each item is read consistently, but not all at one moment. Keys that DynamoDB leaves unread are read again with jittered
    back-off, at most ATTEMPTS_MAX times; then the ClientError of a throttled table is raised, as for a single read."""
    tables: dict[str, dict[str, Any]] = {}
    for record, pk, sk in keys:
        wanted = tables.setdefault(record.Meta.table_name, {"ConsistentRead": True, "Keys": []})
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
    raws = (found.get((record.Meta.table_name, pk, sk)) for record, pk, sk in keys)
    return tuple(
        None if raw is None else record.from_raw_data(raw) for (record, _, _), raw in zip(keys, raws, strict=True)
    )
