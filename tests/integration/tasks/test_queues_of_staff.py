"""The lists of staff read the items of an index by key."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.tasks import review
from chalicelib.tasks.records.task_record import TaskRecord
from testing.markets.stage import Stage


def test_a_task_that_was_reviewed_meanwhile_is_left_out(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is reviewed after the index and before the items are read."""
    first, second = (stage.create([account])["id"] for account in stage.bind("an", "bo"))
    assert {task.pk for task in review.waiting(10, None).items} == {first, second}
    batch_get = TaskRecord.batch_get
    reviewed: list[str] = []

    def read(*arguments: Any, **options: Any) -> Any:
        if not reviewed:
            reviewed.append(first)
            stage.approve(first)
        return batch_get(*arguments, **options)

    monkeypatch.setattr(TaskRecord, "batch_get", read)
    assert [task.pk for task in review.waiting(10, None).items] == [second]
