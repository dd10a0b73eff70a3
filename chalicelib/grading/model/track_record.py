"""What the orders of an account say of it: how it keeps its word, and what is paid for it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from chalicelib.grading.model.price import paid_ratio

LASTS = timedelta(days=90)
"""So long an order counts after its end."""
EACH = 3
"""So many orders of one advertiser count for the record: a friend's fifty are three."""


class Deed(NamedTuple):
    """What one order showed; None where it showed nothing. `accepted`: the creator took or left the offer; `on_time`: published
    within the window; `kept`: the post came and stood its retention; `lost`: an auditor took the pay away. `paid` and `advised`
    are what was paid in full, and the model's mid price then, in fen."""

    advertiser_id: str
    accepted: bool | None = None
    on_time: bool | None = None
    kept: bool | None = None
    lost: bool | None = None
    paid: int | None = None
    advised: int | None = None


def conduct(deeds: Iterable[Deed]) -> dict[str, Any]:
    """The evidence (members of Evidence) that these deeds of LASTS, newest first, are; only what they show. Shares to four places,
    over the newest EACH of every advertiser, which are also what `orders_90d` counts."""
    deeds = list(deeds)
    if not deeds:
        return {}
    counted = list(_newest_of_each(deeds))
    shares = {
        "acceptance_rate": _share(deed.accepted for deed in counted),
        "on_time_share": _share(deed.on_time for deed in counted),
        "kept_share": _share(deed.kept for deed in counted),
        "disputes_lost_share": _share(deed.lost for deed in counted),
    }
    found: dict[str, Any] = {"orders_90d": len(counted)}
    found |= {name: share for name, share in shares.items() if share is not None}
    paid = paid_ratio((deed.advertiser_id, deed.paid, deed.advised) for deed in deeds if deed.paid and deed.advised)
    if paid.orders:
        found |= {"paid_bps": paid.ratio_bps, "paid_advertisers": paid.advertisers, "paid_orders": paid.orders}
    return found


def _newest_of_each(deeds: Iterable[Deed]) -> Iterator[Deed]:
    seen: Counter[str] = Counter()
    for deed in deeds:
        seen[deed.advertiser_id] += 1
        if seen[deed.advertiser_id] <= EACH:
            yield deed


def _share(answers: Iterable[bool | None]) -> float | None:
    known = [answer for answer in answers if answer is not None]
    return round(sum(known) / len(known), 4) if known else None
