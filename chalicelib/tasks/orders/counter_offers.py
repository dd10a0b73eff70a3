"""Counter-offers: a creator answers an offer with another price, once, and the advertiser accepts or declines it.

The offer itself stays open."""

from __future__ import annotations

from typing import Literal

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.store import Refused
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.model.commission import split_price
from chalicelib.tasks.model.transition_write import Event, apply_event, task_change
from chalicelib.tasks.orders.acceptance_checks import calendar_for_taking, require_answerable
from chalicelib.tasks.records.order_record import OrderRecord, find_order_of_advertiser, find_order_of_creator
from chalicelib.tasks.records.stored_documents import CounterOffer
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.wallet import ledger, movements


def offer(order_id: str, creator_id: str, price: int, note: str | None) -> OrderRecord:
    """Make a counter-offer of `price` (minor units) for the creator. A repetition changes nothing.

    Raises InvalidBody for a price out of bounds or equal to the offered one; Problem `counter_used` for a second counter-offer,
    `accept_by_passed`, `state_conflict`."""
    highest, lowest = rules().price_max, rules().price_min

    def decide() -> OrderRecord:
        order = find_order_of_creator(order_id, creator_id)
        known = order.counter
        if known and known["status"] == "open" and known["price"] == price:
            return order
        require_answerable(order)
        if known:
            raise Problem("counter_used", "A creator makes one counter-offer; this one was made.")
        if not lowest <= price <= highest or price == order.price:
            raise InvalidBody(Fault("/price", "price", "Name another price, within the market's bounds for prices."))
        at = clock.now()
        counter: CounterOffer = {"price": price, "status": "open", "at": clock.stamp(at)}
        if note:
            counter["note"] = note
        amount = str(Money(price, rules().currency))
        changes = [OrderRecord.counter.set(counter)]
        return apply_event(order, Event("countered", "creator", at, note=amount, changes=changes))

    return retry_on_conflict(decide)


def accept(order_id: str, advertiser_id: str) -> OrderRecord:
    """Accept the order at the creator's price; the difference is held or returned in the same transaction.

    A repetition changes nothing. Raises Problem `counter_not_open`, `accept_by_passed`, `total_above_max`, `frequency_cap`,
    InsufficientFunds."""

    def decide() -> OrderRecord:
        order = find_order_of_advertiser(order_id, advertiser_id)
        if order.counter_status == "accepted":
            return order
        counter = _require_open(order)
        calendar = calendar_for_taking(order)
        at = clock.now()
        task = find_task(str(order.task_id))
        if task.status != "running":
            raise Problem("state_conflict", f"The task is {task.status}.", status_now=task.status)
        parts = split_price(int(counter["price"]), rules().commission_bps)
        raised = int(task.raised) + parts.price - int(order.price)
        if task.max_total is not None and task.total + raised > task.max_total:
            raise Problem("total_above_max", "With this price the task would cost more than max_total.")
        difference = movements.reprice(order.pk, task.pk, advertiser_id, int(order.price), parts.price)
        accepted: CounterOffer = {**counter, "status": "accepted"}
        changes = [
            OrderRecord.answered.set("accepted"),
            OrderRecord.counter.set(accepted),
            OrderRecord.price.set(parts.price),
            OrderRecord.commission.set(parts.commission),
        ]
        actions = [
            task_change(task, [TaskRecord.raised.set(raised)], at),
            post_calendar.promised(order, at, calendar),
            *ledger.actions(difference, at),
        ]
        try:
            return apply_event(order, Event("counter_accepted", "advertiser", at, changes=changes), actions)
        except Refused as refused:
            ledger.raise_if_insufficient(difference, refused)
            raise

    return retry_on_conflict(decide)


def decline(order_id: str, advertiser_id: str) -> OrderRecord:
    """Decline the creator's price; the offer stays open at its own price. A repetition changes nothing.

    Raises Problem `counter_not_open`, `accept_by_passed`."""

    def decide() -> OrderRecord:
        order = find_order_of_advertiser(order_id, advertiser_id)
        if order.counter_status == "declined":
            return order
        declined: CounterOffer = {**_require_open(order), "status": "declined"}
        changes = [OrderRecord.counter.set(declined)]
        return apply_event(order, Event("counter_declined", "advertiser", clock.now(), changes=changes))

    return retry_on_conflict(decide)


def close(order: OrderRecord, status: Literal["lapsed", "withdrawn"]) -> list[UpdateAction]:
    """Return the change that ends an open counter-offer together with its offer."""
    if order.counter is None or order.counter_status != "open":
        return []
    closed: CounterOffer = {**order.counter, "status": status}
    return [OrderRecord.counter.set(closed)]


def _require_open(order: OrderRecord) -> CounterOffer:
    """Return the open counter-offer. Raises Problem `counter_not_open`, `accept_by_passed`."""
    require_answerable(order)
    if order.counter is None or order.counter["status"] != "open":
        raise Problem("counter_not_open", "There is no counter-offer to answer.")
    return order.counter
