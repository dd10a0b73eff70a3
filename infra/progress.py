"""What long commands say: one line per step with its duration; in a terminal the running step is shown as it goes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


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


def run(main: Callable[[], None]) -> None:
    """Runs a command's main; a Failed becomes a message and exit status 1."""
    try:
        main()
    except Failed as failure:
        print(f"\n{failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
