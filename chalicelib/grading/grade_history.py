"""Read the history of an account's grade."""

from __future__ import annotations

from chalicelib.grading.records import GradeChange
from chalicelib.store import Page, PageKey, read_page


def changes(account_id: str, limit: int, after: PageKey | None) -> Page[GradeChange]:
    """Return a page of the changes of the grade, newest first, read consistently."""
    return read_page(
        GradeChange,
        account_id,
        limit=limit,
        range_condition=GradeChange.sk.startswith("grade#"),
        after=after,
        consistent=True,
    )
