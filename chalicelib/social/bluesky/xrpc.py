"""Responses of AT Protocol servers (XRPC): their documents, and their errors as the port's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.social.known_host_request import Reply
from chalicelib.social.port import (
    Absent,
    NetworkError,
    NotPermitted,
    RateLimited,
    RefusedByNetwork,
    Unavailable,
    Unreadable,
)

_ABSENT = frozenset(
    {
        "AccountDeactivated",
        "AccountTakedown",
        "NotFound",
        "RecordNotFound",
        "RepoDeactivated",
        "RepoNotFound",
        "RepoTakendown",
    }
)
_ABSENT_MESSAGES = ("Profile not found", "Actor not found", "Unable to resolve handle", "Could not locate record")
"""Messages of `InvalidRequest`, by which the reference servers report that there is no such account or record."""
_WAIT_SECONDS = 300
"""The length of the servers' shortest window, where they do not say when it ends."""


def document_of(reply: Reply, now: datetime) -> Any:
    """Return the document of a response. Raise NetworkErrors."""
    try:
        document = reply.document()
    except Unreadable:
        if reply.status < 300:
            raise
        document = None
    if reply.status < 300:
        return document
    raise _failure(reply, document if isinstance(document, dict) else {}, now)


def _failure(reply: Reply, document: dict[str, Any], now: datetime) -> NetworkError:
    name, message = str(document.get("error", "")), str(document.get("message", ""))[:200]
    detail = f"Bluesky responded with status {reply.status} {name}: {message}"
    if reply.status == 429:
        return RateLimited("Bluesky reports too many requests.", _retry_after(reply, now))
    if reply.status >= 500:
        return Unavailable(detail)
    if name in _ABSENT or message.startswith(_ABSENT_MESSAGES):
        return Absent(detail)
    if reply.status in (401, 403) or name in ("ExpiredToken", "InvalidToken", "AuthFactorTokenRequired"):
        return NotPermitted(detail)
    return RefusedByNetwork(detail) if reply.status == 400 else NotPermitted(detail)


def _retry_after(reply: Reply, now: datetime) -> int:
    seconds, until = reply.headers.get("retry-after", ""), reply.headers.get("ratelimit-reset", "")
    if seconds.isdecimal():
        return max(1, int(seconds))
    return max(1, int(until) - int(now.timestamp())) if until.isdecimal() else _WAIT_SECONDS
