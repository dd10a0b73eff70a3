"""The changes between two submissions, in the form in which they are stored."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.tasks.records.stored_documents import Submission
from chalicelib.tasks.submission.resubmission_changes import ACCOUNTS_MAX, FIELDS, changed

BEFORE: Submission = {
    "kind": "post",
    "title": "秋茶",
    "text": "今年的秋茶。",
    "picture_ids": [],
    "urls": ["https://tea.example"],
    "source_url": None,
    "pictures": [],
    "retention": 86_400,
    "total": 1_000,
    "accept_by": "2026-11-22T10:00:00.000Z",
    "start_at": "2026-11-22T10:00:00.000Z",
    "end_at": "2026-11-23T10:00:00.000Z",
}
AFTER: dict[str, Any] = {
    "kind": "repost",
    "title": "冬茶",
    "picture_ids": ["pic_1"],
    "urls": [],
    "source_url": "https://weibo.com/1/a",
    "pictures": [{"id": "pic_1", "content_type": "image/png", "bytes": 5}],
    "retention": 90_000,
    "total": 2_000,
    "accept_by": "2026-11-22T11:00:00.000Z",
    "start_at": "2026-11-22T11:00:00.000Z",
    "end_at": "2026-11-23T11:00:00.000Z",
}


def test_the_same_submission_has_no_changes() -> None:
    assert changed(BEFORE, {**BEFORE}, ["acc_1"], ["acc_1"]) == {}


@pytest.mark.parametrize("name", sorted(AFTER))
def test_a_changed_field_is_stored_with_its_value_before(name: str) -> None:
    after: Any = {**BEFORE, name: AFTER[name]}
    fields: Any = BEFORE
    assert changed(BEFORE, after, [], []) == {name: fields[name]}


def test_every_field_is_compared() -> None:
    assert set(FIELDS) == {*AFTER, "text"}


def test_a_changed_text_is_stored_in_pieces() -> None:
    after: Submission = {**BEFORE, "text": "今年的冬茶。"}
    assert changed(BEFORE, after, [], []) == {
        "text": [("same", "今年的"), ("removed", "秋"), ("added", "冬"), ("same", "茶。")]
    }


def test_removed_and_added_accounts_are_limited() -> None:
    former, later = [f"acc_{n}" for n in range(150)], ["acc_0", "acc_new"]
    assert changed(BEFORE, BEFORE, former, later) == {"account_ids": (former[1 : ACCOUNTS_MAX + 1], ["acc_new"])}
