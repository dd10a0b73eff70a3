"""Identifiers: core/ids.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core import clock, ids


def test_new_ids_sort_by_age_and_never_repeat() -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    made = []
    for second in range(5):
        with clock.at(begin + timedelta(seconds=second)):
            made.append(ids.new("tsk"))
    assert made == sorted(made)
    assert len({ids.new("tsk") for _ in range(1_000)}) == 1_000
    assert all(ids.is_id("tsk", text) for text in made)


def test_derived_ids_depend_on_every_part_and_its_place() -> None:
    assert ids.derive("ord", "a", "b") == ids.derive("ord", "a", "b")
    assert (
        len(
            {
                ids.derive("ord", "a", "b"),
                ids.derive("ord", "ab"),
                ids.derive("ord", "b", "a"),
                ids.derive("tsk", "a", "b"),
            }
        )
        == 4
    )
    assert ids.is_id("ord", ids.derive("ord", "x"))


@pytest.mark.parametrize(
    "text", ["ord_", "ord_8" + "0" * 25, "ord_" + "I" * 26, "tsk_" + "0" * 26, "ord_" + "0" * 27, "../ord"]
)
def test_text_of_another_form_is_no_id(text: str) -> None:
    assert not ids.is_id("ord", text)
