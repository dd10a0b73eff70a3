"""Regrade and proof are started where they are deployed, followed, and told."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from chalice.app import CloudWatchEvent
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

import ops.commands.regrade
import ops.ledger.proof_run
from chalicelib.grading import regrade
from chalicelib.grading.records import GradedAccount
from chalicelib.wallet.proof import reconciliation
from chalicelib.wallet.records import Balance, Proof
from testing.doubles.operator_program import Cloud, Typed
from testing.in_force import iam_in_force
from testing.markets.stage import Stage


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
    monkeypatch.setattr(ops.commands.regrade, "EVERY_SECONDS", 0.05)
    yield ended
    ended.set()


def test_a_regrade_is_started_followed_and_counted(
    typed: Typed, machine: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, progress = iter(regrade.SEGMENTS), regrade.progress

    def worked(run: str) -> dict[str, Any]:
        with iam_in_force.running("RegradeStep"):
            regrade.regrade(run, next(looks, "63"), lambda: False)
        found = progress(run)
        machine.set()
        return found

    monkeypatch.setattr(regrade, "progress", worked)
    said = typed("regrade", "--json")
    document = said.document
    assert (said.status, document["status"], document["accounts"], document["changed"]) == (0, "succeeded", 1, 1)
    assert document["execution"].startswith("rgr_")
    assert "segments regraded" in said.err
    again = typed("regrade", "--run", document["execution"], "--no-wait")
    assert (again.status, "1 accounts, 1 changed" in again.out) == (0, True)


def test_a_part_that_failed_is_named_and_is_status_1(typed: Typed, machine: threading.Event) -> None:
    started = typed("regrade", "--no-wait")
    assert (started.status, "running" in started.out) == (0, True)
    run = started.out.split()[0]
    regrade.park(run, "07", "no such table")
    said = typed("regrade", "--run", run, "--no-wait")
    assert (said.status, "segment 07 parked: no such table" in said.out) == (1, True)
    nobody = typed("regrade", "--run", "rgr_none")
    assert (nobody.status, nobody.err.count("\n")) == (1, 1)


def proves(cloud: Cloud) -> None:
    """The deployed function proves the ledger."""

    def answer(name: str) -> dict[str, Any]:
        assert name == "Reconcile:live"
        reconciliation.reconcile()
        return {}

    cloud.answers = answer


def test_a_clean_ledger_is_status_0(typed: Typed, cloud: Cloud, stage: Stage) -> None:
    assert typed("reconcile", "--last").err == "ops: there is no proof yet: `reconcile` makes one.\n"
    proves(cloud)
    said = typed("reconcile", "--json")
    document = said.document
    assert (said.status, document["status"], document["accounts_checked"]) == (0, "clean", 2)
    assert document["totals"]["advertisers"] == {"amount": 5_000_000, "currency": "CNY"}
    [(name, tick)] = cloud.calls
    assert (name, CloudWatchEvent(tick, None).source) == ("Reconcile:live", "microtask.operator")
    assert typed("reconcile", "--last", "--json").document == document
    assert "50,000.00" in typed("reconcile", "--last").out
    assert len(cloud.calls) == 1


def test_a_difference_is_printed_and_is_status_1(typed: Typed, cloud: Cloud, stage: Stage) -> None:
    proves(cloud)
    account = f"advertiser:{stage.advertiser_id}:available"
    Balance(pk=account, sk="balance").update([Balance.balance.add(7)])
    said = typed("reconcile")
    assert said.status == 1
    [line] = [line for line in said.out.splitlines() if line.startswith(account)]
    assert line.split()[1:4] == ["balance", "5000000", "5000007"]


def test_a_run_that_outlasts_the_function_is_called_again_while_it_gets_further(
    typed: Typed, cloud: Cloud, stage: Stage
) -> None:
    def answer(name: str) -> dict[str, Any]:
        if len(cloud.calls) == 3:
            with iam_in_force.running("Reconcile"):
                Proof(pk="proof", sk="run", document={}).save()
            reconciliation.reconcile()
            return {}
        kept = json.dumps({"state": {"accounts": len(cloud.calls)}})
        with iam_in_force.running("Reconcile"):
            Proof(pk="proof", sk="run", document={"text": kept}).save()
        return {"FunctionError": "Unhandled", "Payload": {"errorMessage": "Task timed out after 900.00 seconds"}}

    cloud.answers = answer
    assert typed("reconcile", "--json").document["status"] == "clean"
    assert len(cloud.calls) == 3


@pytest.mark.parametrize("words", ["Task timed out after 900.00 seconds", "no such secret"])
def test_a_run_that_fails_or_gets_no_further_is_said(typed: Typed, cloud: Cloud, stage: Stage, words: str) -> None:
    cloud.answers = lambda name: {"FunctionError": "Unhandled", "Payload": {"errorMessage": words}}
    said = typed("reconcile")
    assert (said.status, words in said.err, len(cloud.calls)) == (1, True, 1)


def test_a_function_that_ends_without_a_proof_is_said(typed: Typed, cloud: Cloud, stage: Stage) -> None:
    reconciliation.reconcile()
    proof = Proof.find("proof", "latest")
    assert proof is not None
    proof.document = {**proof.document, "as_of": "2026-11-01T00:00:00Z"}
    proof.save()
    said = typed("reconcile")
    assert (said.status, "without a new proof" in said.err) == (1, True)
