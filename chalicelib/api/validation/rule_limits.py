"""Bounds of request members that are rules. They are read for each request, so that a stage's `RULES` apply.

A bound in `Field(max_length=Rules.x)` would always be the default of the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from chalicelib.core.rules import Rules, rules

_IN_SCHEMA = {"entries": "maxItems", "characters": "maxLength", "value": "maximum"}


@dataclass(frozen=True)
class AtMost:
    """Metadata of a type: the rule is the maximum number of entries or characters, or the maximum value. The JSON schema states
    the default of the rule."""

    rule: str
    of: Literal["entries", "characters", "value"] = "entries"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), _IN_SCHEMA[self.of]: getattr(Rules, self.rule)}

    def _checked(self, value: Any) -> Any:
        most = int(getattr(rules(), self.rule))
        if self.of == "value":
            if value > most:
                raise PydanticKnownError("less_than_equal", {"le": most})
        elif len(value) > most:
            if self.of == "characters":
                raise PydanticKnownError("string_too_long", {"max_length": most})
            sizes = {"field_type": "List", "max_length": most, "actual_length": len(value)}
            raise PydanticKnownError("too_long", sizes)
        return value
