"""Items that must exist."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core import ids
from chalicelib.core.errors import Problem
from chalicelib.store import TasksRecord

ID = ids.derive("ord", "task", "account")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return the keys of the items that are read; only ID exists."""
    keys: list[tuple[str, str]] = []

    def find(pk: str, sk: str, **_: Any) -> TasksRecord | None:
        keys.append((pk, sk))
        return TasksRecord(pk, sk) if pk == ID else None

    monkeypatch.setattr(TasksRecord, "find", find)
    return keys


def test_an_existing_item_is_returned(reads: list[tuple[str, str]]) -> None:
    assert TasksRecord.existing(ID, "order", prefix="ord").pk == ID
    assert reads == [(ID, "order")]


@pytest.mark.parametrize(("noun", "named"), [(None, "order"), ("post", "post")])
def test_a_missing_item_is_not_found_by_its_noun(reads: list[tuple[str, str]], noun: str | None, named: str) -> None:
    with pytest.raises(Problem) as raised:
        TasksRecord.existing(ids.derive("ord", "other"), "order", noun, prefix="ord")
    assert raised.value.code == "not_found"
    assert named in raised.value.detail
    assert len(reads) == 1


@pytest.mark.parametrize("text", ["", "ord_1", ID.replace("ord_", "tsk_"), f"{ID}x"])
def test_an_id_of_another_form_is_not_read(reads: list[tuple[str, str]], text: str) -> None:
    with pytest.raises(Problem):
        TasksRecord.existing(text, "order", prefix="ord")
    assert reads == []
