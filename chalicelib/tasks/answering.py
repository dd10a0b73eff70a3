"""A creator answers an offer (rule 12)."""

from __future__ import annotations

from datetime import datetime

from chalicelib import clock
from chalicelib.errors import Problem, not_found
from chalicelib.store import Action
from chalicelib.tasks.records import OrderRecord, find_order
from chalicelib.tasks.transitions import Overtaken, move_order
from chalicelib.wallet import ledger, movements


def find_offered(order_id: str, creator_id: str) -> OrderRecord:
    """The order of this creator. Raises Problem `not_found` also if it is another's."""
    order = find_order(order_id)
    if order.owner != creator_id:
        raise not_found("order")
    return order


def accept(order_id: str, creator_id: str) -> OrderRecord:
    """The creator takes the order. The same answer again changes nothing.

    Raises Problem `accept_by_passed` from accept_by on; `state_conflict` if it was answered otherwise."""
    return _answer(order_id, creator_id, "accepted", None)


def decline(order_id: str, creator_id: str, reason: dict[str, str]) -> OrderRecord:
    """The creator does not take the order: its price is returned in the same transaction. Otherwise like `accept`."""
    return _answer(order_id, creator_id, "declined", reason)


def lapse(order_id: str) -> OrderRecord:
    """The default of an offer that nobody answered by accept_by: lapsed, the price is returned. Before accept_by, or
    when the order is not offered, nothing happens."""
    order = find_order(order_id)
    at = clock.now()
    if order.status != "offered" or at < order.accept_by:
        return order
    try:
        return move_order(order, "lapsed", at=at, by="system", actions=returned(order, at))
    except Overtaken:
        return find_order(order_id)


def returned(order: OrderRecord, at: datetime) -> list[Action]:
    """The movement that gives the order's price back to the advertiser, for the transaction that ends the order."""
    back = movements.return_order(order.pk, str(order.task_id), order.advertiser_id, int(order.price))
    return ledger.actions(back, at)


def _answer(order_id: str, creator_id: str, answer: str, reason: dict[str, str] | None) -> OrderRecord:
    order = find_offered(order_id, creator_id)
    at = clock.now()
    if order.answered == answer:
        return order
    if order.status == "lapsed" or (order.status == "offered" and at >= order.accept_by):
        raise Problem("accept_by_passed", f"The offer could be answered until {clock.rfc3339(order.accept_by)}.")
    if order.status != "offered":
        raise Problem("state_conflict", f"The order is {order.status}.", status_now=order.status)
    changes = [OrderRecord.answered.set(answer)]
    if reason:
        changes.append(OrderRecord.reason.set(reason))
    try:
        return move_order(
            order,
            answer,
            at=at,
            by="creator",
            note=reason["code"] if reason else None,
            changes=changes,
            actions=returned(order, at) if answer == "declined" else (),
        )
    except Overtaken:
        return _answer(order_id, creator_id, answer, reason)
