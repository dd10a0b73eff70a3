"""Files that only this user of the machine can read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


def open_private(path: Path, *, new: bool = False) -> TextIO:
    """Open a private file for writing; existing content is replaced. With `new`, raise FileExistsError if the file exists."""
    flag = os.O_EXCL if new else os.O_TRUNC
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flag, 0o600), "w", encoding="utf-8", newline="")
    os.fchmod(file.fileno(), 0o600)
    return file


@contextmanager
def replaced_when_done(path: Path) -> Iterator[TextIO]:
    """Open a private file that replaces `path` when the block ends, and is removed if the block fails."""
    part = path.with_name(f".{path.name}.part")
    try:
        with open_private(part) as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
