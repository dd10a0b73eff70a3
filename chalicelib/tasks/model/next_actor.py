"""Which side of an order has to act next."""

from __future__ import annotations

from typing import Literal

from chalicelib.tasks.records.order_record import OrderRecord

Side = Literal["advertiser", "creator"]


def waits_for(order: OrderRecord) -> Side | None:
    """The side that the order waits for; None if it waits for neither, but for a moment, an auditor or nothing.

    An offer waits for the creator, or for the advertiser while a counter-offer is open. An accepted order waits for the advertiser
    while a draft is submitted, for an auditor while one is in review; otherwise for the creator, who writes the draft and
    publishes, unless the market publishes."""
    if order.status == "offered":
        return "advertiser" if (order.counter or {}).get("status") == "open" else "creator"
    if order.status != "accepted":
        return None
    draft = (order.draft or {}).get("status")
    if draft == "submitted":
        return "advertiser"
    if draft == "in_review":
        return None
    drafting = order.draft_approval and draft != "approved"
    return None if order.publishing == "platform" and not drafting and order.mend_by is None else "creator"
