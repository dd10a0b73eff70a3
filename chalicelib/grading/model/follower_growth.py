"""Limit the followers that count. Followers are cheap to buy, readers are not: followers gained faster than accounts grow,
without matching reads, do not count. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from chalicelib.core import clock
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import FollowerLimit

BPS = 10_000
MONTH = timedelta(days=30)


def counting(evidence: Evidence, limit: FollowerLimit | None) -> Evidence:
    """Return the evidence with fewer `active_followers` if not all of them count, else the evidence itself. The limit applies to
    the growth since the earlier profile and since the first measurement in this market. Without both, all followers count.

    More followers or more reads never reduce the number that counts."""
    counted = evidence.counted_followers
    if limit is None or counted <= limit.few or evidence.earlier_at is evidence.counted_at is None:
        return evidence
    most = min(_limits(evidence, limit), default=counted)
    return replace(evidence, active_followers=most) if counted > most else evidence


def _limits(evidence: Evidence, limit: FollowerLimit) -> Iterator[int]:
    read = int((evidence.reads_avg_30d or 0) * limit.per_read)
    profiles = ((evidence.earlier_at, evidence.earlier_followers), (evidence.counted_at, evidence.counted_before))
    for at, followers in profiles:
        if at is not None and followers is not None:
            elapsed = max(clock.parse(evidence.as_of) - clock.parse(at), MONTH)  # a good day is no fraud
            gained = followers * limit.growth_bps_30d * elapsed.days // (MONTH.days * BPS)
            yield limit.few + max(followers + gained, read)
