"""A creator answers an offer (rules 12, 13)."""

from __future__ import annotations

from chalicelib.accounts.orderable_accounts import require_taking
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.model.lifecycle import EndReason
from chalicelib.tasks.model.transitions import move_order
from chalicelib.tasks.orders import order_payouts, reserves
from chalicelib.tasks.records.order_record import OrderRecord, find_order, find_order_of_creator


def accept(order_id: str, creator_id: str) -> OrderRecord:
    """The creator takes the order. The same answer again changes nothing.

    Raises Problem `accept_by_passed` from accept_by on; `account_not_available` if the account was revoked or has another owner;
    `frequency_cap` if rule 13 could not be kept; `state_conflict` if it was answered otherwise."""

    def decide() -> OrderRecord:
        order = find_order_of_creator(order_id, creator_id)
        if order.answered == "accepted":
            return order
        require_answerable(order)
        require_taking(order.account_id, creator_id, order.advertiser_id)
        at = clock.now()
        return move_order(
            order,
            "accepted",
            at=at,
            by="creator",
            changes=[OrderRecord.answered.set("accepted"), *order_payouts.counter_ended(order, "withdrawn")],
            actions=[post_calendar.promised(order, at)],
        )

    return retry_on_conflict(decide)


def decline(order_id: str, creator_id: str, reason: EndReason) -> OrderRecord:
    """The creator does not take the order: its price is returned in the same transaction, or goes to the next reserve account.
    The same answer again changes nothing. Raises Problem `accept_by_passed`, `state_conflict` like `accept`."""

    def decide() -> OrderRecord:
        order = find_order_of_creator(order_id, creator_id)
        if order.answered == "declined":
            return order
        require_answerable(order)
        changes = [OrderRecord.answered.set("declined"), *order_payouts.counter_ended(order, "withdrawn")]
        return reserves.free(order, "declined", by="creator", note=reason["code"], reason=reason, changes=changes)

    return retry_on_conflict(decide)


def lapse(order_id: str) -> OrderRecord:
    """The default of an offer that nobody answered by accept_by: lapsed; the price is returned, or goes to the next reserve
    account. Before accept_by, or when the order is not offered, nothing happens."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        if order.status != "offered" or clock.now() < order.accept_by:
            return order
        return reserves.free(order, "lapsed", by="system", changes=order_payouts.counter_ended(order, "lapsed"))

    return retry_on_conflict(decide)


def require_answerable(order: OrderRecord) -> None:
    """Raises Problem `accept_by_passed` or `state_conflict` unless the offer can be answered now."""
    if order.status == "lapsed" or (order.status == "offered" and clock.now() >= order.accept_by):
        raise Problem("accept_by_passed", f"The offer could be answered until {clock.rfc3339(order.accept_by)}.")
    if order.status != "offered":
        raise Problem("state_conflict", f"The order is {order.status}.", status_now=order.status)
