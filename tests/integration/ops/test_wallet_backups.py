"""A copy of the wallet is compared with the original, item by item, and its ledger proved."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.core import clock, ids
from chalicelib.store import WalletRecord
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.postings import advertiser_available, task_held
from chalicelib.wallet.proof import reconciliation
from chalicelib.wallet.records import Balance, Entry, Proof
from cli.progress import Failed
from ops.commands.wallet import COMMANDS
from ops.ledger import wallet_backups
from testing.markets.stage import Stage

ADV, CRE = ids.derive("adv", "ann"), ids.derive("cre", "cai")
FUNDS, HELD = advertiser_available(ADV), task_held("tsk_1")
ORIGINAL, TASKS = "microtask-test-wallet", "microtask-test-tasks"
BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = BEGIN + timedelta(days=2)


class Deployed:
    """A deployment, as far as the commands ask for it."""

    def output(self, name: str) -> str:
        return {"WalletTable": ORIGINAL, "TasksTable": TASKS}[name]

    def client(self, service: str) -> Any:
        return boto3.client(service)

    def speak_as_deployed(self) -> None:
        """The tests' environment speaks already."""


@pytest.fixture
def worth(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """What the tasks say their open orders are worth. The proof is the operator's here: no function's policy is in force."""
    said = {"tsk_1": 1_000}
    before = reconciliation._worth_of_tasks
    monkeypatch.setattr(reconciliation, "reconcile", reconciliation.reconcile.__wrapped__)  # type: ignore[attr-defined]

    def worth_of_tasks(task_ids: Iterable[str]) -> dict[str, int]:
        return {task_id: said[task_id] for task_id in task_ids}

    monkeypatch.setattr(wallet_backups, "held_worth", worth_of_tasks)
    reconciliation.compare_holds_with(worth_of_tasks)
    monkeypatch.setattr(wallet_backups, "POLL_SECONDS", 0.0)
    with clock.at(LATER):
        yield said
    reconciliation._worth_of_tasks = before


@pytest.fixture
def dynamodb(worth: dict[str, int]) -> Any:
    """DynamoDB with two days of money, of which the first is sealed."""
    ledger.post(movements.topup("pay_1", "sandbox", ADV, 2_000), BEGIN)
    ledger.post(movements.hold("tsk_1", 1, ADV, 1_000), BEGIN + timedelta(days=1))
    assert reconciliation.reconcile()["status"] == "clean"
    return boto3.client("dynamodb")


def run(what: str, **options: Any) -> Any:
    (command,) = (command for command in COMMANDS if command.name == f"wallet {what}")
    given: Any = {"yes": True, "table": None, "tasks_to": None, "tasks_backup": None, **options}
    deployed: Any = Deployed()
    return command.run(Namespace(**given), deployed)


def test_the_drill_restores_compares_proves_and_leaves_nothing(dynamodb: Any) -> None:
    stored = Proof.get("proof", "latest").document
    answer = run("drill", keep=False)
    assert answer.status == 0, answer.text
    document = answer.document
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


def test_what_moved_since_is_told_and_explains_what_tasks_are_worth_by_now(
    dynamodb: Any, worth: dict[str, int]
) -> None:
    arn = run("backup", name=None).document["backup"]
    ledger.post(movements.settle("ord_1", "tsk_1", CRE, 280, 120), LATER)
    worth["tsk_1"] = 600
    answer = run("restore", backup=arn, at=None, to="again")
    document = answer.document
    assert answer.status == 0, answer.text
    assert [(found["account"], found["kind"]) for found in document["proof"]["differences"]] == [(HELD, "hold")]
    assert document["unexplained"] == []
    assert document["comparison"]["since"] == 3
    moved = set(document["comparison"]["moved"])
    assert {HELD, f"creator:{CRE}:available"} < moved
    assert FUNDS not in moved
    assert "1 of its differences are tasks that moved on since" in answer.text


def test_a_hold_that_differs_without_having_moved_is_not_explained(dynamodb: Any, worth: dict[str, int]) -> None:
    worth["tsk_1"] = 999
    answer = run("drill", keep=True)
    assert answer.status == 1
    assert [found["account"] for found in answer.document["unexplained"]] == [HELD]
    assert "not sound" in answer.text
    assert answer.document["table"] in dynamodb.list_tables()["TableNames"], "kept"


def test_an_entry_that_was_altered_since_is_named(dynamodb: Any) -> None:
    arn = run("backup", name=None).document["backup"]
    entry = next(iter(Entry.query(FUNDS, Entry.sk.startswith("entry#"))))
    Entry(pk=entry.pk, sk=entry.sk).update([Entry.amount.set(entry.amount + 1)])
    Balance(pk=FUNDS, sk="balance").update([Balance.balance.set(5_000)])
    answer = run("restore", backup=arn, at=None, to="again")
    assert answer.status == 1
    assert answer.document["comparison"]["altered"] == [f"{entry.pk} {entry.sk}"]
    assert FUNDS in answer.document["comparison"]["moved"]
    assert answer.document["proof"]["status"] == "clean", "the copy is from before"


def test_a_copy_can_be_proved_when_the_original_cannot(dynamodb: Any) -> None:
    arn = run("backup", name=None).document["backup"]
    for item in [*WalletRecord.scan()]:
        item.delete()
    document = run("restore", backup=arn, at=None, to="again").document
    assert document["proof"]["status"] == "clean"
    assert len(document["comparison"]["altered"]) >= 4, "they are missing in the original"


def test_a_moment_is_restored_with_stream_and_recovery(dynamodb: Any) -> None:
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=ORIGINAL, PointInTimeRecoverySpecification=recovery)
    answer = run("restore", backup=None, at="2026-11-22T10:00:00Z", to="at-ten")
    assert answer.status == 0, answer.text
    table = dynamodb.describe_table(TableName="at-ten")["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {"holds", "by_owner", "by_queue"}
    described = dynamodb.describe_continuous_backups(TableName="at-ten")["ContinuousBackupsDescription"]
    assert described["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"backup": None, "at": None, "to": "again"}, "not both"),
        ({"backup": "arn", "at": "2026-11-22T10:00:00Z", "to": "again"}, "not both"),
        ({"backup": "arn", "at": None, "to": "again", "tasks_to": "tasks-again"}, "restored from"),
        ({"backup": "arn", "at": None, "to": "again", "tasks_backup": "arn"}, "--tasks-to"),
        ({"backup": None, "at": "2026-11-22", "to": "again", "tasks_to": "t", "tasks_backup": "arn"}, "--backup"),
        ({"backup": None, "at": "ten o'clock", "to": "again"}, "no moment"),
    ],
)
def test_what_cannot_be_restored_is_said(dynamodb: Any, options: dict[str, Any], why: str) -> None:
    with pytest.raises(Failed, match=why):
        run("restore", **options)


def test_a_table_that_is_there_is_not_restored_into(dynamodb: Any) -> None:
    arn = run("backup", name="mine").document["backup"]
    with pytest.raises(Failed, match="already"):
        run("restore", backup=arn, at=None, to=ORIGINAL)


def test_a_drill_that_is_broken_off_says_why_and_what_it_leaves(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any) -> None:
        raise Failed("the line is gone.")

    busy = {"Error": {"Code": "BackupInUseException", "Message": "being restored"}}
    monkeypatch.setattr(wallet_backups, "prove", broken)
    monkeypatch.setattr(Deployed, "client", lambda *_: dynamodb)
    monkeypatch.setattr(
        dynamodb, "delete_backup", lambda **_: _raise(dynamodb.exceptions.BackupInUseException(busy, "x"))
    )
    with pytest.raises(Failed, match="the line is gone"):
        run("drill", keep=False)
    assert "backup/" in capsys.readouterr().out.partition(" is in use: delete it later")[0]
    assert not [name for name in dynamodb.list_tables()["TableNames"] if "drill" in name]


def _raise(error: Exception) -> None:
    raise error


def test_a_task_that_is_younger_than_the_copy_is_named_and_tasks_of_the_same_moment_agree(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "reconcile", reconciliation.reconcile.__wrapped__)  # type: ignore[attr-defined]
    recovery = {"PointInTimeRecoveryEnabled": True}
    for table in (ORIGINAL, TASKS):
        boto3.client("dynamodb").update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
    with clock.at(LATER):
        stage.accepted("cai")
        arn = run("backup", name=None).document["backup"]
        together = run("restore", backup=None, at="2026-11-22T12:00:00Z", to="wallet-then", tasks_to="tasks-then")
        assert together.status == 0, together.text
        tasks_arn = run("backup", name=None, table="tasks-then").document["backup"]
        options = {"tasks_to": "tasks-again", "tasks_backup": tasks_arn}
        assert run("restore", backup=arn, at=None, to="wallet-again", **options).document["proof"]["status"] == "clean"
        account = task_held(stage.create(stage.bind("dao"))["id"])
        later = run("restore", backup=arn, at=None, to="again")
        assert later.status == 0, "the original has it: it moved since"
        (found,) = later.document["proof"]["differences"]
        assert (found["account"], found["kind"], found["found"]) == (account, "hold", None)
        assert found["expected"] > 0
        Balance(pk=account, sk="balance").delete()
        lost = run("restore", backup=arn, at=None, to="once-more")
    assert lost.status == 1
    assert [difference["account"] for difference in lost.document["unexplained"]] == [account]
