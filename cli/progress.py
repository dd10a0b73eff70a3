"""What long commands say: a line per step with its duration, or a bar; in a terminal it moves, elsewhere lines are plain."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

WIDTH = 30


class Failed(Exception):
    """A step that cannot go on: the sentence for the person, with the way out. No stack trace is shown for it."""


@contextmanager
def step(what: str) -> Iterator[Callable[[str], None]]:
    """Prints `what`, then what the block tells it about its progress, then the seconds it took."""
    begin = time.monotonic()
    terminal = sys.stdout.isatty()

    def tell(detail: str) -> None:
        if terminal:
            print(f"\r\033[K  … {what}: {detail}", end="", flush=True)

    tell("working")
    try:
        yield tell
    except BaseException:
        print(f"{chr(13) + chr(27) + '[K' if terminal else ''}  ✗ {what}", flush=True)
        raise
    seconds = time.monotonic() - begin
    print(f"{chr(13) + chr(27) + '[K' if terminal else ''}  ✓ {what} ({seconds:.1f} s)", flush=True)


class Progress:
    """How far something is: shows `done` of `total` on `out`, stderr if not given; plainly, a line at every tenth."""

    def __init__(self, what: str, total: int, out: TextIO | None = None) -> None:
        self._what = what
        self.total = total
        self._out = out or sys.stderr
        self._begin = time.monotonic()
        self._shown = -1

    def show(self, done: int) -> None:
        """Updates the bar; cheap enough to call for every batch."""
        share = done / self.total if self.total else 1.0
        step = int(share * (100 if self._out.isatty() else 10))
        if step == self._shown:
            return
        self._shown = step
        rate = done / max(time.monotonic() - self._begin, 0.001)
        text = f"{self._what} {done:,} of {self.total:,} ({share:.0%}), {rate:,.0f} a second"
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


def run(main: Callable[[], None]) -> None:
    """Runs a command's main; a Failed becomes a message and exit status 1."""
    try:
        main()
    except Failed as failure:
        print(f"\n{failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
