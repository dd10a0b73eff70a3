"""A creator answers an offer with another price, once; the advertiser accepts or declines it. The offer itself stays open."""

from __future__ import annotations

from typing import Any

from chalicelib.accounts.orderable_accounts import require_taking
from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.store import Refused, update
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.model.commission import split_price
from chalicelib.tasks.model.transitions import commit, move_order, order_moved
from chalicelib.tasks.orders.offer_responses import require_answerable
from chalicelib.tasks.records.order_record import (
    OrderRecord,
    find_order,
    find_order_of_advertiser,
    find_order_of_creator,
)
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.wallet import ledger, movements


def offer(order_id: str, creator_id: str, price: int, note: str | None) -> OrderRecord:
    """The creator would take the order for `price` (minor units). The same again changes nothing.

    Raises InvalidBody for a price out of bounds or equal to the offered one; Problem `counter_used` for a second counter-offer,
    `accept_by_passed`, `state_conflict`."""
    most, least = rules().price_max, rules().price_min

    def decide() -> OrderRecord:
        order = find_order_of_creator(order_id, creator_id)
        known = order.counter or {}
        if known.get("status") == "open" and known["price"] == price:
            return order
        require_answerable(order)
        if known:
            raise Problem("counter_used", "A creator makes one counter-offer; this one was made.")
        if not least <= price <= most or price == order.price:
            raise InvalidBody(Fault("/price", "price", "Name another price, within the market's bounds for prices."))
        counter = {"price": price, "status": "open", "at": clock.stamp(clock.now()), **({"note": note} if note else {})}
        said = str(Money(price, rules().currency))
        changes = [OrderRecord.counter.set(counter)]
        return move_order(order, "countered", at=clock.now(), by="creator", note=said, changes=changes)

    return retry_on_conflict(decide)


def accept(order_id: str, advertiser_id: str) -> OrderRecord:
    """The advertiser takes the creator's price: the order is accepted at it, and the difference is held or returned in the
    same transaction. The same again changes nothing.

    Raises Problem `counter_not_open`, `accept_by_passed`, `total_above_max`, `frequency_cap`, InsufficientFunds."""

    def decide() -> OrderRecord:
        order = find_order_of_advertiser(order_id, advertiser_id)
        counter: dict[str, Any] = order.counter or {}
        if counter.get("status") == "accepted":
            return order
        _require_open(order)
        require_taking(order.account_id, str(order.owner), advertiser_id)
        at = clock.now()
        task = find_task(str(order.task_id))
        if task.status != "running":
            raise Problem("state_conflict", f"The task is {task.status}.", status_now=task.status)
        agreed = int(counter["price"])
        raised = int(task.raised) + agreed - int(order.price)
        if task.max_total is not None and task.total + raised > task.max_total:
            raise Problem("total_above_max", "With this price the task would cost more than max_total.")
        money = movements.reprice(order.pk, task.pk, advertiser_id, int(order.price), agreed)
        parts = split_price(agreed, rules().commission_bps)
        moved = order_moved(
            order,
            "counter_accepted",
            at=at,
            by="advertiser",
            changes=[
                OrderRecord.answered.set("accepted"),
                OrderRecord.counter.set({**counter, "status": "accepted"}),
                OrderRecord.price.set(parts.price),
                OrderRecord.commission.set(parts.commission),
            ],
        )
        counted = [
            TaskRecord.raised.set(raised),
            TaskRecord.revision.set(int(task.revision) + 1),
            TaskRecord.updated_at.set(at),
        ]
        try:
            commit(
                [
                    *moved,
                    update("task", task, counted, task.as_read),
                    post_calendar.promised(order, at),
                    *ledger.actions(money, at),
                ]
            )
        except Refused as refused:
            ledger.raise_if_insufficient(money, refused)
            raise
        return find_order(order.pk)

    return retry_on_conflict(decide)


def decline(order_id: str, advertiser_id: str) -> OrderRecord:
    """The advertiser does not take the creator's price; the offer stays open at its own. The same again changes nothing.

    Raises Problem `counter_not_open`, `accept_by_passed`."""

    def decide() -> OrderRecord:
        order = find_order_of_advertiser(order_id, advertiser_id)
        counter: dict[str, Any] = order.counter or {}
        if counter.get("status") == "declined":
            return order
        _require_open(order)
        changes = [OrderRecord.counter.set({**counter, "status": "declined"})]
        return move_order(order, "counter_declined", at=clock.now(), by="advertiser", changes=changes)

    return retry_on_conflict(decide)


def _require_open(order: OrderRecord) -> None:
    require_answerable(order)
    if (order.counter or {}).get("status") != "open":
        raise Problem("counter_not_open", "There is no counter-offer to answer.")
