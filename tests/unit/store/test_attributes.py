"""JSON values as DynamoDB stores them."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.store.attributes import JSONAttribute

ATTRIBUTE: JSONAttribute[Any] = JSONAttribute()


@pytest.mark.parametrize("value", [{}, [], {"a": [1, 2.5, None, True]}, "茶 🍵", "line\nbreak", "\ud83d"])
def test_a_value_is_read_as_it_was_stored(value: Any) -> None:
    text = ATTRIBUTE.serialize(value)
    assert text is not None
    text.encode()
    assert ATTRIBUTE.deserialize(text) == value


def test_characters_beyond_ascii_take_no_escapes() -> None:
    assert ATTRIBUTE.serialize({"名": "茶"}) == '{"名":"茶"}'


def test_values_of_earlier_versions_with_escapes_and_controls_are_read() -> None:
    assert ATTRIBUTE.deserialize('"\\u8336\t"') == "茶\t"


def test_none_is_not_stored() -> None:
    assert ATTRIBUTE.serialize(None) is None
