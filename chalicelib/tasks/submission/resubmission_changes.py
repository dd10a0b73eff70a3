"""What an advertiser changed between two submissions, for the reviewer.

It is computed once, when the task is submitted again, and stored with the task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.core import clock
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.tasks.submission.text_diff import pieces

ACCOUNTS_MAX = 100
"""How many accounts that were removed, and that were added, are listed."""

_FIELDS = ("kind", "title", "text", "picture_ids", "urls", "source_url", "pictures", "retention", "total")
_MOMENTS = ("accept_by", "start_at", "end_at")


def asked(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What a task with these attributes asks for, but for its accounts, as two submissions are compared."""
    plain = {name: attributes[name] for name in _FIELDS}
    numbers = {name: int(attributes[name]) for name in ("retention", "total")}
    moments = {name: clock.stamp(attributes[name]) for name in _MOMENTS}
    return {**plain, **numbers, "pictures": attributes["pictures"] or [], **moments}


def of_task(task: TaskRecord) -> dict[str, Any]:
    """What the stored task asks for."""
    return asked({name: getattr(task, name) for name in (*_FIELDS, *_MOMENTS)})


def changed(
    before: Mapping[str, Any], after: Mapping[str, Any], accounts_before: Sequence[str], accounts_after: Sequence[str]
) -> dict[str, Any]:
    """What is stored of the change from one `asked` to the next: by field what it was before; of the text the pieces of both
    versions as `[change, text]`; of the accounts which were removed and added, ACCOUNTS_MAX of each."""
    found: dict[str, Any] = {name: old for name, old in before.items() if old != after[name]}
    if "text" in found:
        found["text"] = [[change, "".join(parts)] for change, parts in pieces(found["text"], after["text"])]
    removed, added = set(accounts_before) - set(accounts_after), set(accounts_after) - set(accounts_before)
    if removed or added:
        found["account_ids"] = [
            [account for account in accounts_before if account in removed][:ACCOUNTS_MAX],
            [account for account in accounts_after if account in added][:ACCOUNTS_MAX],
        ]
    return found


def edits_of(task: TaskRecord) -> list[Any]:
    """What the last resubmission of the task changed, as `shown`; for tasks that were resubmitted before it was stored, from what
    they stored of the submission before."""
    if task.changes is None and task.previous:
        before = {name: old for name, old in task.previous.items() if name != "account_ids"}
        accounts = [line["account_id"] for line in task.lines]
        return shown(changed(before, of_task(task), task.previous.get("account_ids", accounts), accounts), task)
    return shown(task.changes or {}, task)


def shown(changes: Mapping[str, Any], task: TaskRecord) -> list[Any]:
    """The stored changes as the reviewer sees them: `{field, before, after}`; for the text also `pieces`, a list of
    `{change: same|removed|added, text}` that read in order give both versions; for `account_ids` which were removed and added."""
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
