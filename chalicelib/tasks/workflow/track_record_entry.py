"""Save the track record of an ended order, for the grade and the advised price of its account."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.core.rules import rules
from chalicelib.grading import track_record_store
from chalicelib.grading.model.track_record_figures import TrackRecordEntry
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.workflow.stored_items import StoredItems

_listeners: list[Callable[[OrderRecord], object]] = []


def when_ended(listener: Callable[[OrderRecord], object]) -> None:
    """Register a listener for ended orders. It is called again when a stream record is delivered again."""
    if listener not in _listeners:
        _listeners.append(listener)


def save_track_record(order: OrderRecord, stored: StoredItems | None = None) -> bool:
    """Call every listener for the ended order and save its entry of the track record. `stored` are the items of its batch of stream
    records. Return False if the order says nothing about the creator, or if its entry is already saved."""
    account = None
    if order.published_at is not None:  # the listeners and the entry use the figures of the post
        account, order.looks = (stored or StoredItems(())).of_ended(order)
    for listener in _listeners:
        listener(order)
    entry = track_record_entry(order)
    if entry is None:
        return False
    return track_record_store.save(order.account_id, order.pk, order.kind, order.updated_at, entry, account)


def track_record_entry(order: OrderRecord) -> TrackRecordEntry | None:
    """Return the entry of the order; None if it has not ended, or ended before the creator had to do anything.

    An account that was picked from an open call had applied, so it did not accept an offer. A counter-offer that the advertiser did
    not answer is no refusal, and neither is an offer that lapsed after less than `answer_min` (rule 12). If the platform
    publishes, the creator is not late. A post that was never published counts as one that did not stay up."""
    if not order.ended:
        return None
    events = {line["event"] for line in order.events}
    accepted = events & {"accepted", "counter_accepted"}
    had_time = order.accept_by - order.created_at >= rules().answer_min
    declined = "declined" in events or ("lapsed" in events and "countered" not in events and had_time)
    published = "published" in events
    compared = next((shot for shot in reversed(order.snapshots) if shot.get("comments_read")), None)
    paid_in_full = order.status == "completed" and order.settled is not None and order.settled["returned"] == 0
    entry = TrackRecordEntry(
        order.advertiser_id,
        accepted=_either(bool(accepted), declined),
        on_time=_either(published, "publication_missed" in events) if order.publishing == "creator" else None,
        kept=_either("retained" in events, bool(events & {"post_lost", "publication_missed"})),
        lost="ruled_refund" in events if published else None,
        paid=int(order.price) if paid_in_full else None,
        comments_read=compared["comments_read"] if compared else None,
        comments_copied=compared["comments_copied"] if compared else None,
    )
    return None if entry == TrackRecordEntry(order.advertiser_id) else entry


def _either(yes: bool, no: bool) -> bool | None:
    return True if yes else False if no else None
