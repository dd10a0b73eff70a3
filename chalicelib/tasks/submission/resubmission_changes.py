"""The changes of an advertiser between two submissions, for the reviewer.

It is computed once, when the task is submitted again, and stored with the task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.core import clock
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.tasks.submission.text_diff import pieces

ACCOUNTS_MAX = 100
"""The number of removed accounts, and of added accounts, that are listed."""

_FIELDS = ("kind", "title", "text", "picture_ids", "urls", "source_url", "pictures", "retention", "total")
_MOMENTS = ("accept_by", "start_at", "end_at")


def comparable(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a submission with these attributes, without accounts, in the form that is compared."""
    plain = {name: attributes[name] for name in _FIELDS}
    numbers = {name: int(attributes[name]) for name in ("retention", "total")}
    moments = {name: clock.stamp(attributes[name]) for name in _MOMENTS}
    return {**plain, **numbers, "pictures": attributes["pictures"] or [], **moments}


def of_task(task: TaskRecord) -> dict[str, Any]:
    """Return the content of the stored task in the form that is compared."""
    return comparable({name: getattr(task, name) for name in (*_FIELDS, *_MOMENTS)})


def changed(
    before: Mapping[str, Any], after: Mapping[str, Any], accounts_before: Sequence[str], accounts_after: Sequence[str]
) -> dict[str, Any]:
    """Return the stored form of the changes: by field its value before; for the text the pieces of both versions as `[change,
    text]`; for the accounts the removed and the added ones, ACCOUNTS_MAX of each."""
    changes: dict[str, Any] = {name: old for name, old in before.items() if old != after[name]}
    if "text" in changes:
        changes["text"] = [[change, "".join(parts)] for change, parts in pieces(changes["text"], after["text"])]
    removed, added = set(accounts_before) - set(accounts_after), set(accounts_after) - set(accounts_before)
    if removed or added:
        changes["account_ids"] = [
            [account for account in accounts_before if account in removed][:ACCOUNTS_MAX],
            [account for account in accounts_after if account in added][:ACCOUNTS_MAX],
        ]
    return changes


def edits_of(task: TaskRecord) -> list[Any]:
    """Return the changes of the last resubmission of the task. Older tasks store the submission before it instead."""
    if task.changes is None and task.previous:
        before = {name: old for name, old in task.previous.items() if name != "account_ids"}
        accounts = [line["account_id"] for line in task.lines]
        return edits(changed(before, of_task(task), task.previous.get("account_ids", accounts), accounts), task)
    return edits(task.changes or {}, task)


def edits(changes: Mapping[str, Any], task: TaskRecord) -> list[Any]:
    """Return the stored changes as the reviewer sees them: `{field, before, after}`; for the text also `pieces`, a list of
    `{change: same|removed|added, text}` that gives both versions in order; for `account_ids` the removed and the added ones."""
    now = of_task(task)
    found = []
    for name, stored in changes.items():
        entry: dict[str, Any] = {"field": name}
        if name == "text":
            entry["before"] = "".join(text for change, text in stored if change != "added")
            entry["after"] = now["text"]
            entry["pieces"] = [{"change": change, "text": text} for change, text in stored]
        elif name == "account_ids":
            entry["before"], entry["after"] = stored
        else:
            entry["before"], entry["after"] = stored, now[name]
        found.append(entry)
    return found
