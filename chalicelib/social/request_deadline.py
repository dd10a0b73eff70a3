"""One deadline for several requests to networks, which each have limits of their own.

The adapters send up to ten requests to read one post, some of them twice. A caller with little time sets a deadline for all of
them: no request lasts beyond it, and none is sent after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

from chalicelib.social.port import Unreached

REQUEST_SECONDS = 8.0
"""The time in which a request to the market waits for servers that a user chose: those of a post's URL or of an account."""

_until: ContextVar[float | None] = ContextVar("network_deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Within the block, all requests to networks together last at most `seconds`."""
    token = _until.set(monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def at_most(seconds: float) -> float:
    """Return the seconds that a request may last: `seconds`, or less if the deadline is earlier. Raise Unreached after it."""
    until = _until.get()
    if until is None:
        return seconds
    left = until - monotonic()
    if left <= 0:
        raise Unreached("The network did not respond in time.")
    return min(seconds, left)
