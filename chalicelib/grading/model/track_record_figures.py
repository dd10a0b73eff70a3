"""The track record of an account: the figures of the evidence that its ended orders give. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple, TypedDict, cast

from chalicelib.grading.model.advised_price import paid_ratio

COUNTED_FOR = timedelta(days=90)
"""The time that an order counts after its end."""
COUNTED_PER_ADVERTISER = 3
"""The number of orders that count per advertiser, so that fifty orders from a friend count as three."""
COMPARED_MIN = 20
"""Fewer comments of the posts of orders are not evidence of copies, as in chalicelib.social.copied_comments."""


class TrackRecordEntry(NamedTuple):
    """The result of one order. A member is None if the order says nothing about it.

    accepted  the creator accepted the offer (False: declined it or let it lapse)
    on_time   the post was published within the window
    kept      the post was published and stayed up for the whole retention
    lost      an auditor ruled a dispute against the creator
    paid      the price in fen, if it was paid in full
    advised   the model's mid price in fen when the order ended
    comments_read, comments_copied  the comments of the post that were compared at its last check, and those that repeat another
    """

    advertiser_id: str
    accepted: bool | None = None
    on_time: bool | None = None
    kept: bool | None = None
    lost: bool | None = None
    paid: int | None = None
    advised: int | None = None
    comments_read: int | None = None
    comments_copied: int | None = None


class TrackRecordFigures(TypedDict, total=False):
    """The members of Evidence that orders show; unknown ones are missing."""

    orders_90d: int
    acceptance_rate: float
    on_time_share: float
    kept_share: float
    disputes_lost_share: float
    copied_comments_share: float
    paid_bps: int
    paid_advertisers: int
    paid_orders: int


def track_record_figures(entries: Iterable[TrackRecordEntry]) -> TrackRecordFigures:
    """Return members of Evidence computed from these entries, newest first, of the last COUNTED_FOR; without unknown figures.

    Shares have four decimals and cover the newest COUNTED_PER_ADVERTISER orders of each advertiser, which `orders_90d` counts."""
    entries = list(entries)
    if not entries:
        return {}
    counted = list(_newest_per_advertiser(entries))
    shares = {
        "acceptance_rate": _share(entry.accepted for entry in counted),
        "on_time_share": _share(entry.on_time for entry in counted),
        "kept_share": _share(entry.kept for entry in counted),
        "disputes_lost_share": _share(entry.lost for entry in counted),
    }
    known = {name: share for name, share in shares.items() if share is not None}
    figures = cast("TrackRecordFigures", {"orders_90d": len(counted), **known})
    read = sum(entry.comments_read or 0 for entry in counted)
    if read >= COMPARED_MIN:
        figures["copied_comments_share"] = round(sum(entry.comments_copied or 0 for entry in counted) / read, 4)
    paid = paid_ratio((one.advertiser_id, one.paid, one.advised) for one in entries if one.paid and one.advised)
    if paid.orders:
        figures |= {"paid_bps": paid.ratio_bps, "paid_advertisers": paid.advertisers, "paid_orders": paid.orders}
    return figures


def _newest_per_advertiser(entries: Iterable[TrackRecordEntry]) -> Iterator[TrackRecordEntry]:
    counts: Counter[str] = Counter()
    for entry in entries:
        counts[entry.advertiser_id] += 1
        if counts[entry.advertiser_id] <= COUNTED_PER_ADVERTISER:
            yield entry


def _share(values: Iterable[bool | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 4) if known else None
