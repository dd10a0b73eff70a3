"""Texts of a body: control characters and invisible texts are faults, with a pointer to each."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.api.validation.text_fields import faults


@pytest.mark.parametrize("text", ["", "a", "\t\r\na", "茶", "👍", "1", "。", "a\u200b", "\u3164a"])
def test_a_visible_or_empty_text_is_no_fault(text: str) -> None:
    assert list(faults({"text": text})) == []


@pytest.mark.parametrize("text", [" ", "\n", "\u200b", "\u3164", "\u2800\u115f", "\ufe0f"])
def test_a_text_without_visible_characters_is_a_fault(text: str) -> None:
    assert [(fault.pointer, fault.code) for fault in faults({"text": text})] == [("/text", "text_invisible")]


@pytest.mark.parametrize("char", ["\x00", "\x08", "\x0b", "\x1f", "\x7f", "\x85", "\x9f", "\ufdd0", "\ufffe"])
def test_a_control_character_is_a_fault(char: str) -> None:
    assert [(fault.pointer, fault.code) for fault in faults({"text": f"a{char}b"})] == [("/text", "text_control")]


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        (" ", [""]),
        ({"lines": ["a", " ", {"b": "\x00"}]}, ["/lines/1", "/lines/2/b"]),
        ({"a/b": {"c~d": " "}}, ["/a~1b/c~0d"]),
        ({"a": {"b\x00": " "}}, ["/a"]),
        ({"number": 1, "none": None, "flag": True}, []),
    ],
)
def test_the_pointer_names_the_place(document: Any, pointers: list[str]) -> None:
    assert [fault.pointer for fault in faults(document)] == pointers
