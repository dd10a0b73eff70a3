"""Types of attributes that all record classes use."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Generic

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    T = TypeVar("T", default=Any)
else:
    from typing import TypeVar

    T = TypeVar("T")


class JSONAttribute(Attribute[T], Generic[T]):
    """A JSON value, stored as compact text in UTF-8. `JSONAttribute[Payee](…)` declares the type of the value for mypy.

    The attribute of pynamodb stores characters beyond ASCII as escapes, an emoji as 12 bytes in place of 4; both read the same."""

    attr_type = STRING

    def serialize(self, value: Any) -> str | None:
        """Return the text to be stored. Half of a surrogate pair has no form in UTF-8: a value with one is stored with escapes."""
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        try:
            text.encode()
        except UnicodeEncodeError:
            return json.dumps(value, separators=(",", ":"))
        return text

    def deserialize(self, value: str) -> Any:
        """Return the value of the stored text."""
        return json.loads(value, strict=False)
