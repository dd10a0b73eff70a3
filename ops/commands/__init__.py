"""Every command, in the order in which `--help` lists them. A module of this package that has COMMANDS is added here."""

from __future__ import annotations

from ops.command import Command
from ops.commands import accounts, deploy, redrive

COMMANDS: tuple[Command, ...] = (
    *deploy.COMMANDS,
    *accounts.COMMANDS,
    *redrive.COMMANDS,
)

GROUPS: dict[str, str] = {}
"""What the commands of two words with the same first one are for."""
