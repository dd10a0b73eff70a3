"""Failures that a person can act on, and the exit status of a program."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


class Failed(Exception):
    """A failure whose text says what to do. Programs print the text without a stack trace."""


class Program(click.Command):
    """A click command that prints a Failed on stderr and exits with 1, and exits with 130 when it is interrupted."""

    def invoke(self, ctx: click.Context) -> object:
        result: list[object] = []
        run(lambda: result.append(super(Program, self).invoke(ctx)))
        return result[0]


def run(main: Callable[[], object]) -> None:
    """Call `main` and turn a Failed into a message on stderr and exit status 1."""
    try:
        main()
    except Failed as failure:
        print(f"\n{failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
