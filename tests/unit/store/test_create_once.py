"""Creation under an Idempotency-Key: store/create_once.py."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from chalicelib.core.errors import Problem
from chalicelib.core.idempotency import Attempt
from chalicelib.store import Refused
from chalicelib.store.create_once import create_once

ATTEMPT = Attempt("user", "key", "print")


@dataclass
class Item:
    fingerprint: str = "print"


def never() -> Item:
    raise AssertionError("created twice")


def test_first_attempt_creates() -> None:
    item = Item()
    assert create_once(ATTEMPT, lambda: None, lambda: item) == (item, False)


def test_later_attempt_finds_the_item() -> None:
    item = Item()
    assert create_once(ATTEMPT, lambda: item, never) == (item, True)


def test_without_key_nothing_is_looked_up() -> None:
    item = Item()
    assert create_once(None, never, lambda: item) == (item, False)


def test_another_request_under_the_same_key_is_refused() -> None:
    with pytest.raises(Problem) as problem:
        create_once(ATTEMPT, lambda: Item("other"), never)
    assert problem.value.code == "idempotency_key_reused"


@pytest.mark.parametrize("error", [Refused({"item": None}), Problem("already_exists", "It exists.")])
def test_concurrent_attempts_create_one_item(error: Exception) -> None:
    item, found = Item(), iter([None, Item()])

    def create() -> Item:
        raise error

    assert create_once(ATTEMPT, lambda: next(found), create) == (item, True)


def test_failure_without_an_item_is_raised() -> None:
    def create() -> Item:
        raise Refused({"balance": None})

    with pytest.raises(Refused):
        create_once(ATTEMPT, lambda: None, create)
