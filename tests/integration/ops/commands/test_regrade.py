"""`microtask regrade` starts the deployed workflow and follows it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator

import boto3
import pytest
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

from chalicelib.grading import regrade
from chalicelib.grading.records import GradedAccount
from chalicelib.grading.response_types import Regrade
from testing.doubles.operator_program import Cloud, RunCommand
from testing.in_force import iam_in_force


@pytest.fixture
def machine(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A regrade workflow that runs until the event is set."""
    ended = threading.Event()
    monkeypatch.setattr(WaitFunction, "_wait_interval", lambda self, env, wait_seconds: ended.wait())
    definition = {"StartAt": "Only", "States": {"Only": {"Type": "Wait", "Seconds": 1, "End": True}}}
    boto3.client("stepfunctions").create_state_machine(
        name=os.environ["REGRADE_MACHINE_ARN"].rpartition(":")[2],
        definition=json.dumps(definition),
        roleArn="arn:aws:iam::123456789012:role/machine",
    )
    evidence = {"as_of": "2026-11-20T00:00:00Z", "followers": 90_000, "reads_avg_30d": 9_000}
    GradedAccount(pk="acc_1", sk="account", segment="00", evidence=evidence, category="美食").save()
    monkeypatch.setattr("ops.commands.regrade.POLL_SECONDS", 0.05)
    yield ended
    ended.set()


def test_a_regrade_is_started_and_followed(
    microtask: RunCommand, machine: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, progress = iter(regrade.SEGMENTS), regrade.progress

    def worked(run: str) -> Regrade:
        with iam_in_force.running("RegradeStep"):
            regrade.regrade(run, next(looks, "63"), lambda: False)
        found = progress(run)
        machine.set()
        return found

    monkeypatch.setattr(regrade, "progress", worked)
    output = microtask("regrade", "--json")
    document = output.document
    assert (output.status, document["status"], document["accounts"], document["changed"]) == (0, "succeeded", 1, 1)
    assert document["execution"].startswith("rgr_")
    assert "segments regraded" in output.err
    again = microtask("regrade", "--run", document["execution"], "--no-wait")
    assert (again.status, "1 accounts, 1 changed" in again.out) == (0, True)


def test_a_failed_segment_is_status_1(microtask: RunCommand, machine: threading.Event) -> None:
    started = microtask("regrade", "--no-wait")
    assert (started.status, "running" in started.out) == (0, True)
    run = started.out.split()[0]
    regrade.mark_stuck(run, "07", "no such table")
    output = microtask("regrade", "--run", run, "--no-wait")
    assert (output.status, "segment 07 failed: no such table" in output.out) == (1, True)
    unknown = microtask("regrade", "--run", "rgr_none")
    assert (unknown.status, unknown.err.count("\n")) == (1, 1)
