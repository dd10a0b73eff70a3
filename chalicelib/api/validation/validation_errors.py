"""Faults from pydantic's validation errors: JSON pointers into the request, and messages of ours.

pydantic's own locations name union branches and validators, and its messages name classes; clients see neither.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from chalicelib.core.errors import Fault

FAULTS_MAX = 50
NAME_MAX = 100
_NAMED_MAX = 30
_GENERAL = "This value is not allowed here."
MESSAGES: Mapping[str, str] = {
    "missing": "This is required.",
    "extra_forbidden": "This name is not known here.",
    "object_type": "This must be an object.",
    "list_type": "This must be a list.",
    "string_type": "This must be a string.",
    "string_unicode": "This must be text in valid Unicode.",
    "string_too_short": "This must have at least {min_length} characters.",
    "string_too_long": "This must have at most {max_length} characters.",
    "string_pattern_mismatch": "This does not have the required form.",
    "too_short": "This must have at least {min_length} entries.",
    "too_long": "This must have at most {max_length} entries.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_parsing_size": "This number is too large.",
    "int_from_float": "This must be a whole number.",
    "float_type": "This must be a number.",
    "float_parsing": "This must be a number.",
    "finite_number": "This must be a finite number.",
    "bool_type": "This must be true or false.",
    "bool_parsing": "This must be true or false.",
    "greater_than": "This must be greater than {gt}.",
    "greater_than_equal": "This must be at least {ge}.",
    "less_than": "This must be less than {lt}.",
    "less_than_equal": "This must be at most {le}.",
    "literal_error": "This must be one of: {expected}.",
    "invalid_key": "The names in this object must be strings.",
    "none_required": "This must be null.",
}
"""The message of each type of error that pydantic can raise for our models. Our own validators have their own messages."""
CODES = {
    "model_type": "object_type",
    "model_attributes_type": "object_type",
    "dict_type": "object_type",
    "enum": "literal_error",
}


def faults_of(error: ValidationError, document: Any = None, prefix: str = "") -> tuple[Fault, ...]:
    """Return one Fault per wrong place of `document`, at most FAULTS_MAX. Pointers follow RFC 6901, after `prefix`.

    Of several branches of a union, the fault describes the one that failed deepest, with the allowed literals of all branches.
    Without a document a pointer has every part of pydantic's location, which is right for models without unions."""
    found: dict[str, tuple[int, dict[str, Any]]] = {}
    allowed: dict[str, list[str]] = {}
    for item in error.errors(include_url=False, include_input=False):
        context = item.get("ctx") or {}
        place = item["loc"] if document is None else _parts(item["loc"], document, item["type"])
        parts = [*place, *([context["field"]] if "field" in context else [])]
        pointer = prefix + "".join("/" + pointer_part(part) for part in parts)
        if CODES.get(item["type"], item["type"]) == "literal_error":
            allowed.setdefault(pointer, []).extend(re.findall(r"'([^']*)'", str(context.get("expected"))))
        if pointer not in found or len(item["loc"]) > found[pointer][0]:
            found[pointer] = (len(item["loc"]), {**item})
        if len(found) >= FAULTS_MAX:
            break
    return tuple(_fault(pointer, item, allowed.get(pointer, [])) for pointer, (_, item) in found.items())


def _fault(pointer: str, item: dict[str, Any], allowed: list[str]) -> Fault:
    kind = str(item["type"])
    context = dict(item.get("ctx") or {})
    if "message" in context:
        return Fault(pointer, kind, str(context["message"]))
    code = CODES.get(kind, kind)
    shown = list(dict.fromkeys(allowed))
    context["expected"] = ", ".join(shown[:_NAMED_MAX]) + (", …" if len(shown) > _NAMED_MAX else "")
    return Fault(pointer, code, MESSAGES.get(code, _GENERAL).format_map(context))


def _parts(location: tuple[int | str, ...], document: Any, kind: str) -> list[int | str]:
    """Return the parts of a location that are steps into `document`; the others name validators and branches of unions."""
    steps: list[int | str] = []
    place = document
    for position, part in enumerate(location):
        inside, found = _step(place, part)
        if inside:
            place = found
            steps.append(part)
        elif kind == "missing" and position == len(location) - 1:
            steps.append(part)
    return steps


def _step(place: Any, part: int | str) -> tuple[bool, Any]:
    if isinstance(place, Mapping) and part in place:
        return True, place[part]
    if isinstance(place, list) and isinstance(part, int) and part < len(place):
        return True, place[part]
    return False, None


def pointer_part(part: int | str) -> str:
    """Return one part of a JSON pointer, cut to NAME_MAX characters: the client may have sent an undeclared name of any length."""
    return str(part)[:NAME_MAX].replace("~", "~0").replace("/", "~1")
