"""The responses about queues and claims: their types, and functions that build them."""

from __future__ import annotations

from chalicelib.core import clock
from chalicelib.core.response_types import Moment, TypedDict
from chalicelib.queues.claims import QueueClaimRecord
from chalicelib.queues.queue_table import QUEUES, QueueName, Waiting


class Claim(TypedDict):
    """A claim of an item of a queue until `expires_at`. `claimed_by` is the user id of the member of staff, `mine` whether it is
    the caller."""

    queue: QueueName
    subject_id: str
    claimed_by: str
    mine: bool
    claimed_at: Moment
    expires_at: Moment


class QueueItem(TypedDict):
    """An item that waits in a queue, and its claim. `due_at`: its deadline; `since`: its arrival, in a queue without deadlines."""

    queue: QueueName
    subject_id: str
    due_at: Moment | None
    since: Moment | None
    claim: Claim


class NextItem(TypedDict):
    """The next item of a queue; null if none is left."""

    item: QueueItem | None


def claim_response(record: QueueClaimRecord, user: str) -> Claim:
    """Return a claim for this user."""
    return {
        "queue": record.name,
        "subject_id": record.pk,
        "claimed_by": record.claimed_by,
        "mine": record.claimed_by == user,
        "claimed_at": clock.parse(record.claimed_at),
        "expires_at": record.expires_at,
    }


def queue_item_response(item: Waiting, claim: QueueClaimRecord, user: str) -> QueueItem:
    """Return a claimed item of a queue."""
    has_deadlines = QUEUES[claim.name].has_deadlines
    return {
        "queue": claim.name,
        "subject_id": item.subject_id,
        "due_at": item.at if has_deadlines else None,
        "since": None if has_deadlines else item.at,
        "claim": claim_response(claim, user),
    }
