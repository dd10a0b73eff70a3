"""Claims: a member of staff claims an item of a queue for some minutes, so that two do not read the same one.

A claim is advice: a decision is bound to the revision that was read (rule 27), also for a subject that another user has claimed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import cast

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core import clock
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.queues.queue_table import QueueName, Waiting, find_waiting, waiting
from chalicelib.store import AccountsRecord, Page, PageKey, Refused, put, read_page, transact

CLAIM = "queue_claim"
OWNER = "queue_claims"
EXAMINED_MAX = 200
"""The number of items that a request for the next one examines."""


class QueueClaimRecord(AccountsRecord):
    """The claim of an item: pk is the item's id, sk `queue_claim`; owner is `queue_claims`, listed_at the time at which the claim
    ends. A released or expired claim stays until the next one replaces it."""

    work_queue = UnicodeAttribute()
    claimed_by = UnicodeAttribute()
    claimed_at = UnicodeAttribute()

    @property
    def name(self) -> QueueName:
        return cast("QueueName", self.work_queue)

    @property
    def expires_at(self) -> datetime:
        return clock.parse(str(self.listed_at).partition("#")[0])


def claim(name: QueueName, subject_id: str, user: str) -> QueueClaimRecord:
    """Claim an item that waits in the queue, or extend the user's own claim.

    Raise Problem `not_found` if it does not wait there, `claimed` while another user has claimed it."""
    return _write(name, find_waiting(name, subject_id).subject_id, user)


def claim_next(name: QueueName, by: Decider, skipped: Iterable[str]) -> tuple[Waiting, QueueClaimRecord] | None:
    """Claim the first item of the queue that the user may decide about, that no other user has claimed, and that is not skipped.
    Return None if there is none among the first EXAMINED_MAX."""
    left_out = set(skipped)
    candidates = [item for item in islice(waiting(name), EXAMINED_MAX) if item.subject_id not in left_out]
    candidates = [item for item in candidates if by.own_ids.isdisjoint(item.parties)]
    taken = _claimed_by_others([item.subject_id for item in candidates], by.sub)
    for item in candidates:
        if item.subject_id not in taken:
            try:
                return item, _write(name, item.subject_id, by.sub)
            except Problem as problem:
                if problem.code != "claimed":
                    raise
    return None


def release(subject_id: str, user: str) -> QueueClaimRecord:
    """End the user's claim of the item. Raise Problem `not_found` if the user has none."""
    record = QueueClaimRecord.find(subject_id, CLAIM)
    if record is None or record.claimed_by != user or record.expires_at <= clock.now():
        raise not_found("claim")
    record.listed_at = _ends(clock.now(), subject_id)
    own = (QueueClaimRecord.claimed_by == user) & (QueueClaimRecord.claimed_at == record.claimed_at)
    try:
        transact([put(CLAIM, record, own)])
    except Refused as refused:
        raise not_found("claim") from refused
    return record


def active(name: QueueName | None, limit: int, after: PageKey | None) -> Page[QueueClaimRecord]:
    """Return a page of the claims that have not ended, of one queue or all, the one that ends first at the head."""
    ends_later = QueueClaimRecord.listed_at > clock.stamp(clock.now()) + "$"
    return read_page(
        QueueClaimRecord,
        OWNER,
        index="by_owner",
        limit=limit,
        range_condition=ends_later,
        where=None if name is None else QueueClaimRecord.work_queue == name,
        after=after,
        newest_first=False,
    )


def _write(name: QueueName, subject_id: str, user: str) -> QueueClaimRecord:
    now = clock.now()
    record = QueueClaimRecord(
        subject_id,
        CLAIM,
        owner=OWNER,
        listed_at=_ends(now + rules().queue_claim, subject_id),
        work_queue=name,
        claimed_by=user,
        claimed_at=clock.stamp(now),
    )
    free = QueueClaimRecord.pk.does_not_exist() | (QueueClaimRecord.claimed_by == user)
    ended = QueueClaimRecord.listed_at < clock.stamp(now) + "$"
    try:
        transact([put(CLAIM, record, free | ended)])
    except Refused as refused:
        raise Problem("claimed", "Another member of staff has claimed this item.") from refused
    return record


def _ends(at: datetime, subject_id: str) -> str:
    return f"{clock.stamp(at)}#{subject_id}"


def _claimed_by_others(subject_ids: list[str], user: str) -> set[str]:
    now = clock.now()
    keys = [(subject_id, CLAIM) for subject_id in subject_ids]
    return {one.pk for one in QueueClaimRecord.batch_get(keys) if one.claimed_by != user and one.expires_at > now}
