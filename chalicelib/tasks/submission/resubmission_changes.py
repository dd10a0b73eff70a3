"""The changes of an advertiser between two submissions, for the reviewer.

They are computed once, when the task is submitted again, and stored with the task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from chalicelib.core import clock
from chalicelib.tasks.content.text_diff import pieces
from chalicelib.tasks.records.stored_documents import Submission, SubmissionChanges
from chalicelib.tasks.records.task_record import TaskRecord

Field = Literal[
    "kind",
    "title",
    "text",
    "picture_ids",
    "urls",
    "source_url",
    "pictures",
    "retention",
    "total",
    "accept_by",
    "start_at",
    "end_at",
]
FIELDS: tuple[Field, ...] = get_args(Field)
ACCOUNTS_MAX = 100
"""The number of removed accounts, and of added accounts, that are listed."""


def comparable(attributes: Mapping[str, Any]) -> Submission:
    """Return the content of a submission with these attributes of a task, without accounts, in the form that is compared."""
    return {
        "kind": attributes["kind"],
        "title": attributes["title"],
        "text": attributes["text"],
        "picture_ids": attributes["picture_ids"],
        "urls": attributes["urls"],
        "source_url": attributes["source_url"],
        "pictures": attributes["pictures"] or [],
        "retention": int(attributes["retention"]),
        "total": int(attributes["total"]),
        "accept_by": clock.stamp(attributes["accept_by"]),
        "start_at": clock.stamp(attributes["start_at"]),
        "end_at": clock.stamp(attributes["end_at"]),
    }


def of_task(task: TaskRecord) -> Submission:
    """Return the content of the stored task in the form that is compared."""
    return comparable({name: getattr(task, name) for name in FIELDS})


def changed(
    before: Submission, after: Submission, accounts_before: Sequence[str], accounts_after: Sequence[str]
) -> SubmissionChanges:
    """Return the changes in the form in which they are stored, with at most ACCOUNTS_MAX removed and added accounts."""
    changes: SubmissionChanges = {}
    for name in FIELDS:
        if name == "text":
            if before["text"] != after["text"]:
                found = pieces(before["text"], after["text"])
                changes["text"] = [(change, "".join(parts)) for change, parts in found]
        elif before[name] != after[name]:
            changes[name] = before[name]
    removed, added = set(accounts_before) - set(accounts_after), set(accounts_after) - set(accounts_before)
    if removed or added:
        changes["account_ids"] = (
            [account for account in accounts_before if account in removed][:ACCOUNTS_MAX],
            [account for account in accounts_after if account in added][:ACCOUNTS_MAX],
        )
    return changes


def changes_of(task: TaskRecord) -> SubmissionChanges:
    """Return the changes of the last resubmission of the task. Older tasks store the submission before it instead."""
    if task.changes is None and task.previous:
        accounts = [line["account_id"] for line in task.lines]
        return changed(task.previous, of_task(task), task.previous.get("account_ids", accounts), accounts)
    return task.changes or {}
