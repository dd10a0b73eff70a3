"""`microtask reconcile` runs the deployed proof and reports every difference."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chalice.app import CloudWatchEvent

from chalicelib.wallet.proof import reconciliation
from chalicelib.wallet.records import Balance, Proof
from testing.doubles.operator_program import Cloud, RunCommand
from testing.in_force import iam_in_force
from testing.markets.stage import Stage


def deploy_reconcile(cloud: Cloud) -> None:
    """Make the deployed function prove the ledger."""

    def respond(name: str) -> dict[str, Any]:
        assert name == "Reconcile:live"
        reconciliation.reconcile()
        return {}

    cloud.responses = respond


def test_a_clean_ledger_is_status_0(microtask: RunCommand, cloud: Cloud, stage: Stage) -> None:
    assert microtask("reconcile", "--last").err == "microtask: there is no proof yet: `reconcile` makes one.\n"
    deploy_reconcile(cloud)
    output = microtask("reconcile", "--json")
    document = output.document
    assert (output.status, document["status"], document["accounts_checked"]) == (0, "clean", 2)
    assert document["totals"]["advertisers"] == {"amount": 5_000_000, "currency": "CNY"}
    [(name, event)] = cloud.calls
    assert (name, CloudWatchEvent(event, None).source) == ("Reconcile:live", "microtask.operator")
    assert microtask("reconcile", "--last", "--json").document == document
    assert "50,000.00" in microtask("reconcile", "--last").out
    assert len(cloud.calls) == 1


def test_a_difference_is_status_1(microtask: RunCommand, cloud: Cloud, stage: Stage) -> None:
    deploy_reconcile(cloud)
    account = f"advertiser:{stage.advertiser_id}:available"
    Balance(pk=account, sk="balance").update([Balance.balance.add(7)])
    output = microtask("reconcile")
    assert output.status == 1
    [line] = [line for line in output.out.splitlines() if line.startswith(account)]
    assert line.split()[1:4] == ["balance", "5000000", "5000007"]


def test_a_proof_that_times_out_is_continued(microtask: RunCommand, cloud: Cloud, stage: Stage) -> None:
    def respond(name: str) -> dict[str, Any]:
        if len(cloud.calls) == 3:
            with iam_in_force.running("Reconcile"):
                Proof(pk="proof", sk="run", document={}).save()
            reconciliation.reconcile()
            return {}
        progress = json.dumps({"state": {"accounts": len(cloud.calls)}})
        with iam_in_force.running("Reconcile"):
            Proof(pk="proof", sk="run", document={"text": progress}).save()
        return {"FunctionError": "Unhandled", "Payload": {"errorMessage": "Task timed out after 900.00 seconds"}}

    cloud.responses = respond
    assert microtask("reconcile", "--json").document["status"] == "clean"
    assert len(cloud.calls) == 3


@pytest.mark.parametrize("words", ["Task timed out after 900.00 seconds", "no such secret"])
def test_a_proof_without_progress_fails(microtask: RunCommand, cloud: Cloud, stage: Stage, words: str) -> None:
    cloud.responses = lambda name: {"FunctionError": "Unhandled", "Payload": {"errorMessage": words}}
    output = microtask("reconcile")
    assert (output.status, words in output.err, len(cloud.calls)) == (1, True, 1)


def test_a_function_without_a_new_proof_fails(microtask: RunCommand, cloud: Cloud, stage: Stage) -> None:
    reconciliation.reconcile()
    proof = Proof.find("proof", "latest")
    assert proof is not None
    proof.document = {**proof.document, "as_of": "2026-11-01T00:00:00Z"}
    proof.save()
    output = microtask("reconcile")
    assert (output.status, "without a new proof" in output.err) == (1, True)
