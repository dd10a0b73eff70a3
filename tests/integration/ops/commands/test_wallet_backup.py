"""A copy of the wallet is compared with the original, item by item, and its ledger proved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.core import clock, ids
from chalicelib.store import WalletRecord
from chalicelib.wallet import ledger, movements, task_callbacks
from chalicelib.wallet.postings import advertiser_available, task_held
from chalicelib.wallet.proof import reconciliation
from chalicelib.wallet.records import Balance, Entry, Proof
from cli.failures import Failed
from ops.command_base import Invocation
from ops.command_list import COMMANDS
from ops.ledger import backup_and_restore
from testing.markets.stage import Stage

ADV, CRE = ids.derive("adv", "ann"), ids.derive("cre", "cai")
FUNDS, HELD = advertiser_available(ADV), task_held("tsk_1")
ORIGINAL, TASKS = "microtask-test-wallet", "microtask-test-tasks"
BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = BEGIN + timedelta(days=2)


class Deployed:
    """A double of the deployment with the methods that the commands use."""

    def output(self, name: str) -> str:
        return {"WalletTable": ORIGINAL, "TasksTable": TASKS}[name]

    def client(self, service: str) -> Any:
        return boto3.client(service)

    def load_function_environment(self) -> None:
        """The tests' environment is already set."""


@pytest.fixture
def worth(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """The worth of each task's open orders. The operator runs the proof here, so no function's policy is enforced."""
    worths = {"tsk_1": 1_000}
    before = task_callbacks._worth_of_tasks
    monkeypatch.setattr(reconciliation, "reconcile", reconciliation.reconcile.__wrapped__)  # type: ignore[attr-defined]

    def worth_of_tasks(task_ids: Iterable[str]) -> dict[str, int]:
        return {task_id: worths[task_id] for task_id in task_ids}

    monkeypatch.setattr(backup_and_restore, "held_amounts", worth_of_tasks)
    task_callbacks.compare_holds_with(worth_of_tasks)
    monkeypatch.setattr(backup_and_restore, "POLL_SECONDS", 0.0)
    with clock.at(LATER):
        yield worths
    task_callbacks._worth_of_tasks = before


@pytest.fixture
def dynamodb(worth: dict[str, int]) -> Any:
    """DynamoDB with two days of money, of which the first is sealed."""
    ledger.post(movements.topup("pay_1", "sandbox", ADV, 2_000), BEGIN)
    ledger.post(movements.hold("tsk_1", 1, ADV, 1_000), BEGIN + timedelta(days=1))
    assert reconciliation.reconcile()["status"] == "clean"
    return boto3.client("dynamodb")


def run(command_name: str, **options: Any) -> Any:
    """Run a command of the wallet with these options."""
    command = COMMANDS[f"wallet {command_name}"]
    deployed: Any = Deployed()
    assert command.callback is not None
    return command.callback(Invocation(deployed, yes=True), **options)


def restore(**options: Any) -> Any:
    """Run `wallet restore` with the options that are not given set to None."""
    given = dict.fromkeys(("backup_arn", "at", "tasks_to", "tasks_backup"))
    return run("restore", **{**given, **options})


def test_the_drill_proves_a_copy_and_deletes_it(dynamodb: Any) -> None:
    stored = Proof.get("proof", "latest").document
    result = run("drill", keep=False)
    assert result.status == 0, result.text
    document = result.document
    assert document["proof"]["status"] == "clean"
    assert document["proof"]["entries_checked"] == 4
    assert document["proof"]["sealed_through"]
    comparison = document["comparison"]
    assert (comparison["entries"], comparison["since"], comparison["moved"], comparison["altered"]) == (4, 0, [], [])
    assert comparison["seals"] > 0
    assert list(document["seconds"]) == ["backup", "restore", "compare", "proof"]
    assert dynamodb.list_tables()["TableNames"].count(document["table"]) == 0
    assert dynamodb.list_backups(TableName=ORIGINAL)["BackupSummaries"] == []
    assert WalletRecord.Meta.table_name == ORIGINAL
    assert Proof.get("proof", "latest").document == stored, "the market's own proof is as it was"
    json.dumps(document)


def test_later_movements_explain_differences_of_holds(dynamodb: Any, worth: dict[str, int]) -> None:
    arn = run("backup", table=None, name=None).document["backup"]
    ledger.post(movements.settle("ord_1", "tsk_1", CRE, 280, 120), LATER)
    worth["tsk_1"] = 600
    result = restore(backup_arn=arn, target="again")
    document = result.document
    assert result.status == 0, result.text
    assert [(found["account"], found["kind"]) for found in document["proof"]["differences"]] == [(HELD, "hold")]
    assert document["unexplained"] == []
    assert document["comparison"]["since"] == 3
    moved = set(document["comparison"]["moved"])
    assert {HELD, f"creator:{CRE}:available"} < moved
    assert FUNDS not in moved
    assert "1 of its differences are tasks that changed since" in result.text


def test_a_different_hold_without_movement_is_unexplained(dynamodb: Any, worth: dict[str, int]) -> None:
    worth["tsk_1"] = 999
    result = run("drill", keep=True)
    assert result.status == 1
    assert [found["account"] for found in result.document["unexplained"]] == [HELD]
    assert "not sound" in result.text
    assert result.document["table"] in dynamodb.list_tables()["TableNames"]


def test_an_altered_entry_is_named(dynamodb: Any) -> None:
    arn = run("backup", table=None, name=None).document["backup"]
    entry = next(iter(Entry.query(FUNDS, Entry.sk.startswith("entry#"))))
    Entry(pk=entry.pk, sk=entry.sk).update([Entry.amount.set(entry.amount + 1)])
    Balance(pk=FUNDS, sk="balance").update([Balance.balance.set(5_000)])
    result = restore(backup_arn=arn, target="again")
    assert result.status == 1
    assert result.document["comparison"]["altered"] == [f"{entry.pk} {entry.sk}"]
    assert FUNDS in result.document["comparison"]["moved"]
    assert result.document["proof"]["status"] == "clean", "the copy is from before"


def test_a_copy_is_sound_when_the_original_is_lost(dynamodb: Any) -> None:
    arn = run("backup", table=None, name=None).document["backup"]
    for item in [*WalletRecord.scan()]:
        item.delete()
    document = restore(backup_arn=arn, target="again").document
    assert document["proof"]["status"] == "clean"
    assert len(document["comparison"]["altered"]) >= 4, "they are missing in the original"


def test_a_restored_moment_has_stream_and_recovery(dynamodb: Any) -> None:
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=ORIGINAL, PointInTimeRecoverySpecification=recovery)
    result = restore(at="2026-11-22T10:00:00Z", target="at-ten")
    assert result.status == 0, result.text
    table = dynamodb.describe_table(TableName="at-ten")["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {"holds", "by_owner", "by_queue"}
    described = dynamodb.describe_continuous_backups(TableName="at-ten")["ContinuousBackupsDescription"]
    assert described["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"backup_arn": None, "at": None, "target": "again"}, "not both"),
        ({"backup_arn": "arn", "at": "2026-11-22T10:00:00Z", "target": "again"}, "not both"),
        ({"backup_arn": "arn", "at": None, "target": "again", "tasks_to": "tasks-again"}, "restored from"),
        ({"backup_arn": "arn", "at": None, "target": "again", "tasks_backup": "arn"}, "--tasks-to"),
        (
            {"backup_arn": None, "at": "2026-11-22", "target": "again", "tasks_to": "t", "tasks_backup": "arn"},
            "--backup",
        ),
        ({"backup_arn": None, "at": "ten o'clock", "target": "again"}, "not a moment"),
    ],
)
def test_contradicting_options_are_refused(dynamodb: Any, options: dict[str, Any], why: str) -> None:
    with pytest.raises(Failed, match=why):
        restore(**options)


def test_an_existing_table_is_not_overwritten(dynamodb: Any) -> None:
    arn = run("backup", table=None, name="mine").document["backup"]
    with pytest.raises(Failed, match="already"):
        restore(backup_arn=arn, target=ORIGINAL)


def test_an_interrupted_drill_names_remaining_resources(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any) -> None:
        raise Failed("the connection is lost.")

    busy = {"Error": {"Code": "BackupInUseException", "Message": "being restored"}}
    monkeypatch.setattr(backup_and_restore, "prove", broken)
    monkeypatch.setattr(Deployed, "client", lambda *_: dynamodb)
    monkeypatch.setattr(
        dynamodb, "delete_backup", lambda **_: _raise(dynamodb.exceptions.BackupInUseException(busy, "x"))
    )
    with pytest.raises(Failed, match="the connection is lost"):
        run("drill", keep=False)
    assert "backup/" in capsys.readouterr().out.partition(" is in use: delete it later")[0]
    assert not [name for name in dynamodb.list_tables()["TableNames"] if "drill" in name]


def _raise(error: Exception) -> None:
    raise error


def test_tasks_newer_than_the_copy_are_named(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "reconcile", reconciliation.reconcile.__wrapped__)  # type: ignore[attr-defined]
    recovery = {"PointInTimeRecoveryEnabled": True}
    for table in (ORIGINAL, TASKS):
        boto3.client("dynamodb").update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
    with clock.at(LATER):
        stage.accepted("cai")
        arn = run("backup", table=None, name=None).document["backup"]
        together = restore(at="2026-11-22T12:00:00Z", target="wallet-then", tasks_to="tasks-then")
        assert together.status == 0, together.text
        tasks_arn = run("backup", name=None, table="tasks-then").document["backup"]
        options = {"tasks_to": "tasks-again", "tasks_backup": tasks_arn}
        assert restore(backup_arn=arn, target="wallet-again", **options).document["proof"]["status"] == "clean"
        account = task_held(stage.create(stage.bind("dao"))["id"])
        later = restore(backup_arn=arn, target="again")
        assert later.status == 0, "the original has it: it moved since"
        (found,) = later.document["proof"]["differences"]
        assert (found["account"], found["kind"], found["found"]) == (account, "hold", None)
        assert found["expected"] > 0
        Balance(pk=account, sk="balance").delete()
        lost = restore(backup_arn=arn, target="once-more")
    assert lost.status == 1
    assert [difference["account"] for difference in lost.document["unexplained"]] == [account]
