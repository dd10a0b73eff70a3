"""What an ended order showed of its account, for the grade and the advised price."""

from __future__ import annotations

from chalicelib.effect import benchmarks, costs
from chalicelib.grading import deeds
from chalicelib.grading.conduct import Deed
from chalicelib.tasks.records import OrderRecord, find_order


def keep(order_id: str) -> bool:
    """Keeps what the order showed once it has ended, and what it brought if it was paid for; False if it showed nothing of the
    creator, or that is kept already."""
    order = find_order(order_id)
    if order.forecast and order.payment == "paid":
        cell = benchmarks.cell(order.kind, order.forecast["grade"], order.forecast["category"])
        benchmarks.keep(cell, order.pk, order.updated_at, costs.of(int(order.price), order.snapshots))
    deed = deed_of(order)
    if deed is None:
        return False
    return deeds.keep(order.account_id, order.pk, order.kind, order.updated_at, deed)


def deed_of(order: OrderRecord) -> Deed | None:
    """What the order showed; None if it has not ended, or ended before the creator had to do anything.

    Being picked from an open call is no acceptance: whoever applies has not left an offer. Neither is a counter-offer that the
    advertiser let pass a refusal, nor does the creator answer for when the platform publishes. A post that never came was not
    kept."""
    if not order.ended:
        return None
    happened = {event["event"] for event in order.events}
    taken = happened & {"accepted", "counter_accepted"}
    left = "declined" in happened or ("lapsed" in happened and "countered" not in happened)
    published = "published" in happened
    settled = order.settled or {}
    in_full = order.status == "completed" and settled.get("returned") == 0
    deed = Deed(
        order.advertiser_id,
        accepted=True if taken else False if left else None,
        on_time=_either(published, "publication_missed" in happened) if order.publishing == "creator" else None,
        kept=_either("retained" in happened, bool(happened & {"post_lost", "publication_missed"})),
        lost="ruled_refund" in happened if published else None,
        paid=int(order.price) if in_full else None,
    )
    return None if deed == Deed(order.advertiser_id) else deed


def _either(so: bool, not_so: bool) -> bool | None:
    return True if so else False if not_so else None
