"""Lists of a side's orders: newest first, or the next deadline first, with filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pynamodb.expressions.condition import Condition

from chalicelib.core import clock
from chalicelib.store import Page, read_page
from chalicelib.tasks.model.next_actor import next_actor
from chalicelib.tasks.records.dispute_record import Side
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord

EXAMINED_MAX = 1_000
"""How many orders one request examines at most."""
_WITHOUT_ORDERS = ("draft", "in_review", "rejected")
_NEVER = "~"
Key = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which orders of a side are listed. `waiting`: those that wait for that side."""

    side: Side
    owner: str
    status: str | None = None
    task_id: str | None = None
    waiting: bool = False

    @property
    def takes_all(self) -> bool:
        """Whether every order of the side is listed."""
        return self.status is None and not self.waiting

    def has(self, order: OrderRecord) -> bool:
        return (
            self.status in (None, order.status)
            and self.task_id in (None, order.task_id)
            and (not self.waiting or next_actor(order) == self.side)
        )


def newest(wanted: Wanted, limit: int, after: Key | None, examined_max: int = EXAMINED_MAX) -> Page[OrderRecord]:
    """The orders, newest first; an advertiser's by task, the newest task first. At most `examined_max` are examined: the page may
    be short while the cursor goes on."""
    if wanted.side == "creator":
        return _newest_of_creator(wanted, limit, after, examined_max)
    found: list[OrderRecord] = []
    keys: list[Key] = []
    for examined, (key, order) in enumerate(_of_advertiser(wanted, after), 1):
        if wanted.has(order):
            if len(found) == limit:
                return Page(found, keys[-1], keys=keys)
            found.append(order)
            keys.append(key)
        if examined == examined_max:
            return Page(found, key, keys=keys)
    return Page(found, None, keys=keys)


def next_deadline(wanted: Wanted, limit: int, after: Key | None) -> Page[OrderRecord]:
    """Of the newest EXAMINED_MAX orders those that are wanted: the one whose state ends first at the head, those without a
    deadline last."""
    if wanted.side == "creator":
        chosen = _newest_of_creator(wanted, EXAMINED_MAX, None, EXAMINED_MAX).items
    else:
        chosen = [order for _, order in islice(_of_advertiser(wanted, None), EXAMINED_MAX) if wanted.has(order)]
    placed = sorted((_deadline(order), order.pk, order) for order in chosen)
    start = (str(after["deadline"]), str(after["pk"])) if after else ("", "")
    rest = [(place, pk, order) for place, pk, order in placed if (place, pk) > start]
    keys: list[Key] = [{"deadline": place, "pk": pk} for place, pk, _ in rest[:limit]]
    return Page([order for *_, order in rest[:limit]], keys[-1] if len(rest) > limit else None, keys=keys)


def _deadline(order: OrderRecord) -> str:
    return _NEVER if order.next_timer_at is None else clock.stamp(order.next_timer_at)


def _newest_of_creator(wanted: Wanted, limit: int, after: Key | None, examined_max: int) -> Page[OrderRecord]:
    chosen: Condition | None = OrderRecord.status == wanted.status if wanted.status else None
    if wanted.task_id:
        of_task = OrderRecord.task_id == wanted.task_id
        chosen = of_task if chosen is None else chosen & of_task
    return read_page(
        OrderRecord,
        wanted.owner,
        index="by_owner",
        limit=limit,
        after=after,
        where=chosen,
        keep=wanted.has,
        examined_max=examined_max,
    )


def _of_advertiser(wanted: Wanted, after: Key | None) -> Iterator[tuple[Key, OrderRecord]]:
    """`after` is `{"before": the key before the task, "order": the last order of it}`."""
    before, last = (after["before"], after["order"]) if after else (None, None)
    for place, task in _tasks(wanted, before):
        for order in _of_task(task.pk, last, 50 if wanted.takes_all else 200):
            yield {"before": place, "order": order.pk}, order
        last = None


def _tasks(wanted: Wanted, before: Key | None) -> Iterator[tuple[Key | None, TaskRecord]]:
    """The advertiser's tasks that can have orders, each with the key to begin at it again."""
    if wanted.task_id is not None:
        task = TaskRecord.find(wanted.task_id, "task")
        if task is not None and task.owner == wanted.owner:
            yield None, task
        return
    started = ~TaskRecord.status.is_in(*_WITHOUT_ORDERS)
    while True:
        page = read_page(TaskRecord, wanted.owner, index="by_owner", limit=20, after=before, where=started)
        yield from zip([before, *page.keys], page.items, strict=False)
        before = page.after
        if before is None:
            return


def _of_task(task_id: str, last: str | None, size: int) -> Iterator[OrderRecord]:
    """The orders of the task by id, those after `last`; `size` are read at once."""
    ids = OrderRecord.pk.between(last or "ord_", "ord_~")
    after: Key | None = None
    while True:
        page = read_page(
            OrderRecord, task_id, index="by_task", range_condition=ids, limit=size, after=after, newest_first=False
        )
        yield from (order for order in page.items if order.pk != last)
        after = page.after
        if after is None:
            return


def stuck_orders(limit: int, after: dict[str, Any] | None) -> Page[OrderRecord]:
    """The orders whose workflow failed for good, longest first."""
    return read_page(OrderRecord, "stuck", index="by_queue", limit=limit, after=after, newest_first=False)
