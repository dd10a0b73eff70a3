"""The tests' own Step Functions: an execution can be answered as soon as it is started, and time moves only when it must."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

import app
from chalicelib.core import clock
from testing.doubles.mocked_aws import mocked_aws
from testing.markets.stage import NOON

if TYPE_CHECKING:
    from testing.doubles.workflow_cloud import Cloud

WAITING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Parameters": {
        "FunctionName": "arn:aws:lambda:ap-east-1:123456789012:function:nothing",
        "Payload": {"token.$": "$$.Task.Token"},
    },
}


def started(state: dict[str, Any], name: str = "one") -> str:
    """The ARN of a started execution of a machine with this single state."""
    client, machine = boto3.client("stepfunctions"), f"machine-{name}"
    client.create_state_machine(
        name=machine,
        definition=json.dumps({"StartAt": "Only", "States": {"Only": {**state, "End": True}}}),
        roleArn="arn:aws:iam::123456789012:role/machine",
    )
    arn = os.environ["TASK_MACHINE_ARN"].rpartition(":")[0]
    return str(client.start_execution(stateMachineArn=f"{arn}:{machine}", name=name)["executionArn"])


@contextmanager
def held_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Within the block no execution's thread gets further than its first line, as on a busy machine."""
    gate, entrypoint = threading.Event(), ExecutionWorker._get_evaluation_entrypoint

    def late(self: ExecutionWorker) -> Any:
        gate.wait()
        return entrypoint(self)

    monkeypatch.setattr(ExecutionWorker, "_get_evaluation_entrypoint", late)
    try:
        yield
    finally:
        gate.set()


def test_tokens_can_be_sent_before_an_executions_thread_runs(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("stepfunctions")
    with held_threads(monkeypatch):
        execution = started({"Type": "Pass"})
        with pytest.raises(client.exceptions.InvalidToken):
            client.send_task_success(taskToken="of another execution", output="{}")
        client.stop_execution(executionArn=execution)


def test_no_execution_outlives_its_aws() -> None:
    before = set(threading.enumerate())
    with mocked_aws():
        started({"Type": "Wait", "Seconds": 3_600})
    assert set(threading.enumerate()) <= before


def test_time_passes_only_as_far_as_it_must(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "nothing", lambda event, context: {}, raising=False)
    started({**WAITING, "TimeoutSeconds": 60}, "slow")
    started({**WAITING, "TimeoutSeconds": 10}, "quick")

    def running() -> list[str]:
        return [execution["name"] for execution in cloud.executions("RUNNING")]

    cloud.settle()
    assert (running(), clock.now()) == (["slow", "quick"], NOON)
    cloud.wait_for(lambda: running() == ["slow"])
    assert clock.now() == NOON + timedelta(seconds=10)
    cloud.move_to(NOON + timedelta(seconds=59))
    assert running() == ["slow"]
    cloud.wait_for(lambda: not running())
    assert clock.now() == NOON + timedelta(seconds=60)


def test_a_wait_for_what_never_comes_ends_at_once(cloud: Cloud) -> None:
    with pytest.raises(AssertionError, match="never: pigs fly"):
        cloud.wait_for(lambda: False, "pigs fly")
