"""Query parameters, and cursors: opaque, signed, and bound to the caller and the query for which they were made."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticKnownError

from chalicelib.core.aws import secret
from chalicelib.core.errors import Problem
from chalicelib.core.settings import settings

_MAC_BYTES = 16
_DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)


def _read_number(value: Any) -> int:
    """Return the number in decimal digits. pydantic alone also reads `+5`, `5.0`, `1_000` and blanks around a number.

    A number itself is returned unchanged, because filters are saved in bodies, too."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise PydanticKnownError("int_parsing")


QueryNumber = Annotated[int, BeforeValidator(_read_number)]
"""A whole number in a query parameter, in decimal digits."""


class Query(BaseModel):
    """Base of all query parameters: unknown ones are refused. pydantic builds a model when it is first used, not at start."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Paging(Query):
    """Query parameters of a list: `limit` 1-100 (default 20) and `cursor`. A list with filters adds them in a subclass."""

    limit: QueryNumber = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=4_096)


def seal(after: Mapping[str, object], scope: str) -> str:
    """Return the cursor for a key, valid for `scope` only."""
    body = json.dumps(after, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(body, scope) + body).decode().rstrip("=")


def unseal(cursor: str, scope: str) -> dict[str, Any]:
    """Return the key in the cursor. Raise Problem `cursor_invalid` if it was changed or made for another scope."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(body, scope)):
        raise Problem("cursor_invalid", "Use `next_cursor` of the same list with the same filters.")
    key: dict[str, Any] = json.loads(body)
    return key


def _mac(body: bytes, scope: str) -> bytes:
    key = secret(settings().cursor_secret_arn)
    return hmac.digest(key, scope.encode() + b"\x00" + body, hashlib.sha256)[:_MAC_BYTES]
