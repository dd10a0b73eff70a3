"""Import, audience and redrive as an operator types them: what each answers, with no more rights than the documents name."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.accounts.records import AccountRecord, account_id
from testing.doubles.operator_program import Cloud, Typed
from testing.samples.audiences import sketch

SWEEP = "arn:aws:lambda:ap-east-1:123456789012:function:microtask-test-Sweep"


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.csv"
    path.write_text("handle,category,followers,reads_avg_30d\ntea,美食,90000,9000\ncake,美食,no,1\n", "utf-8")
    return path


def test_an_import_answers_with_counts_and_what_it_left_out(typed: Typed, accounts: Path) -> None:
    said = typed("import", accounts, "--network", "weibo", "--json")
    assert said.status == 0
    assert {name: said.document[name] for name in ("imported", "skipped")} == {"imported": 1, "skipped": 1}
    assert [row["line"] for row in said.document["left"]] == [3]
    assert sum(grade["accounts"] for grade in said.document["grades"].values()) == 1
    again = typed("import", accounts, "--network", "weibo")
    assert "0 imported, 0 updated, 1 unchanged, 1 skipped" in again.out
    assert "line 3 skipped" in again.out
    assert typed("import", accounts, "--network", "Weibo!").err.count("\n") == 1
    found = AccountRecord.find(account_id("weibo", "tea"), "account")
    assert found is not None
    assert found.grade is not None


def test_sketches_of_known_accounts_are_taken_in(typed: Typed, accounts: Path, tmp_path: Path) -> None:
    typed("import", accounts, "--network", "weibo")
    path = tmp_path / "sketches.jsonl"
    line = {
        "network": "weibo",
        "as_of": "2026-11-20",
        "key": "k1",
        "registers": base64.b64encode(sketch(range(100))).decode(),
    }
    path.write_text("".join(json.dumps({**line, "handle": handle}) + "\n" for handle in ("tea", "nobody")))
    assert typed("audience", path, "--json").document == {"taken": 1, "left_out": 1}
    assert typed("audience", path).out == "1 taken, 1 left out: unknown account, or a newer sketch is known\n"


def test_letters_are_counted_and_one_that_stays_is_status_1(
    typed: Typed, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = boto3.client
    monkeypatch.setattr("ops.dead_letters.boto3.client", lambda name: cloud if name == "lambda" else real(name))
    rule = boto3.client("events").put_rule(Name="microtask-test-Sweep", ScheduleExpression="rate(5 minutes)")["RuleArn"]
    boto3.client("events").put_targets(Rule="microtask-test-Sweep", Targets=[{"Id": "1", "Arn": SWEEP}])
    letter: dict[str, Any] = {"source": "aws.events", "resources": [rule], "detail": {}}
    for body in (json.dumps(letter), "no json"):
        boto3.client("sqs").send_message(QueueUrl=cloud.outputs["CronDeadLettersUrl"], MessageBody=body)
    said = typed("redrive", "--json")
    assert (said.status, said.document) == (1, {"delivered": 1, "too_old": 0, "failed": 1})
    assert "failed" in said.err
