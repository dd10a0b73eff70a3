"""Files with what is somebody's own business."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


def opened(path: Path, *, new: bool = False) -> TextIO:
    """For writing, in place of what is there unless it must be `new`; only this user of the machine can read it. Raises
    FileExistsError."""
    how = os.O_EXCL if new else os.O_TRUNC
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "w", encoding="utf-8", newline="")
    os.fchmod(file.fileno(), 0o600)
    return file


@contextmanager
def replaced(path: Path) -> Iterator[TextIO]:
    """For writing what takes long: it takes the place of what is there when the block is over, and not if it fails."""
    part = path.with_name(f".{path.name}.part")
    try:
        with opened(part) as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
