"""Idempotency-Keys: the form of a key, and the identity of a request that may be sent more than once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.core import ids
from chalicelib.core.errors import Fault, Problem

KEY_LENGTH_MAX = 64
KEY_FORM = re.compile(rf"[\x21-\x7e]([\x20-\x7e]{{0,{KEY_LENGTH_MAX - 2}}}[\x21-\x7e])?")


@dataclass(frozen=True)
class Attempt:
    """A request with an Idempotency-Key: its user, its key, and the fingerprint of route and body."""

    caller: str
    key: str
    fingerprint: str

    def id(self, prefix: str) -> str:
        """Return the id of the item that the request creates, the same for every attempt."""
        return ids.derive(prefix, self.caller, self.key)

    def require_same(self, fingerprint: str | None) -> None:
        """Raise Problem `idempotency_key_reused` unless an earlier attempt with this fingerprint was the same request."""
        if fingerprint != self.fingerprint:
            raise Problem("idempotency_key_reused", "This Idempotency-Key belongs to a request with another body.")


def sent_key(values: Sequence[str], *, required: bool) -> str | None:
    """Return the key of a request from the values of its header, None without one.

    Raise Problem `idempotency_key_missing` if it is `required`, `idempotency_key_invalid` for a repeated header or another form."""
    if len(values) > 1:
        message = "This header is sent more than once."
        faults = [Fault("/header/Idempotency-Key", "repeated", message)]
        raise Problem("idempotency_key_invalid", message, faults=faults)
    if not values:
        if required:
            raise Problem("idempotency_key_missing", "Send a fresh Idempotency-Key; repeat it only with the same body.")
        return None
    if not KEY_FORM.fullmatch(values[0]):
        raise Problem("idempotency_key_invalid", f"Use 1-{KEY_LENGTH_MAX} printable ASCII characters.")
    return values[0]


def id_for(attempt: Attempt | None, prefix: str) -> str:
    """Return the id of the item that a request creates: a new one for a request without an Idempotency-Key."""
    return attempt.id(prefix) if attempt else ids.new(prefix)


def fingerprint(method: str, path: str, body: Any) -> str:
    """Return the SHA-256 of method, path (with the query, if there is one) and body in canonical JSON (sorted keys)."""
    text = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
