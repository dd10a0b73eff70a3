"""The history of a task or an order: a list of events with a limited size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord

EVENTS_MAX = 200
EVENTS_MAX_BYTES = 96_000
"""Of the history of one task or order; a part of `store.item_size.RESERVED_BYTES`."""
NOTE_MAX_BYTES = 4_000
"""Of one note in a history: 1,000 characters, however they are encoded."""


def event_line(name: str, at: datetime, by: str, note: str | None = None) -> dict[str, str]:
    """One line of the history of a task or an order; a long note is cut to NOTE_MAX_BYTES."""
    line = {"at": clock.stamp(at), "event": name, "by": by}
    return {**line, "note": clipped(note, NOTE_MAX_BYTES)} if note else line


def append_event(item: TaskRecord | OrderRecord, line: dict[str, str]) -> UpdateAction:
    """Appends a line to the history of the item as it was read. A full history loses its oldest repeated lines (`shortened`)."""
    record: Any = type(item)
    if len(item.events) < EVENTS_MAX and sum(map(_bytes_of, [*item.events, line])) <= EVENTS_MAX_BYTES:
        change: UpdateAction = record.events.set(record.events.append([line]))
        return change
    written: UpdateAction = record.events.set(shortened([*item.events, line]))
    return written


def shortened(events: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The history within EVENTS_MAX lines and EVENTS_MAX_BYTES: lines are left out from the oldest on, but the last line of each
    kind of event stays, for `deeds` reads from the history what has happened."""
    later = Counter(line["event"] for line in events)
    count, size = len(events), sum(map(_bytes_of, events))
    kept = []
    for line in events:
        name = line["event"]
        if (count > EVENTS_MAX or size > EVENTS_MAX_BYTES) and later[name] > 1:
            later[name] -= 1
            count -= 1
            size -= _bytes_of(line)
        else:
            kept.append(line)
    return kept


def clipped(text: str, most: int) -> str:
    """The text, cut to at most `most` bytes of UTF-8 between two characters."""
    encoded = text.encode()
    return text if len(encoded) <= most else encoded[:most].decode(errors="ignore")


def _bytes_of(line: Mapping[str, str]) -> int:
    """The size in bytes of a line of a history, as DynamoDB counts a map in a list."""
    return 4 + sum(1 + len(name) + len(text.encode()) for name, text in line.items())
