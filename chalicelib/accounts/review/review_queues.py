"""The queues of advertisers and accounts that wait for an auditor, oldest deadline first."""

from __future__ import annotations

from typing import Any, Literal

from chalicelib.accounts import advertisers
from chalicelib.accounts.records import AccountRecord, AdvertiserRecord
from chalicelib.accounts.review import admission
from chalicelib.store import AccountsRecord, Page, PageKey, read_page

QueueName = Literal["certification", "admission"]
_RECORDS: dict[str, type[AccountsRecord]] = {
    advertisers.QUEUE: AdvertiserRecord,
    admission.QUEUE: AccountRecord,
}


def pending(queue: QueueName, limit: int, after: PageKey | None = None) -> Page[Any]:
    """Return a page of the advertisers or accounts that wait, with their `due_at`."""
    return read_page(_RECORDS[queue], queue, index="by_queue", limit=limit, after=after, newest_first=False)
