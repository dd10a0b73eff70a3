"""The form of an Idempotency-Key."""

from __future__ import annotations

import pytest

from chalicelib.core.errors import Problem
from chalicelib.core.idempotency import KEY_LENGTH_MAX, sent_key


@pytest.mark.parametrize("key", ["a", "order 7", "~" * KEY_LENGTH_MAX])
def test_a_printable_key_is_accepted(key: str) -> None:
    assert sent_key([key], required=True) == key


def test_a_route_that_requires_no_key_accepts_none() -> None:
    assert sent_key([], required=False) is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([], "idempotency_key_missing"),
        (["a", "a"], "idempotency_key_invalid"),
        ([""], "idempotency_key_invalid"),
        ([" a"], "idempotency_key_invalid"),
        (["a "], "idempotency_key_invalid"),
        (["a\n"], "idempotency_key_invalid"),
        (["ключ"], "idempotency_key_invalid"),
        (["~" * (KEY_LENGTH_MAX + 1)], "idempotency_key_invalid"),
    ],
)
def test_a_missing_repeated_or_unprintable_key_is_refused(values: list[str], code: str) -> None:
    with pytest.raises(Problem) as refusal:
        sent_key(values, required=True)
    assert refusal.value.code == code
