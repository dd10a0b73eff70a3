"""Texts of a body: control characters and invisible texts are faults, with a pointer to each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.api.validation.text_fields import are_ordinary, faults


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


TEXTS = st.text(st.sampled_from('a!~茶é😀 \t\n\u200b\u3000\u115f\u3164\u2800\x00\x7f\uffff"\\')) | st.text()
DOCUMENTS = st.recursive(TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner))


@given(DOCUMENTS, st.sampled_from([None, 2]), st.booleans())
def test_an_ordinary_document_has_no_faults(document: Any, indent: int | None, ascii_only: bool) -> None:
    if are_ordinary(json.dumps(document, indent=indent, ensure_ascii=ascii_only)):
        assert list(faults(document)) == []


def test_most_bodies_are_ordinary() -> None:
    body = {
        "title": "秋茶上市",
        "content": {"text": "今年的秋茶到了。 #茶# 😀", "urls": ["https://tea.example/"]},
        "note": "",
    }
    assert are_ordinary(json.dumps(body, ensure_ascii=False, indent=1))


@pytest.mark.parametrize("text", [" ", "\u200b", "\u3000", "\u3164", "\x7f", "\n"])
def test_texts_without_a_form_are_not_ordinary(text: str) -> None:
    assert not are_ordinary(json.dumps(["a", text, "b"], ensure_ascii=False))
