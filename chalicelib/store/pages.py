"""Reading an index or a partition page by page, with a bound on the work of one call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pynamodb.expressions.condition import Condition

from chalicelib.store.tables import Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Up to `limit` items, and the key to go on after (`None`: there is no more)."""

    items: list[T]
    after: dict[str, Any] | None


def read_page(
    record: type[R],
    hash_key: str,
    *,
    limit: int,
    index: str | None = None,
    range_condition: Condition | None = None,
    where: Condition | None = None,
    keep: Callable[[R], bool] = lambda _: True,
    after: dict[str, Any] | None = None,
    newest_first: bool = True,
    consistent: bool = False,
    examined_max: int = 2_000,
) -> Page[R]:
    """One page of a query. `where` filters in DynamoDB, `keep` here; both after reading, so at most `examined_max` items
    are examined per call and a page may then be short while `after` says that there is more."""
    results = record.query(
        hash_key,
        range_key_condition=range_condition,
        filter_condition=where,
        index_name=index,
        consistent_read=consistent,
        scan_index_forward=not newest_first,
        last_evaluated_key=after,
        page_size=max(limit + 1, 100) if where is not None else limit + 1,
    )
    pages = results.page_iter
    items: list[R] = []
    after_full: dict[str, Any] | None = None
    for page in pages:
        for raw in page["Items"]:
            item = record.from_raw_data(raw)
            if not keep(item):
                continue
            if len(items) == limit:
                return Page(items, after_full)
            items.append(item)
            if len(items) == limit:
                after_full = {name: raw[name] for name in pages.key_names}
        if pages.last_evaluated_key and pages.total_scanned_count >= examined_max:
            return Page(items, after_full or pages.last_evaluated_key)
        if where is not None:
            examined = pages.total_scanned_count
            pages.page_size = min(examined_max - examined, _next_size(limit + 1 - len(items), len(items), examined))
    return Page(items, None)


def _next_size(missing: int, found: int, examined: int) -> int:
    """How many items to examine next: twice what it takes at the rate so far, within 100 and 1,000."""
    return min(1_000, max(100, 2 * missing * examined // found)) if found else 1_000
