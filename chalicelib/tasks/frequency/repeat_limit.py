"""How often an advertiser's tasks named an account lately (rule 13b)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from chalicelib.core import clock
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord

EXAMINED_MAX = 200
"""How many of the advertiser's tasks are looked at, the newest ones: at most some 60 kB each."""
_PARTS = ("pk", "status", "lines", "pages")
_NOT_ASKED = ("draft", "rejected", "cancelled")


def named_since(advertiser_id: str, since: datetime) -> Counter[str]:
    """By account: how many of the advertiser's tasks since then name it. Drafts and rejected or cancelled tasks do not count."""
    found = TaskRecord.query(
        advertiser_id,
        range_key_condition=TaskRecord.listed_at >= clock.stamp(since),
        filter_condition=~TaskRecord.status.is_in(*_NOT_ASKED),
        index_name="by_owner",
        scan_index_forward=False,
        attributes_to_get=list(_PARTS),
        limit=EXAMINED_MAX,
    )
    lines = lines_of(found)
    return Counter(account for task in lines.values() for account in {line.account_id for line in task})
