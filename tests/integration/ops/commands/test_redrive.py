"""`microtask redrive` delivers dead letters and counts them."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from testing.doubles.operator_program import Cloud, RunCommand

SWEEP = "arn:aws:lambda:ap-east-1:123456789012:function:microtask-test-Sweep"


def test_a_letter_that_fails_again_is_status_1(
    microtask: RunCommand, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = boto3.client
    monkeypatch.setattr("ops.dead_letters.WAIT_SECONDS", 0)
    monkeypatch.setattr("ops.dead_letters.boto3.client", lambda name: cloud if name == "lambda" else real(name))
    rule = boto3.client("events").put_rule(Name="microtask-test-Sweep", ScheduleExpression="rate(5 minutes)")["RuleArn"]
    boto3.client("events").put_targets(Rule="microtask-test-Sweep", Targets=[{"Id": "1", "Arn": SWEEP}])
    letter: dict[str, Any] = {"source": "aws.events", "resources": [rule], "detail": {}}
    for body in (json.dumps(letter), "no json"):
        boto3.client("sqs").send_message(QueueUrl=cloud.outputs["CronDeadLettersUrl"], MessageBody=body)
    output = microtask("redrive", "--json")
    assert (output.status, output.document) == (1, {"delivered": 1, "too_old": 0, "failed": 1})
    assert "failed" in output.err
