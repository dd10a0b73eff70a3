"""Confirmation before an action that cannot be undone."""

from __future__ import annotations

import sys

import click

from cli.failures import Failed


def confirm(question: str, *, yes: bool) -> None:
    """Return if `yes` is set or the user confirms at the terminal. Raise Failed otherwise."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failed(f"{question} stdin is not a terminal: pass --yes to confirm.")
    try:
        confirmed = click.confirm(question, err=True)
    except click.Abort:
        confirmed = False
    if not confirmed:
        raise Failed("Nothing was done.")
