"""Asking before something that cannot simply be taken back."""

from __future__ import annotations

import sys
from argparse import Namespace

from cli.progress import Failed


def sure(options: Namespace, what: str) -> None:
    """Goes on if `--yes` was given or the person at the terminal says yes to `what`. Raises Failed otherwise."""
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise Failed(f"{what} Say --yes to do it: nobody is here to be asked.")
    sys.stderr.write(f"{what} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Failed("Nothing was done.")
