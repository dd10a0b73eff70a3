"""The lists of the orders of one side: newest first, or the next deadline first, with filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import and_

from pynamodb.expressions.condition import Condition

from chalicelib.store import Page, PageKey, read_page, read_queue
from chalicelib.tasks.model.lifecycle import PAYMENT, payments_of
from chalicelib.tasks.model.next_actor import next_actor
from chalicelib.tasks.model.transition_write import task_queues
from chalicelib.tasks.records.dispute_record import Side
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord

EXAMINED_MAX = 1_000
"""The number of orders that one request examines at most."""
_WITHOUT_ORDERS = task_queues("draft", "in_review", "rejected")
_NEVER = 1e12
"""After every deadline, in seconds since 1970."""


@dataclass(frozen=True)
class OrderFilter:
    """The orders of a side that are listed. `waiting`: those that wait for that side; `unsettled`: those that were offered and have
    not ended."""

    side: Side
    owner: str
    status: str | None = None
    task_id: str | None = None
    waiting: bool = False
    unsettled: bool = False

    @property
    def has_all(self) -> bool:
        """True if every order of the side is listed."""
        return self.status is None and not self.waiting and not self.unsettled

    def has(self, order: OrderRecord) -> bool:
        return (
            self.status in (None, order.status)
            and self.task_id in (None, order.task_id)
            and (not self.waiting or next_actor(order) == self.side)
            and (not self.unsettled or not order.ended)
        )


def newest(
    filter_: OrderFilter, limit: int, after: PageKey | None, examined_max: int = EXAMINED_MAX
) -> Page[OrderRecord]:
    """Return the orders, newest first; an advertiser's by task, the newest task first. At most `examined_max` are examined, so a
    page can be short although there is a next one."""
    if filter_.side == "creator":
        return _newest_of_creator(filter_, limit, after, examined_max)
    found: list[OrderRecord] = []
    keys: list[PageKey] = []
    for examined, (key, order) in enumerate(_of_advertiser(filter_, after), 1):
        if filter_.has(order):
            if len(found) == limit:
                return Page(found, keys[-1], keys=keys)
            found.append(order)
            keys.append(key)
        if examined == examined_max:
            return Page(found, key, keys=keys)
    return Page(found, None, keys=keys)


def by_deadline(
    filter_: OrderFilter, limit: int, after: PageKey | None, *, last_first: bool = False
) -> Page[OrderRecord]:
    """Return the matching orders of the newest EXAMINED_MAX: the one with the next deadline at the head (or the one with the last),
    those without a deadline at the end."""
    if filter_.side == "creator":
        chosen = _newest_of_creator(filter_, EXAMINED_MAX, None, EXAMINED_MAX).items
    else:
        chosen = [order for _, order in islice(_of_advertiser(filter_, None), EXAMINED_MAX) if filter_.has(order)]
    placed = sorted(((_place(order, last_first), order.pk), order) for order in chosen)
    start = (float(after["place"]), str(after["pk"])) if after else None
    rest = [(place, order) for place, order in placed if start is None or place > start]
    keys: list[PageKey] = [{"place": place, "pk": pk} for (place, pk), _ in rest[:limit]]
    return Page([order for _, order in rest[:limit]], keys[-1] if len(rest) > limit else None, keys=keys)


def _place(order: OrderRecord, last_first: bool) -> float:
    """Return the place of the order's deadline in the list: seconds since 1970, or before 1970."""
    if order.next_timer_at is None:
        return _NEVER
    seconds = order.next_timer_at.timestamp()
    return -seconds if last_first else seconds


def _newest_of_creator(filter_: OrderFilter, limit: int, after: PageKey | None, examined_max: int) -> Page[OrderRecord]:
    conditions: list[Condition] = []
    if filter_.status:  # the index has only the payment; `filter_.has` compares the status
        conditions.append(OrderRecord.payment.is_in(*payments_of(filter_.status)))
    elif filter_.waiting or filter_.unsettled:
        conditions.append(OrderRecord.payment == PAYMENT.first)
    if filter_.task_id:
        conditions.append(OrderRecord.task_id == filter_.task_id)
    return read_page(
        OrderRecord,
        filter_.owner,
        index="items_of_owner",
        limit=limit,
        after=after,
        where=reduce(and_, conditions) if conditions else None,
        only_if=filter_.has,
        examined_max=examined_max,
    )


def _of_advertiser(filter_: OrderFilter, after: PageKey | None) -> Iterator[tuple[PageKey, OrderRecord]]:
    """Yield the orders of the advertiser with their keys. A key is `{"before": the key before the task, "order": the last
    order}`."""
    before, last = (after["before"], after["order"]) if after else (None, None)
    for place, task in _tasks(filter_, before):
        for order in _of_task(task.pk, last, 50 if filter_.has_all else 200):
            yield {"before": place, "order": order.pk}, order
        last = None


def _tasks(filter_: OrderFilter, before: PageKey | None) -> Iterator[tuple[PageKey | None, TaskRecord]]:
    """Yield the advertiser's tasks that can have orders, each with the key before it."""
    if filter_.task_id is not None:
        task = TaskRecord.find(filter_.task_id, "task")
        if task is not None and task.owner == filter_.owner:
            yield None, task
        return
    started = ~TaskRecord.queue.is_in(*_WITHOUT_ORDERS)
    while True:
        page = read_page(TaskRecord, filter_.owner, index="items_of_owner", limit=20, after=before, where=started)
        yield from zip([before, *page.keys], page.items, strict=False)
        before = page.after
        if before is None:
            return


def _of_task(task_id: str, last: str | None, size: int) -> Iterator[OrderRecord]:
    """Yield the orders of the task after `last`, by id; `size` are read at once."""
    ids = OrderRecord.pk.between(last or "ord_", "ord_~")
    after: PageKey | None = None
    while True:
        page = read_page(
            OrderRecord,
            task_id,
            index="items_of_task",
            range_condition=ids,
            limit=size,
            after=after,
            newest_first=False,
        )
        yield from (order for order in page.items if order.pk != last)
        after = page.after
        if after is None:
            return


def stuck_orders(limit: int, after: PageKey | None) -> Page[OrderRecord]:
    """Return the orders whose workflow is stuck, the oldest first."""
    return read_queue(OrderRecord, "stuck", index="in_queue", limit=limit, after=after)
