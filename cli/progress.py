"""Progress of long commands: spinners and bars in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars
from rich.text import Text

Report = Callable[[str], None]
"""Shows how far a step is."""


@contextmanager
def step(title: str) -> Iterator[Report]:
    """Print `title` with the seconds that the block took. The block may report details, which a terminal shows meanwhile."""
    begin = time.monotonic()
    console = Console(highlight=False, markup=False, soft_wrap=True)
    try:
        with console.status(Text(f"{title}: working")) as status:
            yield lambda detail: status.update(Text(f"{title}: {detail}"))
    except BaseException:
        console.print(f"  ✗ {title}")
        raise
    console.print(f"  ✓ {title} ({time.monotonic() - begin:.1f} s)")


class ProgressBar:
    """A bar for `total` items on `out`, by default stderr. Where `out` is not a terminal, it prints a line at every tenth."""

    def __init__(self, title: str, total: int, out: TextIO | None = None) -> None:
        self.total = total
        self._title = title
        self._console = Console(file=out or sys.stderr, highlight=False, markup=False, soft_wrap=True)
        self._begin = time.monotonic()
        self._tenths = -1
        self._bars: Bars | None = None

    def show(self, done: int) -> None:
        """Show that `done` items are finished."""
        share = done / self.total if self.total else 1.0
        rate = done / max(time.monotonic() - self._begin, 0.001)
        text = f"{self._title} {done:,} of {self.total:,} ({share:.0%}), {rate:,.0f} a second"
        if self._console.is_terminal:
            self._show_bar(done, text)
        elif int(share * 10) != self._tenths:
            self._tenths = int(share * 10)
            self._console.print(text)

    def clear(self) -> None:
        """Remove the bar from the terminal, so that other lines can be printed."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None

    def _show_bar(self, done: int, text: str) -> None:
        if self._bars is None:
            columns = (BarColumn(), TextColumn("{task.description}", markup=False))
            self._bars = Bars(*columns, console=self._console, transient=True)
            self._bars.add_task(text, total=max(self.total, 1))
            self._bars.start()
        self._bars.update(self._bars.task_ids[0], description=text, completed=done if self.total else 1)
