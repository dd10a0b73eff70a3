"""Cursors are signed and bound to the list for which they were made."""

from __future__ import annotations

import pytest

from chalicelib.api import pagination
from chalicelib.core.errors import Problem

KEY = {"pk": {"S": "acc_1"}, "score": {"N": "5"}}


@pytest.fixture(autouse=True)
def signing_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "secret", lambda arn: b"secret")


def refused(cursor: str, scope: str = "list") -> bool:
    with pytest.raises(Problem) as raised:
        pagination.unseal(cursor, scope)
    return raised.value.code == "cursor_invalid"


def test_a_cursor_returns_its_key() -> None:
    cursor = pagination.seal(KEY, "list")
    assert pagination.unseal(cursor, "list") == KEY
    assert "=" not in cursor


def test_a_cursor_of_another_list_is_refused() -> None:
    assert refused(pagination.seal(KEY, "list"), "other list")


def test_every_changed_character_is_refused() -> None:
    cursor = pagination.seal(KEY, "list")
    for place, character in enumerate(cursor[:-1]):
        other = "A" if character != "A" else "B"
        assert refused(cursor[:place] + other + cursor[place + 1 :])


@pytest.mark.parametrize("cursor", ["", "x", "not base64!", "é", "A" * 22])
def test_a_text_that_is_no_cursor_is_refused(cursor: str) -> None:
    assert refused(cursor)


def test_a_cursor_of_another_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = pagination.seal(KEY, "list")
    monkeypatch.setattr(pagination, "secret", lambda arn: b"other secret")
    assert refused(cursor)
