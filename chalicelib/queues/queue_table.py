"""The table of the queues of staff: the items in each, and the role that decides about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chalicelib.accounts import advertisers
from chalicelib.accounts.review import admission, grade_appeals
from chalicelib.core import clock
from chalicelib.core.errors import not_found
from chalicelib.store import AccountsRecord, TasksRecord, WalletRecord, range_keys
from chalicelib.tasks import review
from chalicelib.tasks.orders import creator_drafts, disputes
from chalicelib.tasks.workflow import stuck_workflows
from chalicelib.wallet import suspense
from chalicelib.wallet.withdrawals import withdrawal_requests

QueueName = Literal[
    "reviews",
    "draft_reviews",
    "certifications",
    "admissions",
    "appeals",
    "disputes",
    "stuck_orders",
    "withdrawals",
    "suspense",
]
_PARTIES = ("pk", "owner", "advertiser_id", "creator_id")
_PAGE = 50


@dataclass(frozen=True)
class StaffQueue:
    """A queue: the partition `key` of an index of a table. `sk` is the sort key of its items. With `has_deadlines` the
    items are in the order of their deadlines, otherwise in that of their arrival."""

    record: type[AccountsRecord | TasksRecord | WalletRecord]
    key: str
    sk: str
    role: str
    has_deadlines: bool = True

    @property
    def index(self) -> str:
        return "in_queue" if self.record is TasksRecord else "by_queue"

    @property
    def time(self) -> str:
        """The attribute by which the queue is sorted."""
        return "listed_at" if self.record is WalletRecord else "due_at"


QUEUES: dict[QueueName, StaffQueue] = {
    "reviews": StaffQueue(TasksRecord, review.QUEUE, "task", "auditor"),
    "draft_reviews": StaffQueue(TasksRecord, creator_drafts.QUEUE, "order", "auditor"),
    "certifications": StaffQueue(AccountsRecord, advertisers.QUEUE, "advertiser", "auditor"),
    "admissions": StaffQueue(AccountsRecord, admission.QUEUE, "account", "auditor"),
    "appeals": StaffQueue(AccountsRecord, grade_appeals.QUEUE, "appeal", "auditor"),
    "disputes": StaffQueue(TasksRecord, disputes.QUEUE, "dispute", "auditor"),
    "stuck_orders": StaffQueue(TasksRecord, stuck_workflows.QUEUE, "order", "auditor", has_deadlines=False),
    "withdrawals": StaffQueue(WalletRecord, withdrawal_requests.QUEUE, "withdrawal", "finance", has_deadlines=False),
    "suspense": StaffQueue(WalletRecord, suspense.QUEUE, "suspense", "finance", has_deadlines=False),
}


@dataclass(frozen=True)
class Waiting:
    """An item that waits: its id, its deadline or the time of its arrival, and the ids of advertisers and creators that it belongs
    to."""

    subject_id: str
    at: datetime
    parties: frozenset[str]


def times(name: QueueName, most: int) -> list[datetime]:
    """Return the times of the first items of the queue, at most `most`."""
    queue = QUEUES[name]
    return [_moment(key) for key in range_keys(most, queue.record, queue.key, index=queue.index, name=queue.time)]


def waiting(name: QueueName) -> Iterator[Waiting]:
    """Yield the items of the queue, the first at the head; they are read in pages."""
    queue = QUEUES[name]
    found = queue.record.query(
        queue.key, index_name=queue.index, attributes_to_get=[*_PARTIES, queue.time], page_size=_PAGE
    )
    for page in found.page_iter:
        yield from (_waiting(queue, raw) for raw in page["Items"])


def find_waiting(name: QueueName, subject_id: str) -> Waiting:
    """Return the item of the queue with this id. Raise Problem `not_found` if it does not wait there."""
    queue = QUEUES[name]
    item = queue.record.find(subject_id, queue.sk)
    if item is None or item.queue != queue.key:
        raise not_found("item in this queue")
    return Waiting(subject_id, _moment(str(getattr(item, queue.time))), frozenset())


def _waiting(queue: StaffQueue, raw: dict[str, Any]) -> Waiting:
    parties = frozenset(raw[name]["S"] for name in _PARTIES if name in raw)
    return Waiting(raw["pk"]["S"], _moment(raw[queue.time]["S"]), parties)


def _moment(key: str) -> datetime:
    return clock.parse(key.partition("#")[0])
