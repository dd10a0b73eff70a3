"""The files of the built web console, which the package has beside this module; a checkout has none."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from chalicelib.core.errors import not_found

FOLDER = Path(__file__).parent / "files"
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
"""Media types of the files, whose names have a hash of their content."""

PAGES = ("index.html", "reference.html")
"""The templates of the start page and of the API reference."""

_NAME = re.compile(r"[A-Za-z0-9_-]+\.(js|css|svg)")


@cache
def read(name: str) -> str:
    """Return the text of a file. Raise Problem `not_found` for other names and in a checkout."""
    path = FOLDER / name
    if not (name in PAGES or _NAME.fullmatch(name)) or not path.is_file():
        raise not_found("file")
    return path.read_text("utf-8")


def media_type(name: str) -> str:
    """Return the media type of a file by the end of its name."""
    return f"{MEDIA_TYPES[Path(name).suffix]}; charset=utf-8"
