"""A copy of the wallet: backed up, restored beside the original, compared with it and proved.

DynamoDB takes a backup without stopping anything, but not at one instant: what was written within the same second may be in it or
not. The proof finds a transfer that was torn like that; then another backup, or another moment, is the remedy.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.core import json_format
from chalicelib.store import TasksRecord, WalletRecord, sandbox_clock
from chalicelib.store.tables import Record
from chalicelib.tasks.records.workflow_item import OPEN_SHARDS
from chalicelib.tasks.workflow.held_prices import held_worth
from chalicelib.wallet.ledger import BALANCE
from chalicelib.wallet.postings import task_held
from chalicelib.wallet.proof import reconciliation
from chalicelib.wallet.records import Balance, Proof
from cli.progress import Failed

BATCH = 100
POLL_SECONDS = 1.0
_SHOWN_MAX = 20

Tell = Callable[[str], None]


@dataclass
class Comparison:
    """What the copy has beside the original: `items` of the copy, how many of them are `entries` and sealed days (`seals`); entries
    that the original alone has (`since`); accounts whose balance moved since (`moved`); and keys of entries and seals, which are
    written once, that the original does not have or has otherwise (`altered`)."""

    items: int = 0
    entries: int = 0
    seals: int = 0
    since: int = 0
    moved: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)


def take(dynamodb: Any, table: str, name: str) -> str:
    """The ARN of a new backup of the table, when it can be used."""
    arn = str(dynamodb.create_backup(TableName=table, BackupName=name)["BackupDetails"]["BackupArn"])
    while True:
        status = dynamodb.describe_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]["BackupStatus"]
        if status == "AVAILABLE":
            return arn
        if status != "CREATING":
            raise Failed(f"the backup {arn} is {status}.")
        time.sleep(POLL_SECONDS)


def restore(dynamodb: Any, source: str, target: str, *, at: datetime | None = None) -> None:
    """Makes the table `target` from a backup's ARN or, with `at`, from the table `source` as it was then; with the stream and the
    recovery that DynamoDB does not restore. Returns when it can be used."""
    try:
        if at is None:
            dynamodb.restore_table_from_backup(TargetTableName=target, BackupArn=source)
        else:
            dynamodb.restore_table_to_point_in_time(SourceTableName=source, TargetTableName=target, RestoreDateTime=at)
    except (dynamodb.exceptions.TableAlreadyExistsException, dynamodb.exceptions.TableInUseException) as error:
        raise Failed(f"there is a table {target} already: name one that is not there.") from error
    _wait(dynamodb, target)
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    dynamodb.update_table(TableName=target, StreamSpecification=stream)
    _wait(dynamodb, target)
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=target, PointInTimeRecoverySpecification=recovery)


def compare(dynamodb: Any, original: str, copy: str, tell: Tell | None = None) -> Comparison:
    """Reads the whole copy and, of the original, the same keys; nothing is written. Before `prove`, which seals days."""
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
        if tell:
            tell(f"{found.items:,} items")
    for batch in _batches(
        dynamodb, original, FilterExpression="sk = :sk", ExpressionAttributeValues={":sk": {"S": BALANCE}}
    ):
        for item in (item for item in batch if item["pk"]["S"] not in copied):
            found.moved.append(item["pk"]["S"])
            found.since += _entries(item)
    return found


def prove(copy: str, tasks: str) -> dict[str, Any]:
    """The proof of the ledger (docs/reference/ledger.md) of the copy, as the API shows it, against the tasks of that table; and,
    which the proof cannot see from the ledger, as further differences of kind `hold` those open tasks for which the copy never held
    anything. Its result stays in the copy; the market's metric does not hear of it."""
    reconciliation.compare_holds_with(held_worth)
    tables = _tables_are({WalletRecord: copy, TasksRecord: tasks})
    with tables, sandbox_clock.in_stage_time(), redirect_stdout(io.StringIO()):
        Proof(pk="proof", sk="run", document={}).save()  # what a proof had of the original is no beginning here
        proof: dict[str, Any] = json.loads(json_format.dumps(reconciliation.reconcile(with_head=False)))
        unheld = list(_unheld())
    found = proof["differences_found"] + len(unheld)
    differences = {"differences": [*proof["differences"], *unheld], "differences_found": found}
    return {**proof, **differences, "status": "differences" if found else "clean"}


def _unheld() -> Iterator[dict[str, Any]]:
    open_ids = (key.pk for shard in range(OPEN_SHARDS) for key in TasksRecord.open_index.query(f"open#{shard}"))
    ids = sorted(pk for pk in open_ids if pk.startswith("tsk_"))
    for start in range(0, len(ids), BATCH):
        for task_id, worth in held_worth(ids[start : start + BATCH]).items():
            account = task_held(task_id)
            if worth and Balance.find(account, BALANCE) is None:
                yield {"account": account, "kind": "hold", "expected": worth, "found": None, "near": []}


def unexplained(proof: dict[str, Any], comparison: Comparison) -> list[dict[str, Any]]:
    """The differences that are not simply this: money of a task moved since the backup, and the tasks table knows it already."""
    moved = set(comparison.moved)
    return [found for found in proof["differences"] if found["kind"] != "hold" or found["account"] not in moved]


def listed(names: list[str]) -> str:
    """The first of them, and how many more."""
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
    asked = {table: {"Keys": [{"pk": item["pk"], "sk": item["sk"]} for item in items], "ConsistentRead": True}}
    while asked:
        answer = dynamodb.batch_get_item(RequestItems=asked)
        found |= {(item["pk"]["S"], item["sk"]["S"]): item for item in answer["Responses"].get(table, [])}
        asked = answer.get("UnprocessedKeys") or {}
    return found


def _entries(balance: dict[str, Any] | None) -> int:
    return int(balance["entries"]["N"]) if balance else 0


@contextmanager
def _tables_are(names: dict[type[Record], str]) -> Iterator[None]:
    """The market's own code works on those tables meanwhile."""

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
