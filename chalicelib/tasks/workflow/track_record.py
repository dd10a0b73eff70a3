"""What an ended order showed of its account, for the grade and the advised price."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.core.rules import rules
from chalicelib.grading import saved_track_records
from chalicelib.grading.model.track_record import TrackRecordEntry
from chalicelib.tasks.records.order_record import OrderRecord, find_order

_listeners: list[Callable[[OrderRecord], object]] = []


def when_ended(listener: Callable[[OrderRecord], object]) -> None:
    """Register what else is done with an order that has ended; it is called again when a stream record is delivered again."""
    if listener not in _listeners:
        _listeners.append(listener)


def keep(order_id: str) -> bool:
    """Save what the order showed once it has ended, after every listener had it; False if it showed nothing of the creator, or that
    is saved already."""
    order = find_order(order_id)
    for listener in _listeners:
        listener(order)
    entry = track_record_entry(order)
    if entry is None:
        return False
    return saved_track_records.save(order.account_id, order.pk, order.kind, order.updated_at, entry)


def track_record_entry(order: OrderRecord) -> TrackRecordEntry | None:
    """What the order showed; None if it has not ended, or ended before the creator had to do anything.

    An account that was picked from an open call has not accepted an offer: it had applied. A counter-offer that the advertiser did
    not answer is no refusal, and neither is an offer that lapsed after less than `answer_min` (rule 12). When the platform
    publishes, the creator is not late. A post that never came was not kept."""
    if not order.ended:
        return None
    happened = {event["event"] for event in order.events}
    taken = happened & {"accepted", "counter_accepted"}
    answerable = order.accept_by - order.created_at >= rules().answer_min
    left = "declined" in happened or ("lapsed" in happened and "countered" not in happened and answerable)
    published = "published" in happened
    settled = order.settled or {}
    in_full = order.status == "completed" and settled.get("returned") == 0
    entry = TrackRecordEntry(
        order.advertiser_id,
        accepted=True if taken else False if left else None,
        on_time=_either(published, "publication_missed" in happened) if order.publishing == "creator" else None,
        kept=_either("retained" in happened, bool(happened & {"post_lost", "publication_missed"})),
        lost="ruled_refund" in happened if published else None,
        paid=int(order.price) if in_full else None,
    )
    return None if entry == TrackRecordEntry(order.advertiser_id) else entry


def _either(so: bool, not_so: bool) -> bool | None:
    return True if so else False if not_so else None
