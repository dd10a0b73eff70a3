"""The conditions under which an offer can be answered, and an offer or a counter-offer accepted."""

from __future__ import annotations

from chalicelib.accounts.orderable_accounts import PartyRecord, require_taking
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.store.batch_reads import read_together
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.frequency.post_calendar import CALENDAR, CalendarRecord
from chalicelib.tasks.records.order_record import OrderRecord


def calendar_for_taking(order: OrderRecord) -> CalendarRecord:
    """Return the calendar of the order's account. Account, advertiser and calendar are read together, because every acceptance
    needs all three.

    Raises Problem as `require_taking` does if the offer can no longer be accepted."""
    account, advertiser, calendar = read_together(
        (PartyRecord, order.account_id, "account"),
        (PartyRecord, order.advertiser_id, "advertiser"),
        (CalendarRecord, order.account_id, CALENDAR),
    )
    require_taking(account, str(order.owner), advertiser)
    return calendar or post_calendar.empty(order.account_id)


def require_answerable(order: OrderRecord) -> None:
    """Raise Problem `accept_by_passed` or `state_conflict` unless the offer can be answered now."""
    if order.status == "lapsed" or (order.status == "offered" and clock.now() >= order.accept_by):
        raise Problem("accept_by_passed", f"The offer could be answered until {clock.rfc3339(order.accept_by)}.")
    if order.status != "offered":
        raise Problem("state_conflict", f"The order is {order.status}.", status_now=order.status)
