"""What an advertiser changed between two submissions, for the reviewer: made once, when the task is submitted again, and stored
with the task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from chalicelib.core import clock
from chalicelib.tasks.model.records import TaskRecord

PIECES = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
"""A Chinese character is a piece of its own; Latin words and numbers stay whole."""

EDITS_MAX = 200
"""Pieces that were removed or added up to which two texts are compared piece by piece. It bounds the work, EDITS_MAX times the
length of the texts at most, and what is stored."""

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


def of_review(task: TaskRecord) -> list[dict[str, Any]]:
    """What the last resubmission of the task changed, as `shown`; for tasks that were resubmitted before it was stored, from what
    they stored of the submission before."""
    if task.changes is None and task.previous:
        before = {name: old for name, old in task.previous.items() if name != "account_ids"}
        accounts = [line["account_id"] for line in task.lines]
        return shown(changed(before, of_task(task), task.previous.get("account_ids", accounts), accounts), task)
    return shown(task.changes or {}, task)


def shown(changes: Mapping[str, Any], task: TaskRecord) -> list[dict[str, Any]]:
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


def pieces(old: str, new: str) -> Iterator[tuple[str, list[str]]]:
    """The pieces of both texts in order: `(change, parts)` with `change` one of `same`, `removed`, `added`. Where the texts
    differ in more than EDITS_MAX pieces, all between their first and their last difference is one removed and one added piece."""
    before, after = PIECES.findall(old), PIECES.findall(new)
    begin = _common(before, after)
    end = _common(before[begin:][::-1], after[begin:][::-1])
    removed, added = before[begin : len(before) - end], after[begin : len(after) - end]
    script = edit_script(removed, added, EDITS_MAX)
    if script is None:
        script = [*(("removed", part) for part in removed), *(("added", part) for part in added)]
    whole = [
        *(("same", part) for part in before[:begin]),
        *script,
        *(("same", part) for part in before[len(before) - end :]),
    ]
    for change, parts in groupby(whole, key=lambda piece: piece[0]):
        yield change, [part for _, part in parts]


def edit_script(before: Sequence[str], after: Sequence[str], most: int) -> list[tuple[str, str]] | None:
    """The shortest list of `(change, part)` that leads from one sequence to the other, or None if it removes and adds more than
    `most` parts. Greedy algorithm of E. W. Myers, An O(ND) Difference Algorithm and Its Variations (1986): at most `most` times the
    length of the sequences."""
    reach = {1: 0}  # by diagonal (place in `before` minus place in `after`): how far in `before` some path has come
    steps: list[dict[int, int]] = []
    for edits in range(min(most, len(before) + len(after)) + 1):
        steps.append(dict(reach))
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            while x < len(before) and x - diagonal < len(after) and before[x] == after[x - diagonal]:
                x += 1
            reach[diagonal] = x
            if x >= len(before) and x - diagonal >= len(after):
                return _traced(before, after, steps)
    return None


def _traced(before: Sequence[str], after: Sequence[str], steps: list[dict[int, int]]) -> list[tuple[str, str]]:
    """The script of the path that reached the end of both sequences, read backwards from there."""
    script: list[tuple[str, str]] = []
    x, y = len(before), len(after)
    for edits in range(len(steps) - 1, -1, -1):
        reach, diagonal = steps[edits], x - y
        down = diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])
        from_diagonal = diagonal + 1 if down else diagonal - 1
        from_x = reach[from_diagonal]
        from_y = from_x - from_diagonal
        while x > max(from_x, 0) and y > max(from_y, 0):
            x, y = x - 1, y - 1
            script.append(("same", before[x]))
        if edits == 0:
            break
        if down:
            y -= 1
            script.append(("added", after[y]))
        else:
            x -= 1
            script.append(("removed", before[x]))
    return script[::-1]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many parts both sequences begin with."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count
