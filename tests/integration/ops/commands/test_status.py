"""`microtask status` names every check that fails."""

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
from testing.doubles.operator_program import STACK, Cloud, CommandOutput, RunCommand
from testing.markets.stage import Stage


@pytest.fixture
def well(api: Api, stage: Stage, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack with one quiet alarm and a proved ledger, whose API responds at its URL."""

    def opened(url: str, timeout: float) -> Any:
        response = api.get(url.removeprefix("https://api.example/api"))
        if response.status_code != 200:
            raise urllib.error.HTTPError(url, response.status_code, "no", Message(), io.BytesIO(response.body))
        return io.BytesIO(response.body)

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


def test_a_healthy_deployment_is_status_0(microtask: RunCommand, well: None) -> None:
    output = microtask("status", "--json")
    assert (output.status, output.document["well"], output.document["stack"]) == (0, True, STACK)
    findings = {finding["name"]: finding for finding in output.document["findings"]}
    assert list(findings) == ["stack", "api", "alarms", "dead letters", "stuck", "proof", "regrade"]
    assert findings["api"]["figures"]["checks"] == {"wallet": "ok", "tasks": "ok", "accounts": "ok"}
    assert "sandbox on" in findings["stack"]["message"]
    text = microtask("status").out
    assert text.count("✓") == 7
    assert "✗" not in text


def failed_checks(output: CommandOutput) -> dict[str, str]:
    """Return the sentence of each failed check."""
    assert (output.status, output.document["well"]) == (1, False)
    return {finding["name"]: finding["message"] for finding in output.document["findings"] if not finding["good"]}


def test_trouble_in_the_market_is_named(microtask: RunCommand, well: None, cloud: Cloud, stage: Stage) -> None:
    boto3.client("cloudwatch").set_alarm_state(
        AlarmName=f"{STACK}-ledger-differences", StateValue="ALARM", StateReason="played"
    )
    boto3.client("sqs").send_message(QueueUrl=cloud.outputs["CronDeadLettersUrl"], MessageBody="{}")
    task = stage.create(stage.bind("an"))["id"]
    steps.task_step({"step": "park", "id": task, "error": {"Error": "E", "Cause": "C"}})
    Balance(pk=f"advertiser:{stage.advertiser_id}:available", sk="balance").update([Balance.balance.add(1)])
    reconciliation.reconcile()
    found = failed_checks(microtask("status", "--json"))
    assert set(found) == {"alarms", "dead letters", "stuck", "proof"}
    assert "The proof has differences: docs/operations/runbook.md, The ledger differs." in found["alarms"]
    assert found["dead letters"] == "1 of the cron: run `redrive`"
    assert found["stuck"] == "1: run `stuck`"
    assert "1 differences" in found["proof"]


def test_missed_runs_are_named(
    microtask: RunCommand, well: None, cloud: Cloud, stage: Stage, monkeypatch: pytest.MonkeyPatch
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
        found = failed_checks(microtask("status", "--json"))
    assert set(found) == {"stack", "api", "proof", "regrade"}
    assert "UPDATE_ROLLBACK_FAILED" in found["stack"]
    assert "does not respond: connection refused" in found["api"]
    assert "the nightly proof was missed" in found["proof"]
    assert "no run yet" in found["regrade"]
    boto3.client("dynamodb").delete_table(TableName=os.environ["TASKS_TABLE"])
    found = failed_checks(microtask("status", "--json"))
    assert "degraded: tasks: GetError" in found["api"]
    assert "not found" in found["stuck"]
