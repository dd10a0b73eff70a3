"""Every command, in the order in which `--help` lists them. A module of this package that has COMMANDS is added here."""

from __future__ import annotations

from ops.command import Command
from ops.commands import (
    accounts,
    clients,
    deploy,
    export,
    logs,
    reconcile,
    redrive,
    regrade,
    status,
    stuck,
    users,
    wallet,
)

COMMANDS: tuple[Command, ...] = (
    *deploy.COMMANDS,
    *status.COMMANDS,
    *logs.COMMANDS,
    *users.COMMANDS,
    *clients.COMMANDS,
    *accounts.COMMANDS,
    *regrade.COMMANDS,
    *reconcile.COMMANDS,
    *stuck.COMMANDS,
    *redrive.COMMANDS,
    *export.COMMANDS,
    *wallet.COMMANDS,
)

GROUPS: dict[str, str] = {
    "users": "who may do what: list, add, change and disable users, sign in",
    "clients": "keys of programs that integrate the market: add, list, remove",
    "export": "take data out: all of one person's, the ledger of a period",
    "wallet": "back the wallet up, restore it beside itself, show that it can be done",
}
"""What the commands of two words with the same first one are for."""
