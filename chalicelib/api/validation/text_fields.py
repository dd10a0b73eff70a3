"""Check of every text in a request body: it can be stored and shown, and has visible characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from chalicelib.api.validation.validation_errors import pointer_part
from chalicelib.core.errors import Fault

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters other than tab, new line and carriage return (some systems end lines with both), and code points that
Unicode reserves as no characters."""
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs without a visible form: fillers of Hangul and the empty braille pattern."""


_WITHOUT_ORDINARY = re.compile('"[^\x21-\x7e\u4e00-\u9fa5]+"')
"""A text in JSON without escapes that has neither a visible character of ASCII nor a common Chinese one."""


def are_ordinary(json_text: str) -> bool:
    """Return True if `faults` certainly finds nothing in this JSON document, which is so for most bodies: one search in the whole
    text is faster than one in each field."""
    return not ("\\" in json_text or _CONTROL.search(json_text) or _WITHOUT_ORDINARY.search(json_text))


def faults(document: Any, pointer: str = "") -> Iterator[Fault]:
    """Yield a Fault for each text in the document that has control characters, or that is not empty and has no visible character
    (spaces, U+200B). Each field declares by itself if it may be empty."""
    if isinstance(document, str):
        if _CONTROL.search(document):
            yield Fault(pointer, "text_control", "The text has control characters.")
        elif document and not _shows(document):
            yield Fault(pointer, "text_invisible", "The text has no visible characters.")
    elif isinstance(document, list):
        for place, inner in enumerate(document):
            yield from faults(inner, f"{pointer}/{place}")
    elif isinstance(document, dict):
        for name, inner in document.items():
            if _CONTROL.search(name):
                yield Fault(pointer, "text_control", "The name of a field has control characters.")
            else:
                yield from faults(inner, f"{pointer}/{pointer_part(name)}")


def _shows(text: str) -> bool:
    return any(unicodedata.category(one)[0] in "LNPS" and one not in _BLANK for one in text)
