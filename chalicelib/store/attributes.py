"""Types of attributes that all record classes use."""

from __future__ import annotations

import json
from typing import Any

from pynamodb.attributes import JSONAttribute as AsciiJSONAttribute


class JSONAttribute(AsciiJSONAttribute):
    """A JSON value, stored as compact text in UTF-8. pynamodb's own attribute stores characters beyond ASCII as escapes, an emoji
    as 12 bytes in place of 4; what it stored reads the same."""

    def serialize(self, value: Any) -> str | None:
        """The text to be stored. Half of a surrogate pair has no form in UTF-8, so a value with one is stored with escapes."""
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        try:
            text.encode()
        except UnicodeEncodeError:
            return json.dumps(value, separators=(",", ":"))
        return text

    def deserialize(self, value: str) -> Any:
        """The value of the stored text."""
        return json.loads(value, strict=False)
