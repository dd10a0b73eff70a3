"""Rows under each other, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width


def columns(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The rows below `header`, each column as wide as its widest cell; None is shown as a dash."""
    lines = [list(header), *(["–" if cell is None else str(cell) for cell in row] for row in rows)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(header))]
    return "\n".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _width(text: str) -> int:
    """Cells of a terminal: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
