"""The history of a task or order is limited in lines and bytes, and keeps each kind of event."""

from __future__ import annotations

from chalicelib.core import clock
from chalicelib.store.item_size import value_bytes
from chalicelib.tasks.records.event_history import EVENTS_MAX, EVENTS_MAX_BYTES, NOTE_MAX_BYTES, event_line, shortened
from chalicelib.tasks.records.stored_documents import HistoryLine
from chalicelib.tasks.records.task_record import TaskRecord
from testing.markets.stage import NOON

EMOJI = "😀"


def history(*names: str, note: str = "") -> list[HistoryLine]:
    return [event_line(name, NOON, "system", note) for name in names]


def test_a_long_note_is_cut_between_characters() -> None:
    line = event_line("parked", NOON, "system", EMOJI * 2_000)
    assert line["note"] == EMOJI * (NOTE_MAX_BYTES // 4)
    assert line["at"] == clock.stamp(NOON)


def test_a_full_history_leaves_out_its_oldest_repeated_lines() -> None:
    lines = history("offered", "accepted", *["check_failed"] * EVENTS_MAX, "published")
    stored_lines = shortened(lines)
    assert len(stored_lines) == EVENTS_MAX
    assert [line["event"] for line in stored_lines[:3]] == ["offered", "accepted", "check_failed"]
    assert stored_lines[-1]["event"] == "published"


def test_a_history_of_long_notes_stays_within_its_bytes() -> None:
    names = ["submitted", *["rejected", "resubmitted", "parked", "retried"] * 25]
    stored_lines = shortened(history(*names, note=EMOJI * 1_000))
    stored = TaskRecord.events.serialize(stored_lines)
    assert value_bytes({"L": stored}) <= EVENTS_MAX_BYTES + 1_000
    assert {line["event"] for line in stored_lines} == set(names)
    assert len(stored_lines) > 20
