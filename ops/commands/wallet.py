"""Backups of the wallet: taking one, restoring one, and the drill that shows that they can be."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from cli.progress import Failed, step
from ops.command import Answer, Command
from ops.deployment import Deployment


def _backup(options: Namespace, deployment: Deployment) -> Answer:
    deployment.speak_as_deployed()
    from ops.ledger.wallet_backups import take

    table = options.table or deployment.output("WalletTable")
    with step(f"back {table} up"):
        arn = take(deployment.client("dynamodb"), table, options.name or _name(table))
    return Answer({"table": table, "backup": arn}, arn)


def _restore(options: Namespace, deployment: Deployment) -> Answer:
    deployment.speak_as_deployed()
    original = deployment.output("WalletTable")
    at = _moment(options.at) if options.at else None
    if (options.backup is None) == (at is None):
        raise Failed("what is to be restored? Name a --backup or a moment (--at), not both.")
    if options.tasks_backup and not (options.tasks_to and options.backup):
        raise Failed("where is the backup of the tasks to go? Name --tasks-to, and --backup for the wallet.")
    if options.tasks_to and options.backup and not options.tasks_backup:
        raise Failed("what are the tasks to be restored from? Name a --tasks-backup, or a moment (--at) for both.")
    document = _restored(deployment, options.backup or original, options.to, at, options.tasks_to, options.tasks_backup)
    return Answer(document, _said(document), 0 if document["sound"] else 1)


def _drill(options: Namespace, deployment: Deployment) -> Answer:
    deployment.speak_as_deployed()
    from ops.ledger.wallet_backups import take

    dynamodb, original = deployment.client("dynamodb"), deployment.output("WalletTable")
    copy = _name(f"{original}-drill")
    begin = time.monotonic()
    with step(f"back {original} up"):
        arn = take(dynamodb, original, copy)
    seconds = time.monotonic() - begin
    try:
        document = _restored(deployment, arn, copy)
    finally:
        if not options.keep:
            _remove(dynamodb, copy, arn)
    document = {**document, "backup": arn, "kept": options.keep}
    document["seconds"] = {"backup": round(seconds, 1), **document["seconds"]}
    return Answer(document, _said(document), 0 if document["sound"] else 1)


def _restored(
    deployment: Deployment,
    source: str,
    copy: str,
    at: datetime | None = None,
    tasks_copy: str | None = None,
    tasks_backup: str | None = None,
) -> dict[str, Any]:
    dynamodb, original = deployment.client("dynamodb"), deployment.output("WalletTable")
    from ops.ledger.wallet_backups import Comparison, compare, prove, restore, unexplained

    seconds: dict[str, float] = {}
    begin = time.monotonic()
    with step(f"restore it as {copy}"):
        restore(dynamodb, source, copy, at=at)
    tasks = deployment.output("TasksTable")
    if tasks_copy:
        with step(f"restore the tasks as {tasks_copy}"):
            restore(dynamodb, tasks_backup or tasks, tasks_copy, at=at)
    seconds["restore"], begin = round(time.monotonic() - begin, 1), time.monotonic()
    comparison = Comparison()
    if copy != original:
        with step(f"compare it with {original}") as tell:
            comparison = compare(dynamodb, original, copy, tell)
        seconds["compare"], begin = round(time.monotonic() - begin, 1), time.monotonic()
    with step("prove its ledger"):
        proof = prove(copy, tasks_copy or tasks)
    seconds["proof"] = round(time.monotonic() - begin, 1)
    odd = unexplained(proof, comparison)
    return {
        "table": copy,
        "sound": not odd and not comparison.altered,
        "seconds": seconds,
        "comparison": asdict(comparison),
        "unexplained": odd,
        "proof": proof,
    }


def _remove(dynamodb: Any, copy: str, arn: str) -> None:
    """Both, or what can be: a copy that is still being made cannot, and is named instead."""
    with step("remove the copy and the backup"):
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


def _said(document: dict[str, Any]) -> str:
    from ops.ledger.wallet_backups import listed

    proof, comparison = document["proof"], document["comparison"]
    explained = len(proof["differences"]) - len(document["unexplained"])
    took = ", ".join(f"{what} {seconds:,.1f} s" for what, seconds in document["seconds"].items())
    lines = [
        f"{document['table']}: {proof['entries_checked']:,} entries in {proof['accounts_checked']:,} accounts; {took}",
        f"since then: {comparison['since']:,} entries; balances that moved: {listed(comparison['moved']) or 'none'}"
        if comparison["items"]
        else "there is no other table to compare it with",
        f"the proof: {proof['status']}, sealed through {proof['sealed_through'] or 'no day'}"
        + (f"; {explained} of its differences are tasks that moved on since" if explained else ""),
    ]
    lines += [
        f"  {found['account']}: {found['kind']}, expected {found['expected']}, found {found['found']}"
        for found in document["unexplained"]
    ]
    if comparison["altered"]:
        lines.append(f"entries and seals that the original has not, or otherwise: {listed(comparison['altered'])}")
    return "\n".join(
        [
            *lines,
            "The copy can be gone back to."
            if document["sound"]
            else "The copy is not sound: docs/operations/backup.md, What the proof finds.",
        ]
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Failed(f"{text} is no moment: write it like 2026-11-23T10:00:00Z.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _name(prefix: str) -> str:
    return f"{prefix}-{datetime.now(UTC):%Y%m%d-%H%M%S}"


def _to_backup(parser: ArgumentParser) -> None:
    parser.add_argument("--table", help="another table than the wallet's")
    parser.add_argument("--name", help="of the backup; default: the table's and the time")


def _to_restore(parser: ArgumentParser) -> None:
    parser.add_argument("--backup", metavar="ARN", help="what `wallet backup` answered")
    parser.add_argument("--at", metavar="MOMENT", help="the wallet as it was then, within the last 35 days")
    parser.add_argument("--to", metavar="TABLE", required=True, help="the name of the table that is made")
    parser.add_argument("--tasks-to", metavar="TABLE", help="tasks and orders, too: as they were then, or from")
    parser.add_argument("--tasks-backup", metavar="ARN", help="a backup of their table")


def _to_drill(parser: ArgumentParser) -> None:
    parser.add_argument("--keep", action="store_true", help="keep the copy and the backup")


COMMANDS = (
    Command(
        "wallet backup",
        "back the wallet up",
        "Takes a backup of the wallet's table that lasts until somebody deletes it, beside the 35 days to any second of which\n"
        "DynamoDB can go back by itself. Nothing stops meanwhile. Answers its ARN.",
        (
            "python -m ops wallet backup --stage market",
            "python -m ops wallet backup --stack .local/stack.json --name before-2.0",
        ),
        _backup,
        _to_backup,
    ),
    Command(
        "wallet restore",
        "make a table from a backup, compare and prove it",
        "Makes a new table from a backup or from any second of the last 35 days, compares it with the wallet and proves it.\n"
        "The market goes on with its own table: docs/operations/backup.md tells how another one is put in its place.\n"
        "Exit status 1 if the copy is not sound.",
        (
            "python -m ops wallet restore --stage market --at 2026-11-23T10:00:00Z --to wallet-at-ten",
            "python -m ops wallet restore --stack .local/stack.json --backup ARN --to wallet-again",
        ),
        _restore,
        _to_restore,
    ),
    Command(
        "wallet drill",
        "back up, restore, compare, prove, and remove the copy",
        "Shows that the wallet can be restored: takes a backup, makes a table of it, compares every item with the original,\n"
        "proves the copy's ledger with its seals, says how long each took, and removes both. Costs a scan of both tables.\n"
        "Exit status 1 if the copy is not sound.",
        (
            "python -m ops wallet drill --stage market",
            "python -m ops wallet drill --stack .local/stack.json --keep --json",
        ),
        _drill,
        _to_drill,
    ),
)
