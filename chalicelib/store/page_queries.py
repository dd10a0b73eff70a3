"""Queries of an index or a partition page by page, with a limit to the reads of one request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pynamodb.expressions.condition import Condition

from chalicelib.core.errors import Problem
from chalicelib.store.tables import Record

PageKey = dict[str, Any]
"""The key after which a page begins: DynamoDB's key of an item, or the keys of nested lists. Cursors are made of it."""
R = TypeVar("R", bound=Record)
T = TypeVar("T")

PARTIAL = frozenset({"items_of_task", "items_of_owner", "in_queue"})
"""The indexes that have only some attributes of their items."""

READS_MAX = 24
"""The most pages of DynamoDB, each of at most 1 MB, that one request reads."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Up to `limit` items, and the key after which the next page begins (None: this is the last page).

    `keys` has such a key for each item, so that a response that grows too large can end after any of them."""

    items: list[T]
    after: PageKey | None
    keys: Sequence[PageKey] = field(default=(), kw_only=True, compare=False)

    def can_end_after(self, count: int) -> bool:
        """Return True if the page can end after `count` of its items."""
        return 0 < count <= min(len(self.items), len(self.keys))

    def first(self, count: int) -> Page[T]:
        """Return the page that ends after `count` of its items."""
        return Page(self.items[:count], self.keys[count - 1], keys=self.keys[:count])


def read_page(
    record: type[R],
    hash_key: str,
    *,
    limit: int,
    index: str | None = None,
    range_condition: Condition | None = None,
    where: Condition | None = None,
    only_if: Callable[[R], bool] = lambda _: True,
    after: PageKey | None = None,
    newest_first: bool = True,
    consistent: bool = False,
    examined_max: int = 2_000,
) -> Page[R]:
    """Return a page of a query.

    An index that has only some attributes (PARTIAL) yields whole items, read by their keys in a second request.
    `where` filters in DynamoDB, `only_if` in this process; both after reading. At most `examined_max` items and READS_MAX pages of
    DynamoDB are read: the page may be short although `after` is set. The same happens without `where` if the first items fill a
    page of DynamoDB (1 MB)."""
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
    keys: list[PageKey] = []
    reads = 0
    for page in pages:
        reads += 1
        raws: list[dict[str, Any]] = page["Items"]
        for raw, item in _whole(record, raws, limit + 1, consistent) if index in PARTIAL else _read(record, raws):
            if not only_if(item):
                continue
            if len(items) == limit:
                return Page(items, keys[-1], keys=keys)
            items.append(item)
            keys.append({name: raw[name] for name in pages.key_names})
        large = bool(items) and where is None and len(page["Items"]) <= limit
        if pages.last_evaluated_key and (large or reads >= READS_MAX or pages.total_scanned_count >= examined_max):
            return Page(items, keys[-1] if len(items) == limit else pages.last_evaluated_key, keys=keys)
        if where is not None:
            examined = pages.total_scanned_count
            pages.page_size = min(examined_max - examined, _next_size(limit + 1 - len(items), len(items), examined))
    return Page(items, None, keys=keys)


def read_merged(
    record: type[R],
    hash_keys: Sequence[str],
    *,
    limit: int,
    before: Callable[[str | None], Condition],
    after: PageKey | None = None,
    where: Condition | None = None,
    examined_max: int = 2_000,
) -> Page[R]:
    """Return a page of several partitions as one list in descending order of the sort keys; an item with the sort key of another is
    left out.

    `before` returns the condition of the range below a sort key, or of the whole range. `where` filters after reading: at most
    `examined_max` items of each partition are read, so a page can be short although there is a next one."""
    range_condition = before(str(after["sk"]) if after else None)
    pages = [
        read_page(record, key, limit=limit, range_condition=range_condition, where=where, examined_max=examined_max)
        for key in hash_keys
    ]
    read_to = max((page.after["sk"]["S"] for page in pages if page.after), default="")
    found = {str(item.sk): item for page in pages for item in page.items if item.sk >= read_to}
    newest = [found[key] for key in sorted(found, reverse=True)]
    keys = [{"sk": str(item.sk)} for item in newest[:limit]]
    if len(newest) > limit:
        return Page(newest[:limit], keys[-1], keys=keys)
    return Page(newest, {"sk": read_to} if read_to else None, keys=keys)


def range_keys(most: int, record: type[R], hash_key: str, *, index: str, name: str) -> list[str]:
    """Return the first range keys of an index with this key, in ascending order, at most `most`, and read no more
    than these; `name` is their attribute."""
    results = record.query(
        hash_key, index_name=index, attributes_to_get=[name], scan_index_forward=True, limit=most, page_size=most
    )
    return [str(raw[name]["S"]) for page in results.page_iter for raw in page["Items"]][:most]


def _read(record: type[R], raws: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], R]]:
    return ((raw, record.from_raw_data(raw)) for raw in raws)


def _whole(
    record: type[R], raws: list[dict[str, Any]], size: int, consistent: bool
) -> Iterator[tuple[dict[str, Any], R]]:
    """Yield the index's items with the whole items of the table; one that was deleted meanwhile is left out. The first `size` are
    read at once, which is usually enough for the page, and then 100."""
    rest = raws
    while rest:
        part, rest = rest[:size], rest[size:]
        keys = [(raw["pk"]["S"], raw["sk"]["S"]) for raw in part]
        found = {(item.pk, item.sk): item for item in record.batch_get(keys, consistent_read=consistent)}
        yield from ((raw, found[key]) for raw, key in zip(part, keys, strict=True) if key in found)
        size = max(size, 100)


def read_queue(
    record: type[R],
    queue: str,
    *,
    index: str = "by_queue",
    limit: int,
    after: PageKey | None,
    where: Condition | None = None,
    only_if: Callable[[R], bool] = lambda _: True,
    newest_first: bool = False,
) -> Page[R]:
    """Return a page of a queue, a partition of this index, by time. An item that has left the queue since the index was written is
    left out. `where` and `only_if` filter as in `read_page`."""

    def waits(item: Any) -> bool:
        return item.queue == queue and only_if(item)

    return read_page(
        record, queue, index=index, limit=limit, after=after, where=where, only_if=waits, newest_first=newest_first
    )


def read_queues(
    record: type[R], queues: Sequence[str], limit: int, after: PageKey | None, *, index: str = "by_queue"
) -> Page[R]:
    """Return a page of several queues (partitions of this index), one after the other, each by time, oldest first.

    Raises Problem `cursor_invalid` for the cursor of another list."""
    begin = (after or {}).get("queue", {}).get("S", queues[0])
    if begin not in queues:
        raise Problem("cursor_invalid", "The cursor does not belong to this list.")
    items: list[R] = []
    keys: list[PageKey] = []
    for queue in queues[queues.index(begin) :]:
        start = after if after and after.get("queue", {}).get("S") == queue and "pk" in after else None
        page = read_queue(record, queue, index=index, limit=limit - len(items), after=start)
        items += page.items
        keys += page.keys
        if page.after is not None:
            return Page(items, page.after, keys=keys)
        if len(items) == limit and queue != queues[-1]:
            return Page(items, {"queue": {"S": queues[queues.index(queue) + 1]}}, keys=keys)
    return Page(items, None, keys=keys)


def _next_size(missing: int, found: int, examined: int) -> int:
    """Return the number of items to read next: twice the need at the present rate, from 100 to 1,000."""
    return min(1_000, max(100, 2 * missing * examined // found)) if found else 1_000
