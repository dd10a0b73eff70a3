"""How far a long command is: a bar in a terminal, a plain line at every tenth elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TextIO

WIDTH = 30


class Progress:
    """Shows `done` of `total` on `out`. Writes nothing after `end`."""

    def __init__(self, what: str, total: int, out: TextIO | None = None) -> None:
        self._what = what
        self._total = total
        self._out = out or sys.stderr
        self._begin = time.monotonic()
        self._shown = -1

    def show(self, done: int) -> None:
        """Updates the bar; cheap enough to call for every batch."""
        share = done / self._total if self._total else 1.0
        step = int(share * (100 if self._out.isatty() else 10))
        if step == self._shown:
            return
        self._shown = step
        rate = done / max(time.monotonic() - self._begin, 0.001)
        text = f"{self._what} {done:,} of {self._total:,} ({share:.0%}), {rate:,.0f} a second"
        if self._out.isatty():
            bar = "█" * int(share * WIDTH)
            self._out.write(f"\r\033[K{bar:░<{WIDTH}} {text}")
        else:
            self._out.write(text + "\n")
        self._out.flush()

    def clear(self) -> None:
        """Takes the bar away, so that a line can be printed."""
        if self._out.isatty():
            self._out.write("\r\033[K")
            self._out.flush()
            self._shown = -1
