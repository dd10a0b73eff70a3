"""Optimistic writes: read, decide, write on the condition that nothing has changed, and start again if something has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from chalicelib.core.errors import Problem

R = TypeVar("R")
TRIES = 20


class WriteConflict(Exception):
    """An item has changed since it was read; nothing was written."""


def retry_on_conflict(decide: Callable[[], R], *, conflict: type[Exception] = WriteConflict) -> R:
    """Return the result of `decide`, which reads, decides and writes; call it again when it raises `conflict`.

    Raises Problem `write_contention` after TRIES conflicts."""
    for _ in range(TRIES):
        try:
            return decide()
        except conflict:
            continue
    raise Problem("write_contention", "Other requests keep changing the same records; try again.")
