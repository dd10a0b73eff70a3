"""A POST that may come twice does its work once.

The id of what it creates is derived from the caller and the Idempotency-Key, and the created item keeps the fingerprint
of the request and the answer it got. So the repeat is found by id and costs nothing extra.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from chalicelib.core import ids
from chalicelib.core.errors import Problem


@dataclass(frozen=True)
class Attempt:
    """One arrival of a request: who sent it, under which key, and the fingerprint of route and body."""

    caller: str
    key: str
    fingerprint: str

    def id(self, prefix: str) -> str:
        """The id of what this request creates: the same for every attempt."""
        return ids.derive(prefix, self.caller, self.key)

    def replay(self, fingerprint: str | None, answer: str) -> dict[str, Any]:
        """The stored `answer` (JSON) again. Raises Problem `idempotency_key_reused` if the request was another one."""
        if fingerprint != self.fingerprint:
            raise Problem("idempotency_key_reused", "This Idempotency-Key belongs to a request with another body.")
        stored: dict[str, Any] = json.loads(answer)
        return stored


def fingerprint(method: str, path: str, body: Any) -> str:
    """SHA-256 of method, path (with the query, if there is one) and body in canonical JSON (sorted keys): equal requests have
    equal fingerprints."""
    text = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
