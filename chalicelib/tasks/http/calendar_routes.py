"""HTTP routes of the calendar of an account: its promised posts, and whether an offer fits (rule 13)."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.accounts.records import get_owned_account
from chalicelib.api import ApiRequest, Listed, Paging, route
from chalicelib.core import clock
from chalicelib.core.response_types import Moment, TypedDict
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.frequency.frequency_cap import Slot
from chalicelib.tasks.http.response_parts import TimeWindow
from chalicelib.tasks.records.order_record import find_order_of_creator

blueprint = Blueprint(__name__)


class CalendarPost(TypedDict):
    """A paid post of an account: promised for `window`, or published at `published_at` in the last 24 hours."""

    order_id: str
    window: TimeWindow
    published_at: Moment | None


class OfferFit(TypedDict):
    """True if rule 13 allows the account this order too; if not, the earliest start of a window of the same length that
    fits."""

    order_id: str
    fits: bool
    next_free_at: Moment | None


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/calendar",
    roles=("creator",),
    query=Paging,
    response=Listed[CalendarPost],
    client="accounts.calendar",
)
def account_calendar(request: ApiRequest[None, Paging], account_id: str) -> Listed[CalendarPost]:
    """List the account's promised posts and those of the last 24 hours, the first first; for the owner."""
    account = get_owned_account(account_id, request.caller.creator_id)
    return request.slice_response(post_calendar.posts_of(account.pk, clock.now()), _post)


@route(
    blueprint,
    "GET",
    "/v1/orders/{order_id}/fit",
    roles=("creator",),
    response=OfferFit,
    client="orders.fit",
)
def offer_fit(request: ApiRequest, order_id: str) -> OfferFit:
    """Return whether the frequency cap has a place for this order, and otherwise the next free time; for its creator."""
    order = find_order_of_creator(order_id, request.caller.creator_id)
    free_at = post_calendar.conflict(order, clock.now())
    return {"order_id": order.pk, "fits": free_at is None, "next_free_at": free_at}


def _post(found: tuple[str, Slot]) -> CalendarPost:
    order_id, slot = found
    return {
        "order_id": order_id,
        "window": {"start_at": slot.start_at, "end_at": slot.end_at},
        "published_at": slot.published_at,
    }
