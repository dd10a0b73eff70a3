"""A creator accepts or declines an offer, or lets it lapse (rules 12, 13)."""

from __future__ import annotations

from chalicelib.core import clock
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.model.reason_codes import EndReason
from chalicelib.tasks.model.transition_write import Event, apply_event
from chalicelib.tasks.orders import counter_offers, reserves
from chalicelib.tasks.orders.acceptance_checks import calendar_for_taking, require_answerable
from chalicelib.tasks.records.order_record import OrderRecord, find_order, find_order_of_creator


def accept(order_id: str, creator_id: str) -> OrderRecord:
    """Accept the offer for its creator. A repetition changes nothing.

    Raises Problem `accept_by_passed` from accept_by on; `account_not_available` if the account was revoked or has another owner;
    `frequency_cap` if the order would break rule 13; `state_conflict` if the offer was answered otherwise."""

    def decide() -> OrderRecord:
        order = find_order_of_creator(order_id, creator_id)
        if order.answered == "accepted":
            return order
        require_answerable(order)
        calendar = calendar_for_taking(order)
        at = clock.now()
        changes = [OrderRecord.answered.set("accepted"), *counter_offers.close(order, "withdrawn")]
        event = Event("accepted", "creator", at, changes=changes)
        return apply_event(order, event, [post_calendar.promised(order, at, calendar)])

    return retry_on_conflict(decide)


def decline(order_id: str, creator_id: str, reason: EndReason) -> OrderRecord:
    """Decline the offer for its creator. In the same transaction its price is returned or goes to the next reserve account.

    A repetition changes nothing. Raises Problem `accept_by_passed`, `state_conflict` like `accept`."""

    def decide() -> OrderRecord:
        order = find_order_of_creator(order_id, creator_id)
        if order.answered == "declined":
            return order
        require_answerable(order)
        changes = [OrderRecord.answered.set("declined"), *counter_offers.close(order, "withdrawn")]
        event = Event("declined", "creator", clock.now(), note=reason["code"], reason=reason, changes=changes)
        return reserves.end_offer(order, event)

    return retry_on_conflict(decide)


def lapse(order_id: str) -> OrderRecord:
    """End an offer without an answer at accept_by: the price is returned or goes to the next reserve account.

    Before accept_by, or when the order is not offered, it does nothing."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        if order.status != "offered" or clock.now() < order.accept_by:
            return order
        event = Event("lapsed", "system", clock.now(), changes=counter_offers.close(order, "lapsed"))
        return reserves.end_offer(order, event)

    return retry_on_conflict(decide)
