"""The identity of a request that may be sent more than once: its user and its Idempotency-Key."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from chalicelib.core import ids
from chalicelib.core.errors import Problem


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


def id_for(attempt: Attempt | None, prefix: str) -> str:
    """Return the id of the item that a request creates: a new one for a request without an Idempotency-Key."""
    return attempt.id(prefix) if attempt else ids.new(prefix)


def fingerprint(method: str, path: str, body: Any) -> str:
    """Return the SHA-256 of method, path (with the query, if there is one) and body in canonical JSON (sorted keys)."""
    text = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
