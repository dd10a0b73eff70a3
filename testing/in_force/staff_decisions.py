"""Decisions of staff name the revision that they read (rule 27); a test that does not care has just read the subject."""

from __future__ import annotations

import re
from typing import Any

from chalicelib.accounts.records import AccountRecord, AdvertiserRecord
from chalicelib.accounts.review.grade_appeals import AppealRecord
from chalicelib.store.tables import Record
from chalicelib.tasks.records.dispute_record import DisputeRecord
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.wallet.records import SuspenseItem, Withdrawal

SUBJECTS: dict[tuple[str, str], tuple[type[Record], str]] = {
    ("advertisers", "certification"): (AdvertiserRecord, "advertiser"),
    ("advertisers", "revocation"): (AdvertiserRecord, "advertiser"),
    ("accounts", "admission"): (AccountRecord, "account"),
    ("accounts", "category"): (AccountRecord, "account"),
    ("accounts", "revocation"): (AccountRecord, "account"),
    ("tasks", "review"): (TaskRecord, "task"),
    ("orders", "draft/review"): (OrderRecord, "order"),
    ("appeals", "ruling"): (AppealRecord, "appeal"),
    ("disputes", "ruling"): (DisputeRecord, "dispute"),
    ("withdrawals", "outcome"): (Withdrawal, "withdrawal"),
    ("suspense", "resolution"): (SuspenseItem, "suspense"),
}
"""By the first part of a decision's path and what follows the id: the record of its subject and its sort key."""

_PATH = re.compile(r"/v1/(\w+)/([^/?]+)/(\w+(?:/\w+)?)")


def subject_of(path: str) -> Any:
    """The stored subject of a decision's path; None if the path is no decision's, or there is no such subject."""
    found = _PATH.fullmatch(path)
    record, sk = SUBJECTS.get((found[1], found[3]), (None, "")) if found else (None, "")
    return record.find(found[2], sk) if record and found else None


def as_read(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body of a decision with the revision of its subject now, unless it names one; any other body as it is."""
    found = _PATH.fullmatch(path)
    if found is None or (found[1], found[3]) not in SUBJECTS or "revision" in body:
        return body
    subject = subject_of(path)
    return {**body, "revision": int(subject.revision) if subject is not None else 0}
