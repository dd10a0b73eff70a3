"""Tables of text for a terminal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH_MAX = 10_000
"""Columns are as wide as their widest cell: lines are neither wrapped nor cut."""


def text_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return `rows` below `header`, aligned in columns. None is shown as a dash."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in header:
        table.add_column(Text(name), no_wrap=True)
    for row in rows:
        table.add_row(*(Text("–" if cell is None else str(cell)) for cell in row))
    out = io.StringIO()
    Console(file=out, width=_WIDTH_MAX, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
