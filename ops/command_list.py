"""The operator's program `microtask`: its commands, in the order in which `--help` lists them."""

from __future__ import annotations

import click

from ops.command_base import OperatorGroup
from ops.commands.audience import audience
from ops.commands.clients import clients
from ops.commands.deploy import deploy
from ops.commands.export import export
from ops.commands.import_accounts import import_accounts
from ops.commands.logs import logs
from ops.commands.reconcile import reconcile
from ops.commands.redrive import redrive
from ops.commands.regrade import regrade
from ops.commands.releases import releases, rollback
from ops.commands.status import status
from ops.commands.stuck import stuck
from ops.commands.users import users
from ops.commands.wallet_backup import wallet
from ops.events.listen import listen

_EPILOG = """\b
Exit status: 0 done; 1 failed, or something needs attention; 2 wrong command line.

\b
First steps:
  make up                                       start a market on this machine
  microtask status --stack .local/stack.json    check it
  microtask users list --stage market           list the users of a stage on AWS

docs/operations/deployment.md leads from an empty AWS account to a running market."""


@click.group(cls=OperatorGroup, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
def microtask() -> None:
    """Operate the market, on one machine and on AWS.

    Every command works on one deployment. --stack names it by the file that `make up` writes. --stage names the stack
    microtask-STAGE, which is reached with the credentials and the region of your environment. COMMAND --help describes a
    command, with examples. With --json a command prints one JSON document on stdout; progress and messages go to stderr.
    """


for command in (
    deploy,
    rollback,
    releases,
    status,
    logs,
    listen,
    users,
    clients,
    import_accounts,
    audience,
    regrade,
    reconcile,
    stuck,
    redrive,
    export,
    wallet,
):
    microtask.add_command(command)

COMMANDS = microtask.leaves()
"""Every command by its full name, such as `status` and `users add`."""
