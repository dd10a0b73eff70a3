"""What an advertiser changed between two submissions, for the reviewer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib import clock
from chalicelib.tasks.records import TaskRecord

PIECES = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
"""A Chinese character is a piece of its own; Latin words and numbers stay whole."""


def asked(task: TaskRecord) -> dict[str, Any]:
    """What the task asks for, as it is compared with the next submission."""
    return {
        **{name: getattr(task, name) for name in ("kind", "title", "text", "picture_ids", "urls", "source_url")},
        "pictures": task.pictures or [],
        **{name: clock.stamp(getattr(task, name)) for name in ("accept_by", "start_at", "end_at")},
        "retention": int(task.retention),
        "total": int(task.total),
        "account_ids": [line["account_id"] for line in task.lines],
    }


def differences(before: Mapping[str, Any], task: TaskRecord) -> list[dict[str, Any]]:
    """One entry per field that is not as it was submitted before: `{field, before, after}`; for the text also `pieces`, a list of
    `{change: same|removed|added, text}` that read in order give both versions."""
    now = asked(task)
    found = []
    for name, old in before.items():
        if old == now[name]:
            continue
        entry: dict[str, Any] = {"field": name, "before": old, "after": now[name]}
        if name == "text":
            entry["pieces"] = list(_pieces(old, now[name]))
        found.append(entry)
    return found


def _pieces(old: str, new: str) -> Iterator[dict[str, str]]:
    from difflib import SequenceMatcher  # only a reviewer's queue needs it

    before, after = PIECES.findall(old), PIECES.findall(new)
    for change, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if change == "equal":
            yield {"change": "same", "text": "".join(before[a:b])}
            continue
        if a < b:
            yield {"change": "removed", "text": "".join(before[a:b])}
        if c < d:
            yield {"change": "added", "text": "".join(after[c:d])}
