"""The side of an order that has to act next."""

from __future__ import annotations

from chalicelib.tasks.records.dispute_record import Side
from chalicelib.tasks.records.order_record import OrderRecord


def next_actor(order: OrderRecord) -> Side | None:
    """Return the side that the order waits for; None if it waits for a moment or an auditor, or has ended.

    An offer waits for the creator, or for the advertiser while a counter-offer is open. An accepted order waits for the advertiser
    while a draft is submitted, for an auditor while one is in review, and otherwise for the creator, who writes the draft and
    publishes, unless the market publishes."""
    if order.status == "offered":
        return "advertiser" if order.counter_status == "open" else "creator"
    if order.status != "accepted" or order.draft_status == "in_review":
        return None
    if order.draft_status == "submitted":
        return "advertiser"
    needs_draft = order.draft_approval and order.draft_status != "approved"
    return None if order.publishing == "platform" and not needs_draft and order.mend_by is None else "creator"
