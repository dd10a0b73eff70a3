"""Runs the deployed Reconcile function and shows the progress of its proof."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any

from chalicelib.core import clock
from chalicelib.wallet.http.ledger_responses import Proof as ProofResponse
from chalicelib.wallet.proof import reconciliation
from chalicelib.wallet.records import Proof
from cli.failures import Failed
from cli.progress import ProgressBar
from infra.deploy import scheduled_event
from ops.target_deployment import Deployment

PROGRESS_SECONDS = 2.0
"""Seconds between two reads of the progress."""
FUNCTION_SECONDS = 900


def last_proof() -> ProofResponse:
    """Return the stored result of the last proof. Raise Failed if there is none yet."""
    proof = reconciliation.latest()
    if proof is None:
        raise Failed("there is no proof yet: `reconcile` makes one.")
    return proof


def prove(deployment: Deployment) -> ProofResponse:
    """Run a proof and return it. A run that ends with the function's time limit is continued, as long as it makes progress.

    Raise Failed with the function's error if it fails."""
    before = reconciliation.latest()
    begin = clock.now()
    bar = ProgressBar(
        "ledger accounts proved (total as of the last proof)", before["accounts_checked"] if before else 0
    )
    while True:
        done = accounts_done()
        error = _invoke(deployment, bar)
        if error is None:
            break
        if "timed out" not in error.lower() or accounts_done() <= done:
            raise Failed(f"the proof failed: {error[:300]}. docs/operations/runbook.md, A function fails.")
    bar.clear()
    proof = last_proof()
    if before == proof and proof["as_of"] < begin:
        raise Failed("the function ended without a new proof: read its log (`logs reconcile`).")
    return proof


def accounts_done() -> int:
    """Return the number of accounts that the unfinished run has proved."""
    run = Proof.find("proof", "run")
    try:
        return int(json.loads((run.document if run else {})["text"])["state"]["accounts"])
    except (KeyError, TypeError, ValueError):
        return 0


def _invoke(deployment: Deployment, bar: ProgressBar) -> str | None:
    """Invoke the function, show its progress until it responds, and return its error or None."""
    client = deployment.client("lambda", read_timeout=FUNCTION_SECONDS + 30, retries={"total_max_attempts": 1})
    function = deployment.function_alias("Reconcile")
    responses: list[dict[str, Any]] = []
    failures: list[BaseException] = []

    def invoke() -> None:
        try:
            event = scheduled_event("operator", os.environ["AWS_REGION"])
            responses.append(client.invoke(FunctionName=function, Payload=event))
        except BaseException as error:
            failures.append(error)

    invocation = threading.Thread(target=invoke, daemon=True)
    invocation.start()
    shown = time.monotonic()
    while invocation.is_alive():
        invocation.join(0.2)
        if time.monotonic() - shown > PROGRESS_SECONDS:
            bar.show(accounts_done())
            shown = time.monotonic()
    if failures:
        raise failures[0]
    payload: str = responses[0]["Payload"].read().decode(errors="replace")
    return payload if "FunctionError" in responses[0] else None
