"""Count how often an advertiser's recent tasks named an account (rule 13b)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from chalicelib.core import clock
from chalicelib.store import read_page
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord

EXAMINED_MAX = 200
"""The number of the advertiser's newest tasks that are read, of at most about 60 kB each."""
_NOT_OFFERED = ("draft", "rejected", "cancelled")


def named_since(advertiser_id: str, since: datetime) -> Counter[str]:
    """Return by account the number of the advertiser's tasks since then that name it, without drafts and rejected or cancelled
    tasks."""
    page = read_page(
        TaskRecord,
        advertiser_id,
        index="of_owner",
        limit=EXAMINED_MAX,
        range_condition=TaskRecord.listed_at >= clock.stamp(since),
        where=~TaskRecord.status.is_in(*_NOT_OFFERED),
        examined_max=EXAMINED_MAX,
    )
    lines = lines_of(page.items)
    return Counter(account for task in lines.values() for account in {line.account_id for line in task})
