"""The history of a task or an order: a list of events with a limited size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock
from chalicelib.tasks.records.stored_documents import HistoryLine
from chalicelib.tasks.records.workflow_item import WorkflowItem

EVENTS_MAX = 200
EVENTS_MAX_BYTES = 96_000
"""Size limit of one history; a part of `store.item_size.RESERVED_BYTES`."""
NOTE_MAX_BYTES = 4_000
"""Size limit of one note: 1,000 characters in any encoding."""


def event_line(name: str, at: datetime, by: str, note: str | None = None) -> HistoryLine:
    """Return a line of a history; a long note is cut to NOTE_MAX_BYTES."""
    line: HistoryLine = {"at": clock.stamp(at), "event": name, "by": by}
    if note:
        line["note"] = clipped(note, NOTE_MAX_BYTES)
    return line


def append_event(item: WorkflowItem, line: HistoryLine) -> UpdateAction:
    """Return the change that appends a line to the history of the item as it was read. A full history loses its oldest repeated
    lines (`shortened`)."""
    record = type(item)
    if len(item.events) < EVENTS_MAX and sum(map(_bytes_of, [*item.events, line])) <= EVENTS_MAX_BYTES:
        appended: UpdateAction = record.events.set(record.events.append([line]))
        return appended
    replaced: UpdateAction = record.events.set(shortened([*item.events, line]))
    return replaced


def shortened(events: Sequence[HistoryLine]) -> list[HistoryLine]:
    """Return the history within EVENTS_MAX lines and EVENTS_MAX_BYTES.

    The oldest lines are left out first. The last line of each event stays, because the track record of an account is read from
    the events of its orders (chalicelib.tasks.workflow.track_record_entry)."""
    later = Counter(line["event"] for line in events)
    count, size = len(events), sum(map(_bytes_of, events))
    remaining = []
    for line in events:
        name = line["event"]
        if (count > EVENTS_MAX or size > EVENTS_MAX_BYTES) and later[name] > 1:
            later[name] -= 1
            count -= 1
            size -= _bytes_of(line)
        else:
            remaining.append(line)
    return remaining


def clipped(text: str, max_bytes: int) -> str:
    """Return the text, cut between two characters to at most `max_bytes` of UTF-8."""
    encoded = text.encode()
    return text if len(encoded) <= max_bytes else encoded[:max_bytes].decode(errors="ignore")


def _bytes_of(line: HistoryLine) -> int:
    """Return the size of a line as DynamoDB counts a map in a list."""
    return 4 + sum(1 + len(name) + len(str(text).encode()) for name, text in line.items())
