"""Backups of the wallet's table: create one, restore it as a copy, compare the copy with the original, and prove its ledger.

DynamoDB makes a backup while the table is in use, and not at one instant: of two writes within the same second it may contain only
one. The proof finds a transfer that is incomplete for that reason; restore another backup or another moment then.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.core import json_format
from chalicelib.store import TasksRecord, WalletRecord, sandbox_clock
from chalicelib.store.tables import Record
from chalicelib.tasks.records.workflow_item import OPEN_SHARDS
from chalicelib.tasks.workflow.held_amounts import held_amounts
from chalicelib.wallet import task_callbacks
from chalicelib.wallet.ledger import BALANCE
from chalicelib.wallet.postings import task_held
from chalicelib.wallet.proof import reconciliation
from chalicelib.wallet.records import Balance, Proof
from cli.failures import Failed
from cli.progress import Report

BATCH = 100
POLL_SECONDS = 1.0
_SHOWN_MAX = 20


@dataclass
class Comparison:
    """The differences between a copy and the original.

    Counts of the copy: `items`, of which `entries` and sealed days (`seals`). `since`: the number of entries that only the original
    has. `moved`: accounts whose balance has changed since. `altered`: keys of entries and seals, which never change, that are
    missing or different in the original."""

    items: int = 0
    entries: int = 0
    seals: int = 0
    since: int = 0
    moved: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)


def create_backup(dynamodb: Any, table: str, name: str) -> str:
    """Create a backup of the table, wait until it is available, and return its ARN."""
    arn = str(dynamodb.create_backup(TableName=table, BackupName=name)["BackupDetails"]["BackupArn"])
    while True:
        status = dynamodb.describe_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]["BackupStatus"]
        if status == "AVAILABLE":
            return arn
        if status != "CREATING":
            raise Failed(f"the backup {arn} is {status}.")
        time.sleep(POLL_SECONDS)


def restore_table(dynamodb: Any, source: str, target: str, *, at: datetime | None = None) -> None:
    """Create the table `target` from the backup with the ARN `source` or, with `at`, from the table `source` as of that moment.

    Turn on its stream and its point-in-time recovery, which DynamoDB does not restore. Return when the table is active."""
    try:
        if at is None:
            dynamodb.restore_table_from_backup(TargetTableName=target, BackupArn=source)
        else:
            dynamodb.restore_table_to_point_in_time(SourceTableName=source, TargetTableName=target, RestoreDateTime=at)
    except (dynamodb.exceptions.TableAlreadyExistsException, dynamodb.exceptions.TableInUseException) as error:
        raise Failed(f"the table {target} exists already: choose another name.") from error
    _wait(dynamodb, target)
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    dynamodb.update_table(TableName=target, StreamSpecification=stream)
    _wait(dynamodb, target)
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=target, PointInTimeRecoverySpecification=recovery)


def compare(dynamodb: Any, original: str, copy: str, report: Report | None = None) -> Comparison:
    """Compare the whole copy with the same keys of the original, read only. Call it before `prove`, which writes seals."""
    found = Comparison()
    copied: set[str] = set()
    for batch in _batches(dynamodb, copy):
        there = _same_keys(dynamodb, original, batch)
        for item in batch:
            pk, sk = item["pk"]["S"], item["sk"]["S"]
            other = there.get((pk, sk))
            found.items += 1
            if sk == BALANCE:
                copied.add(pk)
                found.since += _entries(other) - _entries(item)
                if other != item:
                    found.moved.append(pk)
            elif sk.startswith("entry#") or pk == "seal" or pk.startswith("seal#"):
                found.entries += sk.startswith("entry#")
                found.seals += not sk.startswith("entry#")
                if other != item:
                    found.altered.append(f"{pk} {sk}")
        if report:
            report(f"{found.items:,} items")
    for batch in _batches(
        dynamodb, original, FilterExpression="sk = :sk", ExpressionAttributeValues={":sk": {"S": BALANCE}}
    ):
        for item in (item for item in batch if item["pk"]["S"] not in copied):
            found.moved.append(item["pk"]["S"])
            found.since += _entries(item)
    return found


def prove(copy: str, tasks: str) -> dict[str, Any]:
    """Prove the ledger of the table `copy` against the tasks of the table `tasks`, and return the proof as the API shows it.

    The ledger alone does not show open tasks for which the copy never held money: they are added as differences of kind `hold`. The
    result is stored in the copy; the market's metric does not count it."""
    task_callbacks.compare_holds_with(held_amounts)
    tables = _use_tables({WalletRecord: copy, TasksRecord: tasks})
    with tables, sandbox_clock.in_stage_time(), redirect_stdout(io.StringIO()):
        Proof(pk="proof", sk="run", document={}).save()  # start from the beginning, not from the original's progress
        proof: dict[str, Any] = json.loads(json_format.dumps(reconciliation.reconcile(with_head=False)))
        unheld = list(_unheld())
    found = proof["differences_found"] + len(unheld)
    differences = {"differences": [*proof["differences"], *unheld], "differences_found": found}
    return {**proof, **differences, "status": "differences" if found else "clean"}


def _unheld() -> Iterator[dict[str, Any]]:
    open_ids = (key.pk for shard in range(OPEN_SHARDS) for key in TasksRecord.open_index.query(f"open#{shard}"))
    ids = sorted(pk for pk in open_ids if pk.startswith("tsk_"))
    for start in range(0, len(ids), BATCH):
        for task_id, worth in held_amounts(ids[start : start + BATCH]).items():
            account = task_held(task_id)
            if worth and Balance.find(account, BALANCE) is None:
                yield {"account": account, "kind": "hold", "expected": worth, "found": None, "near": []}


def unexplained(proof: dict[str, Any], comparison: Comparison) -> list[dict[str, Any]]:
    """Return the differences other than holds of tasks whose money moved after the backup: the tasks table is newer."""
    moved = set(comparison.moved)
    return [found for found in proof["differences"] if found["kind"] != "hold" or found["account"] not in moved]


def abbreviated(names: list[str]) -> str:
    """Return the first names, and the number of the others."""
    more = f" and {len(names) - _SHOWN_MAX:,} more" if len(names) > _SHOWN_MAX else ""
    return ", ".join(names[:_SHOWN_MAX]) + more


def _wait(dynamodb: Any, table: str) -> None:
    while dynamodb.describe_table(TableName=table)["Table"]["TableStatus"] != "ACTIVE":
        time.sleep(POLL_SECONDS)


def _batches(dynamodb: Any, table: str, **scan: Any) -> Iterator[list[dict[str, Any]]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True, **scan):
        items = page["Items"]
        yield from (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _same_keys(dynamodb: Any, table: str, items: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    requested = {table: {"Keys": [{"pk": item["pk"], "sk": item["sk"]} for item in items], "ConsistentRead": True}}
    while requested:
        response = dynamodb.batch_get_item(RequestItems=requested)
        found |= {(item["pk"]["S"], item["sk"]["S"]): item for item in response["Responses"].get(table, [])}
        requested = response.get("UnprocessedKeys") or {}
    return found


def _entries(balance: dict[str, Any] | None) -> int:
    return int(balance["entries"]["N"]) if balance else 0


@contextmanager
def _use_tables(names: dict[type[Record], str]) -> Iterator[None]:
    """Point the market's record classes at these tables within the block."""

    def point_at(names: dict[type[Record], str]) -> None:
        for table, name in names.items():
            records: list[type[Record]] = [table]
            for record in records:
                records.extend(record.__subclasses__())
                record.Meta.table_name = name
                record._connection = None

    before = {table: table.Meta.table_name for table in names}
    point_at(names)
    try:
        yield
    finally:
        point_at(before)
