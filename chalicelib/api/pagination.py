"""Cursors: opaque, signed, and bound to the caller and the query for which they were made."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.core.aws import secret
from chalicelib.core.errors import Problem
from chalicelib.core.settings import settings

_MAC_BYTES = 16


class Query(BaseModel):
    """Base of all query parameters: unknown ones are refused. pydantic builds a model when it is first used, not at start."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Paging(Query):
    """Query parameters of a list: `limit` 1-100 (default 20) and `cursor`. A list with filters adds them in a subclass."""

    limit: int = Field(default=20, ge=1, le=100)
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
