"""Attributes of an item as a stream record has them: DynamoDB's attribute values."""

from __future__ import annotations

from typing import Any


def text_of(image: dict[str, Any], name: str) -> str:
    """Return the text of the attribute, or an empty text."""
    return str(image.get(name, {}).get("S", ""))


def number_of(image: dict[str, Any], name: str) -> int:
    """Return the whole number of the attribute, or 0."""
    return int(image.get(name, {}).get("N", 0))
