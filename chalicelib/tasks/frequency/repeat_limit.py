"""Count how often an advertiser's recent tasks named an account (rule 13b)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from chalicelib.core import clock
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord

EXAMINED_MAX = 200
"""The number of the advertiser's newest tasks that are read, of at most about 60 kB each."""
_PARTS = ("pk", "status", "lines", "pages")
_NOT_OFFERED = ("draft", "rejected", "cancelled")


def named_since(advertiser_id: str, since: datetime) -> Counter[str]:
    """Return by account the number of the advertiser's tasks since then that name it, without drafts and rejected or cancelled
    tasks."""
    found = TaskRecord.query(
        advertiser_id,
        range_key_condition=TaskRecord.listed_at >= clock.stamp(since),
        filter_condition=~TaskRecord.status.is_in(*_NOT_OFFERED),
        index_name="by_owner",
        scan_index_forward=False,
        attributes_to_get=list(_PARTS),
        limit=EXAMINED_MAX,
    )
    lines = lines_of(found)
    return Counter(account for task in lines.values() for account in {line.account_id for line in task})
