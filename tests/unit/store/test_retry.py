"""Optimistic writes: store/retry.py."""

from __future__ import annotations

import pytest

from chalicelib.core.errors import Problem
from chalicelib.store.retry import TRIES, WriteConflict, retry_on_conflict


def test_conflict_is_retried() -> None:
    outcomes = iter([WriteConflict(), WriteConflict(), "written"])

    def decide() -> str:
        outcome = next(outcomes)
        if isinstance(outcome, WriteConflict):
            raise outcome
        return str(outcome)

    assert retry_on_conflict(decide) == "written"


def test_endless_conflict_is_write_contention() -> None:
    calls = []

    def decide() -> None:
        calls.append(1)
        raise WriteConflict

    with pytest.raises(Problem) as problem:
        retry_on_conflict(decide)
    assert (problem.value.code, len(calls)) == ("write_contention", TRIES)


def test_other_exceptions_are_not_retried() -> None:
    def decide() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        retry_on_conflict(decide)
