"""`microtask wallet`: back up and restore the wallet, and prove that a backup can be restored."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from cli.failures import Failed
from cli.progress import step
from ops.command_base import CommandResult, Invocation, OperatorGroup
from ops.target_deployment import Deployment


@click.group(cls=OperatorGroup)
def wallet() -> None:
    """Back up the wallet, restore a copy, and run the restore drill."""


@wallet.command(
    "backup",
    examples=(
        "microtask wallet backup --stage market",
        "microtask wallet backup --stack .local/stack.json --name before-2.0",
    ),
)
@click.option("--table", help="Another table than the wallet's.")
@click.option("--name", help="Name of the backup. Default: the table's name and the time.")
def backup(invocation: Invocation, table: str | None, name: str | None) -> CommandResult:
    """Back up the wallet.

    Creates a backup of the wallet's table that exists until it is deleted. Besides, DynamoDB can restore any second of the last 35
    days. The market continues to run. Prints the backup's ARN."""
    deployment = invocation.deployment
    deployment.load_function_environment()
    from ops.ledger.backup_and_restore import create_backup

    table = table or deployment.output("WalletTable")
    with step(f"back up {table}"):
        arn = create_backup(deployment.client("dynamodb"), table, name or _dated(table))
    return CommandResult({"table": table, "backup": arn}, arn)


@wallet.command(
    "restore",
    examples=(
        "microtask wallet restore --stage market --at 2026-11-23T10:00:00Z --to wallet-at-ten",
        "microtask wallet restore --stack .local/stack.json --backup ARN --to wallet-again",
    ),
)
@click.option("--backup", "backup_arn", metavar="ARN", help="The backup to restore, as `wallet backup` printed it.")
@click.option("--at", metavar="MOMENT", help="Restore the wallet as of this moment, within the last 35 days.")
@click.option("--to", "target", metavar="TABLE", required=True, help="The name of the new table.")
@click.option("--tasks-to", metavar="TABLE", help="Restore tasks and orders, too, to this new table.")
@click.option("--tasks-backup", metavar="ARN", help="The backup of the tasks' table. Default: the moment of --at.")
def restore(
    invocation: Invocation,
    backup_arn: str | None,
    at: str | None,
    target: str,
    tasks_to: str | None,
    tasks_backup: str | None,
) -> CommandResult:
    """Restore the wallet to a new table, compare and prove it.

    Creates a new table from a backup or from a second of the last 35 days, compares it with the wallet and proves its ledger. The
    market continues with its own table; docs/operations/backup.md describes how to replace it. Exit status 1 if the copy is not
    sound."""
    deployment = invocation.deployment
    deployment.load_function_environment()
    moment = _moment(at) if at else None
    if (backup_arn is None) == (moment is None):
        raise Failed("pass either --backup or --at, not both.")
    if tasks_backup and not (tasks_to and backup_arn):
        raise Failed("--tasks-backup needs --tasks-to, and --backup for the wallet.")
    if tasks_to and backup_arn and not tasks_backup:
        raise Failed("name what the tasks are restored from: --tasks-backup, or --at for both tables.")
    source = backup_arn or deployment.output("WalletTable")
    document = _restore_and_prove(deployment, source, target, moment, tasks_to, tasks_backup)
    return CommandResult(document, _text(document), 0 if document["sound"] else 1)


@wallet.command(
    "drill",
    examples=(
        "microtask wallet drill --stage market",
        "microtask wallet drill --stack .local/stack.json --keep --json",
    ),
)
@click.option("--keep", is_flag=True, help="Keep the copy and the backup.")
def drill(invocation: Invocation, keep: bool) -> CommandResult:
    """Back up, restore, compare, prove, and delete the copy.

    Proves that the wallet can be restored: creates a backup and a table from it, compares every item with the original, proves the
    copy's ledger with its seals, reports the seconds of each part, and deletes both. Costs a scan of both tables. Exit status 1 if
    the copy is not sound."""
    deployment = invocation.deployment
    deployment.load_function_environment()
    from ops.ledger.backup_and_restore import create_backup

    dynamodb, original = deployment.client("dynamodb"), deployment.output("WalletTable")
    copy = _dated(f"{original}-drill")
    begin = time.monotonic()
    with step(f"back up {original}"):
        arn = create_backup(dynamodb, original, copy)
    seconds = time.monotonic() - begin
    try:
        document = _restore_and_prove(deployment, arn, copy)
    finally:
        if not keep:
            _delete(dynamodb, copy, arn)
    document = {**document, "backup": arn, "retained": keep}
    document["seconds"] = {"backup": round(seconds, 1), **document["seconds"]}
    return CommandResult(document, _text(document), 0 if document["sound"] else 1)


def _restore_and_prove(
    deployment: Deployment,
    source: str,
    copy: str,
    at: datetime | None = None,
    tasks_copy: str | None = None,
    tasks_backup: str | None = None,
) -> dict[str, Any]:
    dynamodb, original = deployment.client("dynamodb"), deployment.output("WalletTable")
    from ops.ledger.backup_and_restore import Comparison, compare, prove, restore_table, unexplained

    seconds: dict[str, float] = {}
    begin = time.monotonic()
    with step(f"restore it as {copy}"):
        restore_table(dynamodb, source, copy, at=at)
    tasks = deployment.output("TasksTable")
    if tasks_copy:
        with step(f"restore the tasks as {tasks_copy}"):
            restore_table(dynamodb, tasks_backup or tasks, tasks_copy, at=at)
    seconds["restore"], begin = round(time.monotonic() - begin, 1), time.monotonic()
    comparison = Comparison()
    if copy != original:
        with step(f"compare it with {original}") as report:
            comparison = compare(dynamodb, original, copy, report)
        seconds["compare"], begin = round(time.monotonic() - begin, 1), time.monotonic()
    with step("prove its ledger"):
        proof = prove(copy, tasks_copy or tasks)
    seconds["proof"] = round(time.monotonic() - begin, 1)
    differences = unexplained(proof, comparison)
    return {
        "table": copy,
        "sound": not differences and not comparison.altered,
        "seconds": seconds,
        "comparison": asdict(comparison),
        "unexplained": differences,
        "proof": proof,
    }


def _delete(dynamodb: Any, copy: str, arn: str) -> None:
    """Delete the table and the backup. Name the one that is in use, because it is still being restored."""
    with step("delete the copy and the backup"):
        try:
            dynamodb.delete_table(TableName=copy)
        except dynamodb.exceptions.ResourceInUseException:
            print(f"    {copy} is in use: delete it later")
        except dynamodb.exceptions.ResourceNotFoundException:
            pass  # it was not restored
        try:
            dynamodb.delete_backup(BackupArn=arn)
        except dynamodb.exceptions.BackupInUseException:
            print(f"    {arn} is in use: delete it later")


def _text(document: dict[str, Any]) -> str:
    from ops.ledger.backup_and_restore import abbreviated

    proof, comparison = document["proof"], document["comparison"]
    explained = len(proof["differences"]) - len(document["unexplained"])
    seconds = ", ".join(f"{part} {figure:,.1f} s" for part, figure in document["seconds"].items())
    lines = [
        f"{document['table']}: {proof['entries_checked']:,} entries in {proof['accounts_checked']:,} accounts; {seconds}",
        f"since then: {comparison['since']:,} entries; changed balances: {abbreviated(comparison['moved']) or 'none'}"
        if comparison["items"]
        else "there is no other table to compare it with",
        f"the proof: {proof['status']}, sealed through {proof['sealed_through'] or 'no day'}"
        + (f"; {explained} of its differences are tasks that changed since" if explained else ""),
    ]
    lines += [
        f"  {found['account']}: {found['kind']}, expected {found['expected']}, found {found['found']}"
        for found in document["unexplained"]
    ]
    if comparison["altered"]:
        lines.append(
            f"entries and seals that are missing or different in the original: {abbreviated(comparison['altered'])}"
        )
    sound = (
        "The copy is sound."
        if document["sound"]
        else "The copy is not sound: docs/operations/backup.md, What the proof finds."
    )
    return "\n".join([*lines, sound])


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Failed(f"{text} is not a moment: write it as 2026-11-23T10:00:00Z.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _dated(prefix: str) -> str:
    return f"{prefix}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
