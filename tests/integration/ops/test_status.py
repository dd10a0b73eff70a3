"""The status names whatever is not as it should be."""

from __future__ import annotations

import io
import os
import urllib.error
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any

import boto3
import pytest

from chalicelib.tasks.workflow import steps
from chalicelib.wallet.proof import reconciliation
from chalicelib.wallet.records import Balance, Proof
from testing.api import Api
from testing.doubles.operator_program import STACK, Cloud, Said, Typed
from testing.markets.stage import Stage


@pytest.fixture
def well(api: Api, stage: Stage, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack with one silent alarm and a proved ledger, whose API answers at its address."""

    def opened(url: str, timeout: float) -> Any:
        answer = api.get(url.removeprefix("https://api.example/api"))
        if answer.status_code != 200:
            raise urllib.error.HTTPError(url, answer.status_code, "no", Message(), io.BytesIO(answer.body))
        return io.BytesIO(answer.body)

    monkeypatch.setattr("urllib.request.urlopen", opened)
    boto3.client("stepfunctions").create_state_machine(
        name=os.environ["REGRADE_MACHINE_ARN"].rpartition(":")[2],
        definition='{"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": true}}}',
        roleArn="arn:aws:iam::123456789012:role/machine",
    )
    boto3.client("cloudwatch").put_metric_alarm(
        AlarmName=f"{STACK}-ledger-differences",
        AlarmDescription="The proof has differences: docs/operations/runbook.md, The ledger differs.",
        MetricName="LedgerDifferences",
        Namespace="MicroTask",
        Period=300,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        Statistic="Sum",
    )
    reconciliation.reconcile()


def test_a_deployment_that_is_well_is_status_0(typed: Typed, well: None) -> None:
    said = typed("status", "--json")
    assert (said.status, said.document["well"], said.document["stack"]) == (0, True, STACK)
    findings = {finding["what"]: finding for finding in said.document["findings"]}
    assert list(findings) == ["stack", "api", "alarms", "dead letters", "stuck", "proof", "regrade"]
    assert findings["api"]["figures"]["checks"] == {"wallet": "ok", "tasks": "ok", "accounts": "ok"}
    assert "sandbox on" in findings["stack"]["says"]
    text = typed("status").out
    assert text.count("✓") == 7
    assert "✗" not in text


def wrong(said: Said) -> dict[str, str]:
    """What is not as it should be, and what is said of it."""
    assert (said.status, said.document["well"]) == (1, False)
    return {finding["what"]: finding["says"] for finding in said.document["findings"] if not finding["good"]}


def test_whatever_the_market_has_come_to_is_named(typed: Typed, well: None, cloud: Cloud, stage: Stage) -> None:
    boto3.client("cloudwatch").set_alarm_state(
        AlarmName=f"{STACK}-ledger-differences", StateValue="ALARM", StateReason="played"
    )
    boto3.client("sqs").send_message(QueueUrl=cloud.outputs["CronDeadLettersUrl"], MessageBody="{}")
    task = stage.create(stage.bind("an"))["id"]
    steps.task_step({"step": "park", "id": task, "error": {"Error": "E", "Cause": "C"}})
    Balance(pk=f"advertiser:{stage.advertiser_id}:available", sk="balance").update([Balance.balance.add(1)])
    reconciliation.reconcile()
    found = wrong(typed("status", "--json"))
    assert set(found) == {"alarms", "dead letters", "stuck", "proof"}
    assert "The proof has differences: docs/operations/runbook.md, The ledger differs." in found["alarms"]
    assert found["dead letters"] == "1 of the cron: redrive"
    assert found["stuck"] == "1: `stuck` says why"
    assert "1 differences" in found["proof"]


def test_whatever_did_not_happen_is_named(
    typed: Typed, well: None, cloud: Cloud, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(url: str, timeout: float) -> Any:
        raise urllib.error.URLError("connection refused")

    proof = Proof.find("proof", "latest")
    assert proof is not None
    proof.document = {**proof.document, "as_of": "2026-11-01T00:00:00Z"}
    proof.save()
    cloud.created = datetime.now(UTC) - timedelta(days=2)
    cloud.status = "UPDATE_ROLLBACK_FAILED"
    with monkeypatch.context() as silent:
        silent.setattr("urllib.request.urlopen", refused)
        found = wrong(typed("status", "--json"))
    assert set(found) == {"stack", "api", "proof", "regrade"}
    assert "UPDATE_ROLLBACK_FAILED" in found["stack"]
    assert "does not answer: connection refused" in found["api"]
    assert "the nightly one was missed" in found["proof"]
    assert "none has run yet" in found["regrade"]
    boto3.client("dynamodb").delete_table(TableName=os.environ["TASKS_TABLE"])
    found = wrong(typed("status", "--json"))
    assert "degraded: tasks: GetError" in found["api"]
    assert "not found" in found["stuck"]
