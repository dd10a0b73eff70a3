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


def read(name: str) -> str:
    """Return the text of a file that is served as it is. Raise Problem `not_found` for other names and in a checkout."""
    if not _NAME.fullmatch(name):
        raise not_found("file")
    return _text(name)


def template(page: str) -> str:
    """Return the text of one of PAGES, which is not served as it is. Raise Problem `not_found` in a checkout."""
    return _text(page)


@cache
def _text(name: str) -> str:
    path = FOLDER / name
    if not path.is_file():
        raise not_found("file")
    return path.read_text("utf-8")


def media_type(name: str) -> str:
    """Return the media type of a file by the end of its name."""
    return f"{MEDIA_TYPES[Path(name).suffix]}; charset=utf-8"
